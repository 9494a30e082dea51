import Base64
import Findings
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

/// Bundles with Rekor v2 entries, found by their checkpoints and timed by an authority.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct RekorVersion2Tests {
  private static let entry = "verificationMaterial.tlogEntries.0"
  private static let proof = "verificationMaterial.tlogEntries.0.inclusionProof"
  private static let stamps = "verificationMaterial.timestampVerificationData.rfc3161Timestamps"

  @Test(arguments: cases)
  func verdict(_ spoilt: SpoiltBundle) throws {
    let keyless = try Keyless(root: Spoiling.trustRoot("rekor2-happy-path"))
    #expect(try keyless.reason(spoilt.bundle()) == spoilt.expected)
  }

  static let cases: [SpoiltBundle] = [
    v2("nothing", nil) { $0 },
    v2("the proof's copies of size, root and index", nil) {
      $0.setting("\(proof).treeSize", "1").flipping("\(proof).rootHash").setting("\(proof).logIndex", "5")
    },
    v2("the log ID, which finds no v2 log", nil) { $0.flipping("\(entry).logId.keyId") },
    v2("the entry's index", .logInclusionProofMismatch) { $0.setting("\(entry).logIndex", "734") },
    v2("the proof left out", .logInclusionProofMissing) { $0.setting(proof, nil) },
    v2("a hash", .logInclusionProofMismatch) { $0.flipping("\(proof).hashes.0") },
    v2("the checkpoint's signature", .logCheckpointInvalid) {
      checkpoint($0) { $0.dropLast(2) + [flipped($0[4]), ""] }
    },
    v2("a second line by the log that does not verify", .logCheckpointInvalid) {
      checkpoint($0) { $0.dropLast(1) + [flipped($0[4]), ""] }
    },
    v2("a line of a stranger that does not verify", nil) {
      checkpoint($0) { $0.dropLast(1) + [strange(flipped($0[4])), ""] }
    },
    v2("no line by the log", .logCheckpointInvalid) { checkpoint($0) { $0.dropLast(2) + [strange($0[4]), ""] } },
    v2("no line by the log, and the log ID", .logUnknown) {
      checkpoint($0) { $0.dropLast(2) + [strange($0[4]), ""] }.flipping("\(entry).logId.keyId")
    },
    v2("the timestamp left out", .timeMissing) { $0.setting(stamps, nil) },
    v2("a timestamp of another signature beside", .timestampMismatch) {
      $0.setting(stamps, [$0[at: "\(stamps).0"], try strangers()[at: "0"]])
    },
    v2("the signature", .timestampMismatch) { $0.flipping("messageSignature.signature") },
    v2("the digest that identifies", .signatureSubjectMismatch) {
      $0.flipping("messageSignature.messageDigest.digest")
    },
  ]

  /// Its log states no time: the timestamp's decides for the log's key too.
  @Test(arguments: [("2025-06-12T12:02:00Z", Reason.logKeyOutsideValidity), ("2026-01-01T00:00:00Z", nil)])
  func logKeyAtTimestamp(end: String, expected: Reason?) throws {
    let root = try Spoiling.trustRoot("rekor2-happy-path").setting("tlogs.1.publicKey.validFor.end", .text(end))
    #expect(try Keyless(root: root).reason(Spoiling.bundle("rekor2-happy-path")) == expected)
  }

  @Test func authorityUnknown() throws {
    let root = try Spoiling.trustRoot("rekor2-happy-path").setting("timestampAuthorities", nil)
    #expect(try Keyless(root: root).reason(Spoiling.bundle("rekor2-happy-path")) == .timestampAuthorityUnknown)
  }

  /// A private instance may rely on timestamps alone.
  @Test func noLogs() throws {
    let root = try Spoiling.trustRoot("rekor2-happy-path").setting("tlogs", nil)
    let proven = try Keyless(root: root).verify(Spoiling.bundle("rekor2-happy-path"))
    #expect(proven.log.isEmpty)
    #expect(proven.times.count == 1)
    #expect(proven.checks.contains { $0.name == "2.2 log" && $0.result == .notApplicable })
  }

  // MARK: Spoiling

  private static func v2(_ what: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) throws -> JSON)
    -> SpoiltBundle
  {
    SpoiltBundle(what, of: "rekor2-happy-path", expected, spoil: spoil)
  }

  /// Lines: origin, size, root, empty, the log's signature, empty.
  private static func checkpoint(_ bundle: JSON, _ spoil: ([String]) -> [String]) -> JSON {
    bundle.changing("\(proof).checkpoint.envelope") { .text(spoil($0.lines).joined(separator: "\n")) }
  }

  private static func flipped(_ line: String) -> String {
    let parts = line.split(separator: " ")
    guard parts.count == 3, var bytes = Base64.decode(Array(parts[2].utf8)) else { return line }
    bytes[bytes.count - 1] ^= 1
    return "— \(parts[1]) \(Base64.encode(bytes))"
  }

  private static func strange(_ line: String) -> String { line.replacing("sigstage", with: "witness") }

  private static func strangers() throws -> JSON {
    try Spoiling.bundle("rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail")[at: stamps]
  }
}
