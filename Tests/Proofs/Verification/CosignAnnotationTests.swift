import Cryptography
import Findings
import OCIImage
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing
import TrustRoot
import Verification

/// cosign's old attestations on real images: annotations, a promise without proof, a chain that holds its root.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct CosignAnnotationTests {
  /// `intoto` 0.0.1 in the first, `dsse` 0.0.1 in the others.
  static let images = [
    ("slsa-v1.4.0", "intoto 0.0.1"), ("slsa-v1.10.0", "dsse 0.0.1"), ("slsa-v2.1.0", "dsse 0.0.1"),
  ]

  @Test(arguments: images)
  func holds(name: String, entryKind: String) throws {
    let finding = try verify(try evidence(name))
    #expect(finding.kind == .attestation(predicateType: "https://slsa.dev/provenance/v0.2"))
    let proven = try finding.outcome.get()
    #expect(proven.log.map(\.entryKind) == [entryKind])
    #expect(proven.log.map(\.proofs) == [[.promise]])
    #expect(proven.statement?.predicateType == "https://slsa.dev/provenance/v0.2")
    guard case .certificate(let facts) = proven.signer else {
      Issue.record("no certificate")
      return
    }
    #expect(facts.issuer == "https://token.actions.githubusercontent.com")
    #expect(facts.identities.count == 1)
  }

  struct Spoilt: Sendable, CustomTestStringConvertible {
    let what: String
    let expected: Reason?
    let spoil: @Sendable (inout [UInt8], inout CosignAnnotations) throws -> Void
    init(
      _ what: String, _ expected: Reason?,
      spoil: @escaping @Sendable (inout [UInt8], inout CosignAnnotations) throws -> Void
    ) {
      self.what = what
      self.expected = expected
      self.spoil = spoil
    }
    var testDescription: String { what }
  }

  static let cases: [Spoilt] = [
    Spoilt("the chain left empty: the trust root has the intermediate", nil) { $1.chain = "" },
    Spoilt("the chain left out", nil) { $1.chain = nil },
    Spoilt("the certificate left out", .signatureMaterialMismatch) { $1.certificate = nil },
    Spoilt("the certificate no PEM", .certificateMalformed) { $1.certificate = "certificate" },
    Spoilt("the entry left out", .logEntryMissing) { $1.rekorBundle = nil },
    Spoilt("the entry no JSON", .jsonMalformed) { $1.rekorBundle = "{" },
    Spoilt("the entry without promise", .bundleMalformed) {
      $1.rekorBundle = try entry($1) { $0.setting("SignedEntryTimestamp", nil) }
    },
    Spoilt("the promise", .logPromiseInvalid) {
      $1.rekorBundle = try entry($1) { $0.flipping("SignedEntryTimestamp") }
    },
    Spoilt("the time", .logPromiseInvalid) {
      $1.rekorBundle = try entry($1) { $0.setting("Payload.integratedTime", 1_673_455_978) }
    },
    Spoilt("the log", .logUnknown) {
      $1.rekorBundle = try entry($1) { $0.setting("Payload.logID", .text(String(repeating: "00", count: 32))) }
    },
    Spoilt("the entry of another image", .logEntryMismatch) {
      guard case .dsseEnvelope(_, let other) = try RealImage.evidence("slsa-v2.1.0")[0].form else {
        throw NoEnvelope()
      }
      $1.rekorBundle = other.rekorBundle
      $1.certificate = other.certificate
    },
    Spoilt("the timestamp no timestamp", .timestampMalformed) {
      $1.timestamp = #"{"SignedRFC3161Timestamp":"AAAA"}"#
    },
    // The log holds the hash of these exact bytes, so that another spelling of the same envelope is another one.
    Spoilt("a space behind the envelope", .logEntryMismatch) { bytes, _ in bytes.append(0x20) },
    Spoilt("the envelope cut short", .jsonMalformed) { bytes, _ in bytes.removeLast() },
  ]

  @Test(arguments: cases)
  func verdict(_ spoilt: Spoilt) throws {
    let evidence = try evidence("slsa-v1.4.0")
    guard case .dsseEnvelope(var bytes, var annotations) = evidence.form else { throw NoEnvelope() }
    try spoilt.spoil(&bytes, &annotations)
    let finding = try verify(
      Evidence(
        .dsseEnvelope(bytes, annotations: annotations), by: evidence.carrier, attachedTo: evidence.attachedTo,
        digest: digest(bytes)))
    #expect(reason(finding) == spoilt.expected)
  }

  @Test func attachedElsewhere() throws {
    let evidence = try evidence("slsa-v1.4.0")
    let finding = try verify(
      Evidence(
        evidence.form, by: evidence.carrier, attachedTo: ClaimedDigest(digest([1])), digest: evidence.digest))
    #expect(reason(finding) == .signatureSubjectMismatch)
    #expect(finding.subjects.isEmpty == false)
  }

  /// Of what is too large to keep, nothing reaches the verifier.
  @Test func noContents() throws {
    let evidence = try evidence("slsa-v1.4.0")
    guard case .dsseEnvelope(_, let annotations) = evidence.form else { throw NoEnvelope() }
    let finding = try verify(
      Evidence(
        .dsseEnvelope([], annotations: annotations), by: evidence.carrier, attachedTo: evidence.attachedTo,
        digest: evidence.digest))
    guard case .failure(let failure) = finding.outcome else { throw NoEnvelope() }
    #expect(failure.reason == .jsonMalformed && failure.detail.contains("larger than the 16777216 bytes"))
  }

  // MARK: Parts

  private struct NoEnvelope: Error {}

  private func evidence(_ name: String) throws -> Evidence { try #require(try RealImage.evidence(name).first) }

  private func verify(_ evidence: Evidence) throws -> Finding {
    let root = try TrustRoot(parsing: Spoiling.trustRoot().serialized(), named: "trusted_root.json")
    let findings = SignatureVerifier(trustRoot: root, now: UnixTime(1_795_000_000), revocations: .none).verify(evidence)
    #expect(findings.count == 1)
    return try #require(findings.first)
  }

  private func reason(_ finding: Finding) -> Reason? {
    guard case .failure(let failure) = finding.outcome else { return nil }
    return failure.reason
  }

  private static func entry(_ annotations: CosignAnnotations, _ spoil: (JSON) -> JSON) throws -> String {
    let document = try JSON(parsing: Array((annotations.rekorBundle ?? "").utf8), named: "annotation")
    return String(decoding: spoil(document).serialized(), as: UTF8.self)
  }
}
