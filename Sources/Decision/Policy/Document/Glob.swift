package import Reasons
package import StrictJSON

/// A pattern for repositories and tags: `*` stands for any text within a path segment, `**` for any text across segments,
/// and everything else for itself. The whole text must match.
///
/// Matching takes time linear in the text: all ways to read the pattern advance together, and none is tried twice.
package struct Glob: Hashable, Sendable {
  /// Bytes of a pattern. Names of repositories have at most 255.
  package static let mostBytes = 512

  enum Step: Hashable, Sendable {
    case byte(UInt8)
    case withinSegment
    case acrossSegments
  }

  package let text: [UInt8]
  /// What every match begins with: most repositories are told apart by it.
  let prefix: [UInt8]
  let steps: [Step]

  package init(_ node: JSONNode) throws(Failure) {
    let text = try node.bytes()
    guard !text.isEmpty, text.count <= Self.mostBytes else {
      throw node.failure("a pattern of 1 to \(Self.mostBytes) bytes is wanted")
    }
    self.init(text)
  }

  package init(_ text: [UInt8]) {
    self.text = text
    let star = UInt8(ascii: "*")
    prefix = Array(text[..<(text.firstIndex(of: star) ?? text.endIndex)])
    var steps: [Step] = []
    var rest = text[prefix.count...]
    while let next = rest.first {
      let stars = rest.prefix { $0 == star }.count
      steps.append(stars == 0 ? .byte(next) : stars == 1 ? .withinSegment : .acrossSegments)
      rest = rest.dropFirst(max(1, stars))
    }
    self.steps = steps
  }

  package var json: JSON { .string(text) }

  /// What can be of a repository's host alone: what stands before the first slash, or before stars that may stand for one.
  package var host: [UInt8] {
    let host = text.prefix { $0 != UInt8(ascii: "/") }
    let stars = host.indices.first { host[$0...].starts(with: "**".utf8) }
    return Array(stars.map { host[..<$0] } ?? host)
  }

  package func matches(_ name: [UInt8]) -> Bool {
    guard name.count >= prefix.count else { return false }
    // From the end: repositories of one registry begin alike.
    var place = prefix.count
    while place > 0 {
      place -= 1
      guard name[place] == prefix[place] else { return false }
    }
    guard !steps.isEmpty else { return name.count == prefix.count }
    // reached[n]: the text so far is one of the first n steps'.
    var reached = [Bool](repeating: false, count: steps.count + 1)
    reached[0] = true
    skipStars(&reached)
    for byte in name.dropFirst(prefix.count) {
      var next = [Bool](repeating: false, count: steps.count + 1)
      for (position, step) in steps.enumerated() where reached[position] {
        switch step {
        case .byte(let wanted): if byte == wanted { next[position + 1] = true }
        case .withinSegment: if byte != UInt8(ascii: "/") { next[position] = true }
        case .acrossSegments: next[position] = true
        }
      }
      reached = next
      skipStars(&reached)
    }
    return reached[steps.count]
  }

  /// A star may stand for nothing.
  private func skipStars(_ reached: inout [Bool]) {
    for (position, step) in steps.enumerated() where reached[position] {
      if case .byte = step { continue }
      reached[position + 1] = true
    }
  }
}
