import Base64
import Cryptography
import Envelope
import Findings
import OCIImage
import Octets
import Reasons
import SigstoreBundle
import StrictJSON

/// Step 1.1: from the ways in which evidence is carried to claims. What could be read before a failure is kept, so that a
/// policy can tell whether the failed evidence was of the kind that it asks for.
struct EvidenceReader {
  private(set) var kind: EvidenceKind?
  private(set) var subjects: [ClaimedDigest] = []

  /// What the artifact is, where that is known from outside the evidence.
  private let artifact: Artifact?

  init(about artifact: Artifact?) { self.artifact = artifact }

  mutating func claims(_ evidence: Evidence) throws(Failure) -> [SignatureClaim] {
    switch evidence.form {
    // Whoever read the medium kept no contents that are too large, and nothing that cannot be JSON.
    case .sigstoreBundle([]), .dsseEnvelope([], _):
      throw Failure(
        .jsonMalformed, "evidence",
        "no contents: empty, no JSON, or larger than the \(JSONLimits.usual.bytes) bytes that are read")
    case .sigstoreBundle(let bytes): return [try claim(SigstoreBundle(parsing: bytes, named: "Sigstore bundle"))]
    case .simpleSigning(let payload, let annotations): return [try claim(payload, annotations)]
    case .dsseEnvelope(let bytes, let annotations): return try claims(bytes, annotations)
    case .unsupported(let mediaType):
      throw Failure(.signatureFormatUnsupported, "evidence", "of type “\(printable(mediaType, limit: 100))”")
    }
  }

  // MARK: Sigstore bundles

  mutating func claim(_ bundle: SigstoreBundle) throws(Failure) -> SignatureClaim {
    switch bundle.content {
    case .messageSignature(let digest, let signature):
      kind = .signature
      subjects = digest.map { [$0] } ?? artifact?.known ?? []
      if let digest, let known = artifact?.digest(digest.algorithm), known != digest {
        throw Failure(.signatureSubjectMismatch, "Sigstore bundle", "it is about \(digest), not \(known)")
      }
      let artifact = artifact ?? digest.map { Artifact(digest: $0) }
      subjects = artifact?.known ?? []
      return SignatureClaim(
        signature: signature, content: .artifact(artifact), kind: .signature, subjects: subjects, statement: nil,
        material: .bundle(bundle))
    case .envelope(let envelope):
      return try claims(envelope, exactBytes: nil, .bundle(bundle))[0]
    }
  }

  // MARK: cosign's old format

  private mutating func claim(
    _ payload: [UInt8], _ annotations: CosignAnnotations
  ) throws(Failure) -> SignatureClaim {
    kind = .signature
    let signed = try SimpleSigning(parsing: payload)
    subjects = [signed.manifestDigest]
    guard let text = annotations.signature, let signature = Base64.decode(Array(text.utf8)), !signature.isEmpty else {
      throw Failure(.bundleMalformed, "annotation dev.cosignproject.cosign/signature", "no Base64 of a signature")
    }
    return SignatureClaim(
      signature: signature, content: .payload(payload), kind: .signature, subjects: subjects, statement: nil,
      material: .annotations(annotations))
  }

  private mutating func claims(
    _ bytes: [UInt8], _ annotations: CosignAnnotations
  ) throws(Failure) -> [SignatureClaim] {
    kind = annotations.predicateType.map { .attestation(predicateType: $0) }
    let envelope = try DSSEEnvelope(parsing: bytes, named: "DSSE envelope")
    return try claims(envelope, exactBytes: bytes, .annotations(annotations))
  }

  // MARK: Envelopes

  /// cosign's plain signature in the new format: a statement that says no more than which image is meant.
  private static let signaturePredicate = "https://sigstore.dev/cosign/sign/v1"

  private mutating func claims(
    _ envelope: DSSEEnvelope, exactBytes: [UInt8]?, _ material: Material
  ) throws(Failure) -> [SignatureClaim] {
    guard envelope.payloadType == DSSEEnvelope.inTotoPayloadType else {
      let shown = printable(envelope.payloadType, limit: 100)
      throw Failure(.signatureFormatUnsupported, "DSSE envelope", "a payload of type “\(shown)”")
    }
    let statement = try Statement(parsing: envelope.payload)
    let type = statement.predicateType
    let kind = type == Self.signaturePredicate ? EvidenceKind.signature : .attestation(predicateType: type)
    self.kind = kind
    subjects = statement.subjectDigests
    let facts = StatementFacts(predicateType: type, statement: envelope.payload)
    return envelope.signatures.map { signature in
      SignatureClaim(
        signature: signature.bytes, content: .envelope(envelope, exactBytes: exactBytes), kind: kind,
        subjects: subjects, statement: facts, keyID: signature.keyID, material: material)
    }
  }
}
