import Octets
import Reasons
import YAMLEvents

/// A document's bytes, known to be text in which every reader and every editor sees the same lines.
struct YAMLText {
  /// Without a byte order mark.
  let bytes: [UInt8]
  let name: String
  /// Bytes that were left out before `bytes`.
  private let skipped: Int

  /// - Throws: `yaml.malformed` for what is no UTF-8, for control characters, for line breaks that only YAML 1.1 knows, and
  ///   for characters that reorder text on a screen; `yaml.forbidden` for directives.
  init(_ whole: [UInt8], named name: String) throws(Failure) {
    if whole.starts(with: [0xfe, 0xff]) || whole.starts(with: [0xff, 0xfe]) {
      throw Failure(.yamlMalformed, "\(name):1:1", at: 0, "UTF-16; only UTF-8 is read")
    }
    // Editors of one system put the mark before UTF-8 too; it changes nothing there.
    skipped = whole.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    bytes = Array(whole.dropFirst(skipped))
    self.name = name
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw failure(.yamlMalformed, at: mark(at: error.byteOffsets.lowerBound), "bytes that are no UTF-8")
    }
    try verifyCharacters()
    try verifyBeginning()
  }

  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  func failure(_ reason: Reason, at mark: YAMLMark, _ words: String) -> Failure {
    Failure(reason, "\(name):\(mark.line):\(mark.column)", at: UInt64(mark.byte), words)
  }

  /// A mark in the whole document, of one in `bytes`.
  func outer(_ mark: YAMLMark) -> YAMLMark {
    var outer = mark
    outer.byte += skipped
    return outer
  }

  // MARK: Characters

  /// YAML 1.2.2 §5.1 and less. In a scalar in double quotes, escapes can still say what may not stand as it is.
  private func verifyCharacters() throws(Failure) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      // Nearly all text; tab, line feed and carriage return among it.
      if byte >= 0x20 && byte < 0x7f || byte == 0x0a || byte == 0x09 || byte == 0x0d {
        index += 1
        continue
      }
      let size = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
      if let words = Self.trouble(with: bytes[index..<index + size]) {
        throw failure(.yamlMalformed, at: mark(at: index), words)
      }
      index += size
    }
  }

  /// Why a character that is no printable ASCII may not stand in a document; nil where it may.
  private static func trouble(with encoded: ArraySlice<UInt8>) -> String? {
    var iterator = encoded.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    guard case .valid(let found) = parser.parseScalar(from: &iterator) else { return "bytes that are no UTF-8" }
    let code = Unicode.UTF8.decode(found).value
    let shown =
      "U+" + String(repeating: "0", count: max(0, 4 - String(code, radix: 16).count))
      + String(code, radix: 16, uppercase: true)
    switch code {
    case 0x85, 0x2028, 0x2029: return "\(shown), a line break to some readers of YAML and none to others"
    case 0..<0x20, 0x7f...0x9f: return "\(shown), a control character"
    case 0x202a...0x202e, 0x2066...0x2069: return "\(shown), which shows text in another order than it stands"
    case 0xfeff: return "\(shown), a byte order mark inside the document"
    case 0xfffe, 0xffff: return "\(shown), which is no character"
    default: return nil
    }
  }

  // MARK: Beginning and end

  /// Directives stand before all else. They are refused before libyaml sees them: it takes the square of their count.
  private func verifyBeginning() throws(Failure) {
    var index = 0
    while index < bytes.count, Self.isBare(line(from: index)) { index = line(from: index).endIndex }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "%") else { return }
    throw failure(.yamlForbidden, at: mark(at: index), "a directive; none is taken")
  }

  /// What is left behind the document's last value may be its end mark `...`, comments and blank lines. Looked at here
  /// because directives of a second document would cost libyaml as above.
  func verifyEnd(from mark: YAMLMark) throws(Failure) {
    var index = mark.byte
    var isBehindEnd = false
    while index < bytes.count {
      let line = line(from: index)
      let isOwnLine = index == 0 || Self.breaks.contains(bytes[index - 1])
      if isOwnLine && line.starts(with: "...".utf8) && Self.isBare(line.dropFirst(3)) {
        isBehindEnd = true
      } else if !Self.isBare(line) {
        let isSecond = isBehindEnd || line.starts(with: "---".utf8) || line.first == UInt8(ascii: "%")
        throw isSecond
          ? failure(.yamlForbidden, at: self.mark(at: index), "a second document; one file is one document")
          : failure(.yamlMalformed, at: self.mark(at: index), "text behind the document's end")
      }
      index = line.endIndex
    }
  }

  private static let breaks: [UInt8] = [0x0a, 0x0d]

  /// The rest of the line from `start` on, its break included.
  private func line(from start: Int) -> ArraySlice<UInt8> {
    let end = bytes[start...].firstIndex { Self.breaks.contains($0) }
    return bytes[start..<(end.map { $0 + 1 } ?? bytes.count)]
  }

  /// Blank, or a comment.
  private static func isBare(_ line: ArraySlice<UInt8>) -> Bool {
    let first = line.first { $0 != 0x20 && $0 != 0x09 && !breaks.contains($0) }
    return first == nil || first == UInt8(ascii: "#")
  }

  private func mark(at offset: Int) -> YAMLMark { outer(Self.mark(at: offset, in: bytes)) }

  /// Lines as libyaml counts them, ended by LF, CR LF or CR; columns in code points, of which a byte order mark is none.
  static func mark(at offset: Int, in bytes: [UInt8]) -> YAMLMark {
    let offset = min(offset, bytes.count)
    var (line, start) = (
      1, bytes.starts(with: byteOrderMark) && offset >= byteOrderMark.count ? byteOrderMark.count : 0
    )
    for index in start..<offset {
      let isBreak =
        bytes[index] == 0x0a || bytes[index] == 0x0d && !(index + 1 < bytes.count && bytes[index + 1] == 0x0a)
      if isBreak { (line, start) = (line + 1, index + 1) }
    }
    let column = bytes[start..<offset].count { $0 & 0xc0 != 0x80 } + 1
    return YAMLMark(line: line, column: column, byte: offset)
  }
}
