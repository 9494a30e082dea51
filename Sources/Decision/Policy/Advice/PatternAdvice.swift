import Octets
import Patterns
import Reasons
import StrictJSON

extension Policy {
  /// Patterns that match less or more than they seem to. Wherever a document says `matching`, a pattern stands.
  static func patternAdvice(_ node: JSONNode) throws(Failure) -> [Advice] {
    switch node.value {
    case .array:
      var all: [Advice] = []
      for element in try node.elements() { all += try patternAdvice(element) }
      return all
    case .object:
      var all: [Advice] = []
      for (key, member) in try node.members() {
        if key.elementsEqual("matching".utf8), case .string(let text) = member.value {
          all += advice(onPattern: String(decoding: text, as: UTF8.self), at: member.path)
        } else {
          all += try patternAdvice(member)
        }
      }
      return all
    case .null, .bool, .number, .string: return []
    }
  }

  private static func advice(onPattern expression: String, at path: String) -> [Advice] {
    var all: [Advice] = []
    if let pattern = try? Pattern(expression), pattern.isOpenEnded, !endsInRepetition(Array(expression.utf8)) {
      all.append(
        Advice(
          .patternOpenEnded, at: path,
          "a pattern must match the whole text: end it in “.*” if only the beginning is meant, in “$” if all of it is"))
    }
    if let part = looseDot(in: Array(expression.utf8)) {
      all.append(
        Advice(
          .patternAnyCharacter, at: path,
          "the dot in “\(printable(part))” stands for any character; write “\\.” for a dot"))
    }
    return all
  }

  /// Whoever ends in `[^/]+` has thought of the end.
  private static func endsInRepetition(_ text: [UInt8]) -> Bool {
    guard let last = text.last, "*+}".utf8.contains(last) else { return false }
    // An odd number of backslashes before it makes it a letter.
    return text.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 0
  }

  /// Of an address, the letters around a dot that nobody escaped: `github.com` matches `githubxcom` too.
  private static func looseDot(in text: [UInt8]) -> [UInt8]? {
    let string = String(decoding: text, as: UTF8.self)
    guard string.contains("://") || string.contains("@"), !string.contains("\\Q") else { return nil }
    func isWord(_ index: Int) -> Bool {
      guard text.indices.contains(index) else { return false }
      let byte = text[index]
      return (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "-")
    }
    var isInClass = false
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "["): isInClass = true
      case UInt8(ascii: "]"): isInClass = false
      case UInt8(ascii: ".") where !isInClass && isWord(index - 1) && isWord(index + 1):
        var (start, end) = (index, index)
        while isWord(start - 1) { start -= 1 }
        while isWord(end + 1) { end += 1 }
        return Array(text[start...end])
      default: break
      }
      index += 1
    }
    return nil
  }
}
