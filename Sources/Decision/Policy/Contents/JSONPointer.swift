import StrictJSON

/// A place in a JSON document (RFC 6901): empty for the whole, otherwise `/` before each step, with `~1` for `/` and `~0`
/// for `~` in it.
package struct JSONPointer: Hashable, Sendable {
  /// Steps; deeper than any document that is read.
  package static let deepest = 64

  package let steps: [[UInt8]]
  package let text: String

  /// Nil where the text is none.
  package init?(_ text: String) {
    self.text = text
    if text.utf8.isEmpty {
      steps = []
      return
    }
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    var steps: [[UInt8]] = []
    for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard steps.count < Self.deepest, let step = Self.unescaped(Array(part)) else { return nil }
      steps.append(step)
    }
    self.steps = steps
  }

  private static func unescaped(_ part: [UInt8]) -> [UInt8]? {
    var step: [UInt8] = []
    var index = 0
    while index < part.count {
      if part[index] == UInt8(ascii: "~") {
        guard index + 1 < part.count, let plain = [UInt8(ascii: "0"): UInt8(ascii: "~"), 0x31: 0x2f][part[index + 1]]
        else { return nil }
        step.append(plain)
        index += 2
      } else {
        step.append(part[index])
        index += 1
      }
    }
    return step
  }

  package static func == (one: JSONPointer, other: JSONPointer) -> Bool { one.steps == other.steps }
  package func hash(into hasher: inout Hasher) { hasher.combine(steps) }
}

extension JSON {
  /// The value at a place; nil where there is none. A key that stands twice cannot be: the parser refuses it.
  func value(at pointer: JSONPointer) -> JSON? {
    var value = self
    for step in pointer.steps {
      switch value {
      case .object(let object):
        guard let member = object.members.first(where: { $0.key == step }) else { return nil }
        value = member.value
      case .array(let elements):
        guard let index = Self.index(step), index < elements.count else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }

  /// RFC 6901 §4: digits without a leading zero.
  private static func index(_ step: [UInt8]) -> Int? {
    guard (1...9).contains(step.count), step.count == 1 || step[0] != 0x30,
      step.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return step.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
