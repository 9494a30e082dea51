import Octets
import Patterns
import Reasons
package import StrictJSON

/// A comparison of one value in a predicate, found by its JSON pointer.
///
///     where: [{at: /scanner/version, matching: "0\\.6.*"}, {at: /approved, equals: true}]
package struct ValueRule: Hashable, Sendable {
  package enum Comparison: Hashable, Sendable {
    /// The same JSON value: texts by bytes, numbers by value, objects in any order.
    case equals(JSON)
    case oneOf([JSON])
    /// A text that the pattern matches as a whole.
    case matching(TextRule)
    case atLeast(JSON)
    case atMost(JSON)
    case exists(Bool)
    /// An RFC 3339 time.
    case notOlderThan(Span)
  }

  package let pointer: JSONPointer
  package let comparison: Comparison

  func judge(_ predicate: JSON, _ circumstances: ContentCircumstances) -> ContentOutcome {
    let found = predicate.value(at: pointer)
    if case .exists(let wanted) = comparison {
      if wanted == (found != nil) { return ContentOutcome() }
      return failing(wanted ? .predicateValueAbsent : .predicateValueMismatch, found)
    }
    guard let found else { return failing(.predicateValueAbsent, nil) }
    let holds: Bool
    switch comparison {
    case .exists: holds = true
    case .equals(let wanted): holds = found.means(wanted)
    case .oneOf(let wanted): holds = wanted.contains { found.means($0) }
    case .matching(let rule):
      guard case .string(let text) = found else { return failing(.predicateValueMismatch, found) }
      holds = rule.accepts(String(decoding: text, as: UTF8.self))
    case .atLeast(let limit): holds = found.number.map { found in limit.number.map { found >= $0 } ?? false } ?? false
    case .atMost(let limit): holds = found.number.map { found in limit.number.map { found <= $0 } ?? false } ?? false
    case .notOlderThan(let span):
      guard case .string(let text) = found, let time = UnixTime(rfc3339: text) else {
        return failing(.predicateValueMismatch, found)
      }
      let age = AgeCheck(time, span, circumstances.now)
      if let trouble = age.trouble {
        return ContentOutcome(failures: [Failure(.predicateTooOld, place, trouble)])
      }
      return ContentOutcome(until: age.until)
    }
    return holds ? ContentOutcome() : failing(.predicateValueMismatch, found)
  }

  private var place: String {
    "predicate: \(pointer.steps.isEmpty ? "all of it" : printable(pointer.text, limit: 200))"
  }

  private func failing(_ reason: Reason, _ found: JSON?) -> ContentOutcome {
    ContentOutcome(failures: [Failure(reason, place, "\(found?.shown ?? "there is none"); wanted is \(wanted)")])
  }

  private var wanted: String {
    switch comparison {
    case .equals(let value): value.shown
    case .oneOf(let values): "one of \(listed(values.map(\.shown)))"
    case .matching(let rule): printable(rule.wording, limit: 200)
    case .atLeast(let limit): "\(limit.shown) or more"
    case .atMost(let limit): "\(limit.shown) or less"
    case .exists(let wanted): wanted ? "any value" : "none"
    case .notOlderThan(let span): "a time (RFC 3339) not longer ago than \(span.wording)"
    }
  }
}

extension JSON {
  fileprivate var number: DecimalNumber? {
    guard case .number(let text) = self else { return nil }
    return DecimalNumber(text)
  }

  /// For a failure: short, on one line.
  fileprivate var shown: String {
    switch self {
    case .array(let elements): "a list of \(elements.count)"
    case .object(let object): "an object of \(object.members.count)"
    default: printable(serialized(), limit: 200)
    }
  }

  /// Whether two values mean the same. What is compared is as large as the policy's value at the most.
  fileprivate func means(_ wanted: JSON) -> Bool {
    switch (self, wanted) {
    case (.number(let one), .number(let other)):
      guard let one = DecimalNumber(one), let other = DecimalNumber(other) else { return false }
      return one == other
    case (.array(let one), .array(let other)):
      return one.count == other.count && zip(one, other).allSatisfy { $0.means($1) }
    case (.object(let one), .object(let other)):
      guard one.members.count == other.members.count else { return false }
      let table = Dictionary(one.members.map { ($0.key, $0.value) }) { first, _ in first }
      return other.members.allSatisfy { table[$0.key]?.means($0.value) ?? false }
    default: return self == wanted
    }
  }
}
