import Base64
import Cryptography
import Findings
import OCIImage
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing
import Verification

/// Verification under bare keys, on a bundle that carries much that must not be consulted.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct KeyVerificationTests {
  private static let material = "verificationMaterial"

  static let cases: [SpoiltBundle] = [
    key("nothing", nil) { $0 },
    key("the hint left out", nil) { $0.setting("\(material).publicKey", [:]) },
    key("log and timestamp", nil) {
      $0.flipping("\(material).tlogEntries.0.inclusionPromise.signedEntryTimestamp")
        .flipping("\(material).timestampVerificationData.rfc3161Timestamps.0.signedTimestamp")
    },
    key("the signature", .signatureInvalid) { $0.flipping("messageSignature.signature") },
    key("the signature, and the hint left out", .signatureKeyMismatch) {
      $0.flipping("messageSignature.signature").setting("\(material).publicKey", [:])
    },
    key("the signature, and another hint", .signatureKeyMismatch) {
      $0.flipping("messageSignature.signature").setting("\(material).publicKey.hint", "another")
    },
    key("the digest that identifies", .signatureSubjectMismatch) {
      $0.flipping("messageSignature.messageDigest.digest")
    },
  ]

  @Test(arguments: cases)
  func verdict(_ spoilt: SpoiltBundle) throws {
    #expect(try reason(try spoilt.bundle(), [try managed()]) == spoilt.expected)
  }

  @Test func anyOfSeveralKeys() throws {
    let bundle = try Spoiling.bundle("managed-key-happy-path")
    let proven = try SignatureVerifier(keys: [stranger(), managed()])
      .verify(bundle: bundle.serialized(), artifact: artifact())
    #expect(proven.signer == .key(fingerprint: try managed().fingerprint))
    #expect(proven.times.isEmpty && proven.log.isEmpty)
    #expect(try reason(bundle, [try stranger()]) == .signatureKeyMismatch)
    #expect(try reason(bundle, []) == .signatureKeyMismatch)
  }

  /// A hint is nobody's word: it neither hides a key that verifies, nor does the order of the keys.
  @Test func hintOfAnotherGivenKey() throws {
    let hint = JSON.text(Base64.encode(try stranger().fingerprint.bytes))
    let bundle = try Spoiling.bundle("managed-key-happy-path").setting("\(Self.material).publicKey.hint", hint)
    #expect(try reason(bundle, [try stranger(), try managed()]) == nil)
    #expect(try reason(bundle, [try managed(), try stranger()]) == nil)
    #expect(try reason(bundle, [try stranger()]) == .signatureInvalid)
  }

  /// A certificate is a way to carry a key: the bundle holds under that key too, and names it when it does not verify.
  @Test func keyOfTheCertificate() throws {
    let bundle = try Spoiling.bundle("happy-path-v0.3")
    let certificate = bundle[at: "\(Self.material).certificate.rawBytes"]
    let key = try Certificate(der: try #require(certificate.decoded)).publicKey
    #expect(try reason(bundle, [key]) == nil)
    #expect(try reason(bundle.flipping("messageSignature.signature"), [key]) == .signatureInvalid)
    #expect(try reason(bundle.flipping("messageSignature.signature"), [try stranger()]) == .signatureKeyMismatch)
  }

  @Test func findings() throws {
    let bytes = try Spoiling.bundle("managed-key-happy-path").serialized()
    let a = ClaimedDigest(digest(try Corpus.bytes("sigstore-conformance/a.txt")))
    let verifier = SignatureVerifier(keys: [try managed()])
    for attachedTo in [a, nil] {
      let evidence = Evidence(
        .sigstoreBundle(bytes), by: .bundleFile("b"), attachedTo: attachedTo, digest: digest(bytes))
      let finding = try #require(verifier.verify(evidence).first)
      #expect(finding.kind == .signature)
      #expect(finding.subjects == [a])
      #expect(throws: Never.self) { try finding.outcome.get() }
    }
    let other = ClaimedDigest(digest([1]))
    let evidence = Evidence(.sigstoreBundle(bytes), by: .bundleFile("b"), attachedTo: other, digest: digest(bytes))
    guard case .failure(let failure) = try #require(verifier.verify(evidence).first).outcome else {
      Issue.record("it verifies for another image")
      return
    }
    #expect(failure.reason == .signatureSubjectMismatch)
  }

  // MARK: Parts

  private static func key(_ what: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) throws -> JSON)
    -> SpoiltBundle
  {
    SpoiltBundle(what, of: "managed-key-happy-path", expected, spoil: spoil)
  }

  private func artifact() throws -> Artifact {
    Artifact(digest: ClaimedDigest(digest(try Corpus.bytes("sigstore-conformance/a.txt"))))
  }

  private func managed() throws -> PublicKey {
    try PublicKey(pem: Corpus.bytes("sigstore-conformance/managed-key-happy-path/key.pub"))
  }

  private func stranger() throws -> PublicKey {
    let key = try Spoiling.trustRoot()[at: "tlogs.0.publicKey.rawBytes"]
    return try PublicKey(spki: try #require(key.decoded))
  }

  private func reason(_ bundle: JSON, _ keys: [PublicKey]) throws -> Reason? {
    do {
      _ = try SignatureVerifier(keys: keys).verify(bundle: bundle.serialized(), artifact: artifact())
      return nil
    } catch let failure as Failure {
      return failure.reason
    }
  }
}
