import Cryptography
import Findings
import MiniatureSigstore
import OCIImage
import Octets
import Reasons
import Testing
import TrustRoot
import Verification

/// One piece of evidence under several anchors.
@Suite struct AnchorTests {
  private let world = MiniatureShape.world

  private func root(_ leavingOut: Set<TrustedRootPart> = []) throws -> TrustRoot {
    try TrustRoot(parsing: world.trustedRoot(leavingOut: leavingOut, spoil: nil), named: "trusted_root.json")
  }

  private func evidence(_ issued: Issued) -> Evidence {
    let bytes = issued.bundle(.v03)
    return Evidence(
      .sigstoreBundle(bytes), by: .bundleFile("test"), attachedTo: ClaimedDigest(digest(MiniatureShape.artifact)),
      digest: digest(bytes))
  }

  @Test func eachAnchorGivesFindingsOfItsOwn() throws {
    let keyless = evidence(world.issue(.init(.message(MiniatureShape.artifact))))
    let signed = world.issue(.init(.message(MiniatureShape.artifact), as: .key(SampleKey(.p256))))
    let managed = evidence(signed)
    let stranger = MiniatureSigstore(seed: 9, now: world.now)
    let verifiers = [
      SignatureVerifier(keys: [try PublicKey(spki: signed.key.spki)]),
      SignatureVerifier(trustRoot: try root(), named: "plant", now: UnixTime(world.now), revocations: .none),
      SignatureVerifier(
        trustRoot: try TrustRoot(parsing: stranger.trustedRoot(leavingOut: [], spoil: nil), named: "other"),
        named: "other", now: UnixTime(world.now), revocations: .none),
    ]
    let findings = [keyless, managed].flatMap { SignatureVerifier.verify($0, under: verifiers) }
    #expect(findings.map(\.evidence) == [keyless, keyless, keyless, managed, managed, managed].map(\.digest))
    #expect(
      findings.map(\.anchor) == [
        .keys, .trustRoot("plant"), .trustRoot("other"), .keys, .trustRoot("plant"), .trustRoot("other"),
      ])
    let reasons = findings.map { finding -> Reason? in
      if case .failure(let failure) = finding.outcome { failure.reason } else { nil }
    }
    #expect(
      reasons == [
        .signatureKeyMismatch, nil, .logUnknown, nil, .signatureMaterialMismatch, .signatureMaterialMismatch,
      ])
  }

  @Test func whatCannotBeReadFailsUnderEach() throws {
    let bytes = Array("{}".utf8)
    let broken = Evidence(.sigstoreBundle(bytes), by: .bundleFile("test"), attachedTo: nil, digest: digest(bytes))
    let verifiers = [
      SignatureVerifier(keys: [try PublicKey(spki: world.issue(.init(.message([1]))).key.spki)]),
      SignatureVerifier(trustRoot: try root(), named: "plant", now: UnixTime(world.now), revocations: .none),
    ]
    let findings = SignatureVerifier.verify(broken, under: verifiers)
    #expect(findings.map(\.anchor) == [.keys, .trustRoot("plant")])
    for finding in findings { #expect(throws: Failure.self) { try finding.outcome.get() } }
    #expect(SignatureVerifier.verify(broken, under: []).isEmpty)
  }

  /// An SCT is a fact where it was verified, and where the trust root names certificate logs.
  @Test func certificateTimestampsAreFacts() throws {
    let piece = evidence(world.issue(.init(.message(MiniatureShape.artifact))))
    func timestamps(_ root: TrustRoot) throws -> [String] {
      let verifier = SignatureVerifier(trustRoot: root, now: UnixTime(world.now), revocations: .none)
      guard case .certificate(let facts) = try verifier.verify(piece)[0].outcome.get().signer else { return ["none"] }
      return facts.certificateTimestamps
    }
    #expect(try timestamps(root()) == ["ctfe.miniature.example"])
    #expect(try timestamps(root([.certificateLog])) == [])
  }
}
