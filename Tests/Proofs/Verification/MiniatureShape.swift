import Cryptography
import Findings
import MiniatureSigstore
import OCIImage
import Octets
import Reasons
import Testing
import TrustRoot
import Verification

/// A way of signing and carrying that the miniature issues, and its verification from issuing to verdict.
struct MiniatureShape: Sendable, CustomTestStringConvertible {
  enum Carried: Equatable { case bundle(BundleVersion), annotations }

  static let world = MiniatureSigstore(seed: 3, now: 1_790_000_000)
  static let artifact = Array("artifact".utf8)
  static let statement = SampleStatement(
    SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance,
    about: [.init(digests: [("sha256", Hex.encode(digest(artifact).bytes))])])

  let name: String
  let request: SigningRequest
  let carried: Carried

  static let all: [MiniatureShape] = [
    Self(name: "v0.1, hashedrekord 0.0.1", request: .init(.message(artifact)), carried: .bundle(.v01)),
    Self(name: "v0.3, hashedrekord 0.0.1", request: .init(.message(artifact)), carried: .bundle(.v03)),
    Self(
      name: "v0.2, dsse 0.0.1 and timestamp", request: .init(.statement(statement), timestamps: [.bare]),
      carried: .bundle(.v02)),
    Self(
      name: "v0.2, intoto 0.0.2", request: .init(.statement(statement), log: .v1(.intoto002)), carried: .bundle(.v02)),
    Self(name: "v0.3, Rekor v2", request: .init(.message(artifact), log: .v2), carried: .bundle(.v03)),
    Self(
      name: "v0.3, Rekor v2 with a P-256 key", request: .init(.message(artifact), log: .v2ecdsa),
      carried: .bundle(.v03parameter)),
    Self(
      name: "v0.3, Rekor v2 with witnesses, envelope", request: .init(.statement(statement), log: .v2witnessed),
      carried: .bundle(.v03)),
    Self(
      name: "v0.3, timestamp alone",
      request: .init(.message(artifact), log: SigningRequest.Log.none, timestamps: [.injected]), carried: .bundle(.v03)),
    Self(
      name: "annotations, simple signing",
      request: .init(.message(SampleImage.simpleSigningPayload(of: "sha256:" + Hex.encode(digest(artifact).bytes)))),
      carried: .annotations),
    Self(
      name: "annotations, simple signing and timestamp",
      request: .init(
        .message(SampleImage.simpleSigningPayload(of: "sha256:" + Hex.encode(digest(artifact).bytes))),
        timestamps: [.embedded]),
      carried: .annotations),
    Self(name: "annotations, dsse 0.0.1", request: .init(.statement(statement)), carried: .annotations),
    Self(
      name: "annotations, dsse 0.0.1 and timestamp", request: .init(.statement(statement), timestamps: [.embedded]),
      carried: .annotations),
    Self(
      name: "annotations, intoto 0.0.1", request: .init(.statement(statement), log: .v1(.intoto001)),
      carried: .annotations),
  ]

  var testDescription: String { name }
  var isRekorVersion1: Bool { if case .v1 = request.log { true } else { false } }

  /// Why it is not proven; nil where it is.
  func reason(under spoil: Spoil? = nil) throws -> Reason? {
    try reason(of: Self.world.issue(request.spoiled(spoil)), under: spoil)
  }

  func reason(of issued: Issued, under spoil: Spoil? = nil) throws -> Reason? {
    do {
      // An instance without logs asks for no entry.
      let document = Self.world.trustedRoot(leavingOut: request.log == .none ? [.logs] : [], spoil: spoil)
      let root = try TrustRoot(parsing: document, named: "trusted_root.json")
      try Self.verify(
        issued, carried, SignatureVerifier(trustRoot: root, now: UnixTime(Self.world.now), revocations: .none))
      return nil
    } catch let failure as Failure {
      return failure.reason
    }
  }

  static func verify(_ issued: Issued, _ carried: Carried, _ verifier: SignatureVerifier) throws {
    switch carried {
    case .bundle(let version):
      _ = try verifier.verify(bundle: issued.bundle(version), artifact: Artifact(bytes: artifact))
    case .annotations:
      for finding in verifier.verify(evidence(issued)) { _ = try finding.outcome.get() }
    }
  }

  /// A layer of cosign's `.sig` or `.att`, attached to the artifact as if it were an image.
  private static func evidence(_ issued: Issued) -> Evidence {
    var annotations = CosignAnnotations()
    for (key, value) in issued.cosignAnnotations {
      switch key {
      case "dev.cosignproject.cosign/signature": annotations.signature = value
      case "dev.sigstore.cosign/bundle": annotations.rekorBundle = value
      case "dev.sigstore.cosign/certificate": annotations.certificate = value
      case "dev.sigstore.cosign/chain": annotations.chain = value
      case "dev.sigstore.cosign/rfc3161timestamp": annotations.timestamp = value
      default: break
      }
    }
    let layer = issued.cosignLayer
    return Evidence(
      issued.envelope == nil
        ? .simpleSigning(payload: layer, annotations: annotations) : .dsseEnvelope(layer, annotations: annotations),
      by: .cosignTag("test"), attachedTo: ClaimedDigest(digest(artifact)), digest: digest(layer))
  }
}
