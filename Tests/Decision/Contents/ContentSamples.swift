import Base64
import Envelope
import Findings
import FoundationEssentials
import Octets
import Policy
import Reasons
import StrictJSON
import TestSupport
import Testing

/// Attestations' contents and rules about them, from JSON written in the tests.
enum ContentSamples {
  static let digest = "sha256:" + String(repeating: "ab", count: 32)
  /// Noon.
  static let now = UnixTime(rfc3339: Array("2026-06-10T12:00:00Z".utf8))!

  static func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8), named: "sample") }

  static func statement(_ type: String, _ predicate: String) -> StatementFacts {
    let hex = String(digest.dropFirst(7))
    let text =
      #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"\#(hex)"}}],"#
      + #""predicateType":"\#(type)","predicate":\#(predicate)}"#
    return StatementFacts(predicateType: type, statement: Array(text.utf8))
  }

  static func contents(_ type: String, _ predicate: String) -> Contents {
    Contents(statement(PredicateTypes.types(type)[0], predicate))
  }

  static func circumstances(
    now: UnixTime = now, vex: [String] = [], waived: Set<String> = []
  ) throws -> ContentCircumstances {
    ContentCircumstances(
      now: now, digests: [try ClaimedDigest(Array(digest.utf8), in: "", malformed: .statementMalformed)],
      vex: try vex.map { try #require(contents("openvex", $0).vex) }, waivedVulnerabilities: waived)
  }

  /// The rules in an attestation's mapping.
  static func rules(_ text: String, types: [String]) throws -> [ContentRule] {
    try ContentRule.rules(
      in: JSONNode(json(text), named: "policy", malformed: .policyMalformed), types: types)
  }

  /// What one rule says of one predicate.
  static func judge(
    _ rule: String, _ type: String, _ predicate: String, _ circumstances: ContentCircumstances? = nil
  ) throws -> ContentOutcome {
    let rules = try rules(rule, types: [type])
    try #require(rules.count == 1)
    return rules[0].judge(contents(type, predicate), try circumstances ?? Self.circumstances())
  }

  /// The signed statements in an OCI layout's tar, of every carrier; none where it is another kind of archive.
  static func statements(in archive: String) throws -> [StatementFacts] {
    let folder = try TemporaryFolder()
    try runChecked(["tar", "-xf", archive, "-C", folder.path])
    let blobs = folder.path + "/blobs/sha256"
    var found: [StatementFacts] = []
    guard FileManager.default.fileExists(atPath: blobs) else { return [] }
    for name in try FileManager.default.contentsOfDirectory(atPath: blobs).sorted() {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(blobs)/\(name)")))
      guard bytes.first == UInt8(ascii: "{"), let json = try? JSON(parsing: bytes, named: name) else { continue }
      guard case .string(let text)? = (json["dsseEnvelope"] ?? json)["payload"], let payload = Base64.decode(text)
      else {
        continue
      }
      found.append(
        StatementFacts(predicateType: try Statement(parsing: payload).predicateType, statement: payload))
    }
    return found
  }
}

extension ContentOutcome {
  var reasons: [Reason] { failures.map(\.reason) }
}
