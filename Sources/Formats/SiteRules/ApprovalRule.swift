import Cryptography
import Octets
package import Reasons
import StrictJSON

/// How many people must agree before a trust bundle changes whom this site trusts: a file of the role `policy`
/// (docs/formats/SiteRules.md). The rule in force is the one that was there before the bundle.
///
///     {"format": "assay-approvals/1", "threshold": 2,
///      "people": [{"name": "A. Turing", "key": "MCowBQYDK2VwAyEA…"}]}
package struct ApprovalRule: Hashable, Sendable {
  package static let format = "assay-approvals/1"

  package struct Person: Hashable, Sendable {
    package let name: String
    /// DER of the SubjectPublicKeyInfo.
    package let key: [UInt8]
  }

  /// Different people, by key.
  package let threshold: Int
  package let people: [Person]

  /// - Throws: `rules.malformed`, also where one key or name stands twice, or the threshold cannot be met.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let root = try JSONNode.ruleDocument(bytes, named: subject, format: Self.format, members: ["threshold", "people"])
    var people: [Person] = []
    for node in try root.required("people").elements(atMost: 64) {
      try node.verifyMembers(["name", "key"])
      let person = Person(name: try node.required("name").line(), key: try Self.key(node.required("key")))
      guard !people.contains(where: { $0.key == person.key || $0.name.utf8.elementsEqual(person.name.utf8) }) else {
        throw node.failure("this person, or this key, stands there already")
      }
      people.append(person)
    }
    threshold = try root.required("threshold").ordinal()
    guard threshold <= people.count else {
      throw root.failure("\(threshold) must agree, and only \(people.count) may")
    }
    self.people = people
  }

  /// In its one encoding, so that one key in two spellings is one person.
  private static func key(_ node: JSONNode) throws(Failure) -> [UInt8] {
    do {
      return try PublicKey(spki: try node.base64()).spki
    } catch {
      throw node.failure("no SubjectPublicKeyInfo, DER in Base64, of a kind that Assay verifies with")
    }
  }
}
