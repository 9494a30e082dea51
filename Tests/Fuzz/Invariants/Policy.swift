import Policy
import Reasons
import StrictJSON
import StrictYAML

/// A policy means what its canonical form means, which is its own; and YAML says the same as the JSON that it is read as.
enum PolicyInvariant {
  private static let limits = JSONLimits(bytes: JSONLimits.yaml.bytes, depth: 64, values: JSONLimits.yaml.values)

  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let document = try reading(bytes, { bytes throws(Failure) in try read(bytes) }) else { return false }
    try checkJSON(document.root.value)
    let policy: Policy
    do throws(Failure) { policy = try Policy(document.root) } catch {
      let located = document.located(error)
      try hold(located.reason == error.reason, "another reason when it was located")
      try holdPlace(of: located, in: bytes.count)
      return false
    }
    let canonical = policy.canonical
    let again = try readingBack(canonical, "a policy") { bytes throws(Failure) in try Policy(canonical: bytes) }
    try hold(again.canonical == canonical, "the canonical form has another one")
    let yaml = try readingBack(canonical, "a policy as YAML") { bytes throws(Failure) in
      try Policy(try read(bytes).root)
    }
    try hold(yaml.canonical == canonical, "the canonical form means another policy as YAML")
    return true
  }

  private static func read(_ bytes: [UInt8]) throws(Failure) -> YAMLDocument {
    try YAMLDocument(parsing: bytes, named: "policy.yaml", malformed: .policyMalformed, limits: limits)
  }

  /// JSON of printable ASCII and of lines that YAML takes is YAML, and the same.
  private static func checkJSON(_ value: JSON) throws {
    let json = value.serialized()
    guard json.allSatisfy({ (0x20..<0x7f).contains($0) }), json.count < 1000 else { return }
    switch value {
    case .array, .object: break
    default: return
    }
    let again = try readingBack(json, "JSON as YAML") { bytes throws(Failure) in try read(bytes) }
    try hold(again.root.value == value, "JSON is another value as YAML")
  }
}
