import Patterns
import StrictJSON

/// Go's `regexp` searches anywhere in a text, and a policy's patterns match the whole of it: `foo` becomes `.*foo.*`,
/// `^foo$` becomes `foo$`. Both read RE2's syntax.
enum SearchPattern {
  /// A text rule that accepts what a search would find, or less where lines break; nil where there is none.
  static func rule(_ expression: [UInt8]) -> JSON? {
    guard let whole = whole(String(decoding: expression, as: UTF8.self)), (try? Pattern(whole)) != nil else {
      return nil
    }
    return ["matching": .text(whole)]
  }

  private static func whole(_ expression: String) -> String? {
    let text = Array(expression.utf8)
    // `\Q` quotes up to an `\E` that need not be there: what is put behind it would be quoted too.
    guard (try? Pattern(expression)) != nil, !zip(text, text.dropFirst()).contains(where: { $0 == (0x5c, 0x51) }) else {
      return nil
    }
    // An anchor may belong to one alternative only.
    guard !text.contains(UInt8(ascii: "|")) else { return ".*(?:\(expression)).*" }
    var core = text[...]
    var (head, tail) = (".*", ".*")
    if core.first == UInt8(ascii: "^"), core.count == 1 || !"*+?{".utf8.contains(core[1]) {
      head = ""
      core = core.dropFirst()
    } else if core.starts(with: ".*".utf8), core.count == 2 || !"*+?{".utf8.contains(core[2]) {
      head = ""
    }
    // A `$` stays: it changes nothing, and says that the end is meant.
    if ends(core, in: "$") || ends(core, in: ".*") { tail = "" }
    return head + String(decoding: core, as: UTF8.self) + tail
  }

  /// An odd number of backslashes before it makes the first character a literal. In a class it cannot stand at the end.
  private static func ends(_ text: ArraySlice<UInt8>, in ending: String) -> Bool {
    let ending = Array(ending.utf8)
    guard text.count >= ending.count, text.suffix(ending.count).elementsEqual(ending) else { return false }
    return text.dropLast(ending.count).reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 0
  }
}
