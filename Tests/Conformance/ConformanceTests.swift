import Cryptography
import Findings
import Octets
import Reasons
import TestSupport
import Testing
import TrustRoot
import Verification

/// sigstore-conformance's bundle cases, each with the file and with its digest. A case that must fail must fail for its
/// own reason: the table says which.
struct ConformanceTests {
  /// After every case was made, and before none of them was signed.
  static let now = UnixTime(1_795_000_000)

  static let folder = "sigstore-conformance"
  static let cases: [String] = {
    guard Corpus.root != nil, let names = try? Corpus.names(in: folder) else { return [] }
    return names.filter { $0 != "a.txt" }
  }()

  static let reasons: [String: Reason] = [
    "bundle-empty-certificate-chain_fail": .bundleMalformed,
    "bundle-invalid-base64-signature_fail": .bundleMalformed,
    "bundle-negative-log-index_fail": .bundleMalformed,
    "bundle-with-root-cert_fail": .certificateRootCarried,
    "checkpoint-wrong-roothash_fail": .logInclusionProofMismatch,
    "dsse-mismatch-envelope_fail": .logEntryMismatch,
    "inclusion-proof-corrupted-hash_fail": .logInclusionProofMismatch,
    "integrated-time-in-future_fail": .certificateOutsideValidity,
    "intoto-log-entry-mismatch_fail": .logEntryMismatch,
    "intoto-set-outside-signing-cert-validity_fail": .certificateOutsideValidity,
    "invalid-checkpoint-signature_fail": .logCheckpointInvalid,
    "invalid-inclusion-proof_fail": .logInclusionProofMissing,
    "rekor2-checkpoint-missing-log-signature_fail": .logCheckpointMalformed,
    "rekor2-checkpoint-missing-root-hash_fail": .logCheckpointMalformed,
    "rekor2-checkpoint-no-matching-signature_fail": .logCheckpointInvalid,
    "rekor2-dsse-mismatch-envelope_fail": .logEntryMismatch,
    "rekor2-no-inclusion-proof_fail": .logInclusionProofMissing,
    "rekor2-timestamp-outside-trust-root-tsa-validity_fail": .timestampOutsideValidity,
    "rekor2-timestamp-payload-mismatch_fail": .timestampMismatch,
    "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail": .timestampAuthorityUnknown,
    "set-invalid-signature_fail": .logPromiseInvalid,
    "trust-root-tlog-missing-validity-start_fail": .trustRootMalformed,
    "wrong-hashedrekord-cert-and-sig_fail": .logEntryMismatch,
    "wrong-material_fail": .signatureSubjectMismatch,
  ]
  /// Its key is no point of its curve, nor even canonical Base64: it is refused before any evidence is read.
  static let unreadableKey = "managed-key-wrong-key_fail"

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func everyCaseIsThere() {
    #expect(Self.cases.count == 38)
    #expect(Set(Self.cases.filter { $0.hasSuffix("_fail") }) == Set(Self.reasons.keys).union([Self.unreadableKey]))
  }

  @Test(
    .enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)), arguments: cases, [false, true])
  func conforms(name: String, byDigest: Bool) throws {
    var found: Reason?
    do {
      try Self.verify(name, byDigest: byDigest)
      #expect(!name.hasSuffix("_fail"))
    } catch let failure as Failure {
      found = failure.reason
    } catch is CryptographyError {
      #expect(name == Self.unreadableKey)
    }
    #expect(found == Self.reasons[name])
  }

  private static func verify(_ name: String, byDigest: Bool) throws {
    let parts = Set(try Corpus.names(in: "\(folder)/\(name)"))
    func part(_ part: String) throws -> [UInt8]? {
      parts.contains(part) ? try Corpus.bytes("\(folder)/\(name)/\(part)") : nil
    }
    func line(_ name: String) throws -> String? {
      try part(name).map { String(decoding: $0.prefix { $0 != 0x0a }, as: UTF8.self) }
    }
    let file = try part("artifact") ?? Corpus.bytes("\(folder)/a.txt")
    let artifact = byDigest ? Artifact(digest: ClaimedDigest(digest(file))) : Artifact(bytes: file)
    let bundle = try #require(try part("bundle.sigstore.json"))
    if let key = try part("key.pub") {
      _ = try SignatureVerifier(keys: [PublicKey(pem: key)]).verify(bundle: bundle, artifact: artifact)
      return
    }
    let root = try part("trusted_root.json") ?? Corpus.bytes("trust/sigstore-public-good.trusted_root.json")
    let verifier = SignatureVerifier(
      trustRoot: try TrustRoot(parsing: root, named: "trusted_root.json"), now: now, revocations: .none)
    let proven = try verifier.verify(bundle: bundle, artifact: artifact)
    guard case .certificate(let facts) = proven.signer else {
      throw Failure(.signatureMaterialMismatch, name)
    }
    let identity = try line("identity") ?? defaultIdentity
    guard facts.identities.contains(where: { $0.utf8.elementsEqual(identity.utf8) }) else {
      throw Failure(.identityMismatch, name, facts.identities.joined(separator: ", "))
    }
    guard facts.issuer?.utf8.elementsEqual((try line("issuer") ?? defaultIssuer).utf8) == true else {
      throw Failure(.identityIssuerMismatch, name, facts.issuer ?? "none")
    }
  }

  private static let defaultIssuer = "https://token.actions.githubusercontent.com"
  private static let defaultIdentity =
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
    + "extremely-dangerous-oidc-beacon.yml@refs/heads/main"
}
