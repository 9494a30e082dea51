import Octets
import Patterns
package import Reasons
package import StrictJSON

/// The comparisons of one `where`, all of which must hold.
package struct ValueRules: Hashable, Sendable {
  package static let most = 256

  /// At least one.
  package let rules: [ValueRule]

  package init(_ node: JSONNode) throws(Failure) {
    var rules: [ValueRule] = []
    for element in try node.elements(atMost: Self.most) { rules.append(try ValueRule(element)) }
    guard !rules.isEmpty else { throw node.failure("an empty list requires nothing") }
    self.rules = rules
  }

  package var json: JSON { .array(rules.map(\.json)) }

  func judge(_ predicate: JSON, _ circumstances: ContentCircumstances) -> ContentOutcome {
    var outcome = ContentOutcome()
    for rule in rules { outcome.add(rule.judge(predicate, circumstances)) }
    return outcome
  }
}

extension ValueRule {
  private static let operators = ["equals", "oneOf", "matching", "atLeast", "atMost", "exists", "notOlderThan"]

  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(Set(Self.operators + ["at"]))
    let at = try node.required("at")
    guard let pointer = JSONPointer(try at.string()) else {
      throw at.failure(
        "a JSON pointer is wanted, like /scanner/version (RFC 6901), of \(JSONPointer.deepest) steps at most")
    }
    self.pointer = pointer
    let members = try node.members().filter { !$0.key.elementsEqual("at".utf8) }
    guard members.count == 1, let (key, value) = members.first else {
      throw node.failure("exactly one of \(Self.operators.joined(separator: ", ")) is wanted")
    }
    switch String(decoding: key, as: UTF8.self) {
    case "equals": comparison = .equals(try value.comparable())
    case "oneOf":
      var values: [JSON] = []
      for element in try value.elements(atMost: ValueRules.most) { values.append(try element.comparable()) }
      guard !values.isEmpty else { throw value.failure("an empty list matches nothing") }
      comparison = .oneOf(values)
    case "matching":
      let text = try value.string()
      do {
        comparison = .matching(.matching(try Pattern(text)))
      } catch {
        throw value.failure("RE2 does not take this pattern: \(error.problem)")
      }
    case "atLeast": comparison = .atLeast(try value.limit())
    case "atMost": comparison = .atMost(try value.limit())
    case "exists": comparison = .exists(try value.bool())
    default: comparison = .notOlderThan(try Span(value))
    }
  }

  fileprivate var json: JSON {
    let (name, value): (String, JSON) =
      switch comparison {
      case .equals(let value): ("equals", value)
      case .oneOf(let values): ("oneOf", .array(values))
      case .matching(.matching(let pattern)): ("matching", .text(pattern.expression))
      case .matching(.exactly(let text)): ("equals", .text(text))
      case .atLeast(let limit): ("atLeast", limit)
      case .atMost(let limit): ("atMost", limit)
      case .exists(let wanted): ("exists", .bool(wanted))
      case .notOlderThan(let span): ("notOlderThan", span.json)
      }
    return .object([("at", .text(pointer.text)), (name, value)])
  }
}

extension JSON {
  fileprivate static func object(_ members: [(String, JSON)]) -> JSON {
    var object = JSONObject()
    for (key, value) in members { object.append(key, value) }
    return .object(object)
  }

  /// Every number in it, in document order.
  fileprivate var numbers: [[UInt8]] {
    switch self {
    case .number(let text): [text]
    case .array(let elements): elements.flatMap(\.numbers)
    case .object(let object): object.members.flatMap(\.value.numbers)
    default: []
    }
  }
}

extension JSONNode {
  /// The value in its canonical form (RFC 8785), so that a policy that was written out and read again is the same. A number
  /// that this form would change is refused: it would be compared with another one.
  fileprivate func comparable() throws(Failure) -> JSON {
    for number in value.numbers {
      guard let wanted = DecimalNumber(number), let written = try? JSON.number(number).canonical(),
        DecimalNumber(written) == wanted
      else { throw failure("\(printable(number, limit: 80)) has no exact canonical form: compare a text instead") }
    }
    let canonical: [UInt8]
    do { canonical = try value.canonical() } catch { throw failure("no canonical form: \(error.detail)") }
    return try JSON(parsing: canonical, named: path)
  }

  fileprivate func limit() throws(Failure) -> JSON {
    guard case .number = value else { throw failure("a number is wanted") }
    return try comparable()
  }
}
