import Reasons
import StrictJSON

// What the readers and writers of rules about contents have in common.

extension JSONNode {
  func textRules(_ key: String) throws(Failure) -> TextRules? {
    try optional(key).map { (node) throws(Failure) in try TextRules(node) }
  }

  /// A list of rules each of which must find something.
  func ruleList(_ key: String) throws(Failure) -> [TextRule] {
    guard let node = try optional(key) else { return [] }
    var rules: [TextRule] = []
    for element in try node.elements(atMost: TextRules.most) { rules.append(try TextRule(element)) }
    guard !rules.isEmpty else { throw node.failure("an empty list requires nothing") }
    return rules
  }

  func span(_ key: String) throws(Failure) -> Span? {
    try optional(key).map { (node) throws(Failure) in try Span(node) }
  }
}

extension JSONObject {
  mutating func append(_ key: String, _ rules: TextRules?) {
    if let rules { append(key, rules.json) }
  }

  mutating func append(_ key: String, _ span: Span?) {
    if let span { append(key, span.json) }
  }
}
