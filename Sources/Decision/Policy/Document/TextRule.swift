import Octets
package import Patterns
package import Reasons
package import StrictJSON

/// Exact text, compared byte for byte, or a pattern that must match the whole text.
///
/// In a document: a string is exact, `{"matching": RE2}` is a pattern. There is no pattern by accident.
package enum TextRule: Hashable, Sendable {
  case exactly(String)
  case matching(Pattern)

  /// Swift's `==` on strings takes canonically equivalent spellings for equal; identities are bytes.
  package func accepts(_ text: String) -> Bool {
    switch self {
    case .exactly(let wanted): wanted.utf8.elementsEqual(text.utf8)
    case .matching(let pattern): pattern.matchesWhole(Array(text.utf8))
    }
  }

  package var wording: String {
    switch self {
    case .exactly(let text): "“\(printable(text))”"
    case .matching(let pattern): "/\(printable(pattern.expression))/"
    }
  }

  package static func == (one: TextRule, other: TextRule) -> Bool {
    switch (one, other) {
    case (.exactly(let one), .exactly(let other)): one.utf8.elementsEqual(other.utf8)
    case (.matching(let one), .matching(let other)): one == other
    case (.exactly, .matching), (.matching, .exactly): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .exactly(let text): hasher.combine(Array(text.utf8))
    case .matching(let pattern): hasher.combine(pattern)
    }
  }
}

extension TextRule {
  /// - Throws: the document's reason, also for empty text and a pattern that RE2 does not take.
  package init(_ node: JSONNode) throws(Failure) {
    guard case .object = node.value else {
      let text = try node.string()
      guard !text.isEmpty else { throw node.failure("empty text matches nothing") }
      self = .exactly(text)
      return
    }
    try node.verifyMembers(["matching"])
    let expression = try node.required("matching")
    let text = try expression.string()
    do {
      self = .matching(try Pattern(text))
    } catch {
      throw expression.failure("RE2 does not take this pattern: \(error.problem)")
    }
  }

  package var json: JSON {
    switch self {
    case .exactly(let text): .text(text)
    case .matching(let pattern): ["matching": .text(pattern.expression)]
    }
  }
}

/// One or more text rules, as alternatives. In a document: one of them, or a list.
package struct TextRules: Hashable, Sendable {
  /// Alternatives in one place.
  package static let most = 256

  package let first: TextRule
  package let others: [TextRule]

  package init(_ first: TextRule, _ others: [TextRule] = []) {
    self.first = first
    self.others = others
  }

  package var all: [TextRule] { [first] + others }

  package func accepts(_ text: String) -> Bool { first.accepts(text) || others.contains { $0.accepts(text) } }

  package var wording: String { all.map(\.wording).joined(separator: " or ") }

  package init(_ node: JSONNode) throws(Failure) {
    guard case .array = node.value else {
      self.init(try TextRule(node))
      return
    }
    var rules: [TextRule] = []
    for element in try node.elements(atMost: Self.most) { rules.append(try TextRule(element)) }
    guard let first = rules.first else { throw node.failure("an empty list matches nothing") }
    self.init(first, Array(rules.dropFirst()))
  }

  /// A list only where there are several: one meaning has one form.
  package var json: JSON { others.isEmpty ? first.json : .array(all.map(\.json)) }
}
