/// A shell pattern for paths (§4.5, PATHPATTERN; glob(7)): `*`, `?` and `[…]` within one segment, never across a `/`.
///
/// Read as python-tuf reads it, segment by segment: `[!…]` is the complement, `a-z` a range, and a `[` that nothing
/// closes is itself. A name that begins with a dot is like any other; nothing escapes a character but `[*]`.
package struct PathPattern: Hashable, Sendable {
  fileprivate enum Piece: Hashable, Sendable {
    case scalar(Unicode.Scalar)
    case any
    case run
    case set(ranges: [ClosedRange<Unicode.Scalar>], isComplement: Bool)
  }

  private let segments: [[Piece]]

  package init(_ utf8: [UInt8]) { segments = Self.segments(utf8).map(Self.pieces) }

  static func segments(_ utf8: [UInt8]) -> [[Unicode.Scalar]] {
    utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
      Array(String(decoding: $0, as: UTF8.self).unicodeScalars)
    }
  }

  package func matches(_ path: TargetPath) -> Bool {
    segments.count == path.segments.count && zip(segments, path.segments).allSatisfy { Self.matches($0, $1) }
  }

  /// Never looks further back than the last `*`: at most pattern × text steps.
  private static func matches(_ pattern: [Piece], _ text: [Unicode.Scalar]) -> Bool {
    var (at, index) = (0, 0)
    var retry: (at: Int, index: Int)?
    while index < text.count {
      if at < pattern.count, pattern[at] == .run {
        retry = (at + 1, index)
        at += 1
      } else if at < pattern.count, pattern[at].accepts(text[index]) {
        (at, index) = (at + 1, index + 1)
      } else if let last = retry {
        retry = (last.at, last.index + 1)
        (at, index) = (last.at, last.index + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == .run }
  }

  // MARK: Reading

  private static func pieces(_ text: [Unicode.Scalar]) -> [Piece] {
    var pieces: [Piece] = []
    var index = 0
    while index < text.count {
      switch text[index] {
      case "*": pieces.append(.run)
      case "?": pieces.append(.any)
      case "[":
        guard let (set, end) = set(text, after: index + 1) else {
          pieces.append(.scalar("["))
          break
        }
        pieces.append(set)
        index = end
      default: pieces.append(.scalar(text[index]))
      }
      index += 1
    }
    return pieces
  }

  /// What stands between `[` and the next `]`, which closes nothing where it comes first; nil where nothing closes.
  private static func set(_ text: [Unicode.Scalar], after start: Int) -> (Piece, end: Int)? {
    var first = start
    let isComplement = first < text.count && text[first] == "!"
    if isComplement { first += 1 }
    guard first < text.count, let end = text[(first + 1)...].firstIndex(of: "]") else { return nil }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var index = first
    while index < end {
      if index + 2 < end, text[index + 1] == "-" {
        // A range that runs backwards holds nothing.
        if text[index] <= text[index + 2] { ranges.append(text[index]...text[index + 2]) }
        index += 3
      } else {
        ranges.append(text[index]...text[index])
        index += 1
      }
    }
    return (.set(ranges: ranges, isComplement: isComplement), end)
  }
}

extension PathPattern.Piece {
  fileprivate func accepts(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .scalar(let own): own == scalar
    case .any: true
    case .run: false
    case .set(let ranges, let isComplement): ranges.contains { $0.contains(scalar) } != isComplement
    }
  }
}
