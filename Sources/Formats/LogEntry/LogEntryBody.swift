import Base64
import Cryptography
package import Octets
package import Reasons
import StrictJSON

/// The body of a Rekor entry: what the log recorded about a signature. Its bytes are the Merkle leaf.
///
/// Read: `hashedrekord` 0.0.1 and 0.0.2, `dsse` 0.0.1, `intoto` 0.0.1 and 0.0.2, `rekord` 0.0.1 with X.509 keys. The log
/// stores bodies in canonical form; what an entry does not need to bind a signature is passed over.
package struct LogEntryBody: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    /// `hashedrekord`, `rekord`: a signature over bytes with this digest.
    case artifact(digest: ClaimedDigest, signed: LoggedSignature)
    /// `dsse` 0.0.1, `intoto` 0.0.2: the payload, and each signature of the envelope.
    case payload(digest: ClaimedDigest, signed: [LoggedSignature])
    /// `intoto` 0.0.1: the payload where that was logged, the exact bytes of the envelope, and no signature of its own.
    case envelopeBytes(digest: ClaimedDigest, payload: ClaimedDigest?, verifier: LoggedVerifier)
  }

  /// `hashedrekord`, as the body itself says.
  package let kind: String
  /// `0.0.2`.
  package let version: String
  package let content: Content

  /// Whether this is of Rekor v2, which promises nothing, stamps no time and starts each shard at index 0.
  package var isVersion2: Bool { kind == "hashedrekord" && version == "0.0.2" }

  /// Bytes of a body: `intoto` 0.0.2 may hold the whole payload.
  package static let byteLimit = 16 << 20
  /// Signatures in one body.
  package static let signatureLimit = 64

  /// - Throws: `log.entry-malformed`, a reason of JSON's, or `log.entry-unsupported` for another kind or version.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    var limits = JSONLimits.usual
    limits.bytes = Self.byteLimit
    let document = try JSONNode(parsing: bytes, named: "log entry", malformed: .logEntryMalformed, limits: limits)
    kind = try document.required("kind").string()
    version = try document.required("apiVersion").string()
    let spec = try document.required("spec")
    switch (kind, version) {
    case ("hashedrekord", "0.0.1"), ("rekord", "0.0.1"): content = try Self.record(spec)
    case ("hashedrekord", "0.0.2"): content = try Self.recordV2(spec.required("hashedRekordV002"))
    case ("dsse", "0.0.1"): content = try Self.dsse(spec)
    case ("intoto", "0.0.1"): content = try Self.inTotoBytes(spec)
    case ("intoto", "0.0.2"): content = try Self.inToto(spec.required("content"))
    default:
      throw document.failure(
        "an entry of kind \(printable(kind, limit: 40)) \(printable(version, limit: 40))", .logEntryUnsupported)
    }
  }

  // MARK: Kinds

  /// rekor `hashedrekord_v0_0_1_schema.json`, `rekord_v0_0_1_schema.json`.
  private static func record(_ spec: JSONNode) throws(Failure) -> Content {
    let signature = try spec.required("signature")
    if let format = try signature.optional("format"), try format.bytes() != Array("x509".utf8) {
      throw format.failure("a signature of another format than x509", .logEntryUnsupported)
    }
    return .artifact(
      digest: try digest(spec.required("data").required("hash")),
      signed: LoggedSignature(
        bytes: try signature.required("content").base64(),
        verifier: try verifier(signature.required("publicKey").required("content"))))
  }

  /// rekor-tiles `hashedrekord.proto`, `HashedRekordLogEntryV002`.
  private static func recordV2(_ record: JSONNode) throws(Failure) -> Content {
    let data = try record.required("data")
    let name = try data.required("algorithm")
    guard let algorithm = HashAlgorithm(sigstoreName: try name.bytes()) else {
      throw name.failure("an unknown digest algorithm", .logEntryUnsupported)
    }
    let bytes = try data.required("digest")
    guard let digest = ClaimedDigest(algorithm, try bytes.base64()) else {
      throw bytes.failure("a digest of another length than \(algorithm.rawValue)’s")
    }
    let signature = try record.required("signature")
    let verifier = try signature.required("verifier")
    let logged: LoggedVerifier
    switch (try verifier.optional("x509Certificate"), try verifier.optional("publicKey")) {
    case (let certificate?, nil): logged = .certificate(try certificate.required("rawBytes").base64())
    case (nil, let key?): logged = .publicKey(try key.required("rawBytes").base64())
    default: throw verifier.failure("exactly one of x509Certificate and publicKey is wanted")
    }
    return .artifact(
      digest: digest,
      signed: LoggedSignature(bytes: try signature.required("content").base64(), verifier: logged))
  }

  /// rekor `dsse_v0_0_1_schema.json`. The envelope's own hash depends on how it was once serialised, and is not used.
  private static func dsse(_ spec: JSONNode) throws(Failure) -> Content {
    var signed: [LoggedSignature] = []
    for node in try spec.required("signatures").elements(atMost: signatureLimit) {
      signed.append(
        LoggedSignature(
          bytes: try node.required("signature").base64(), verifier: try verifier(node.required("verifier"))))
    }
    return .payload(digest: try digest(spec.required("payloadHash")), signed: signed)
  }

  /// rekor `intoto_v0_0_2_schema.json`. `sig` is the Base64 of what the envelope had, which is Base64 itself.
  private static func inToto(_ content: JSONNode) throws(Failure) -> Content {
    var signed: [LoggedSignature] = []
    for node in try content.required("envelope").required("signatures").elements(atMost: signatureLimit) {
      let once = try node.required("sig").base64()
      signed.append(
        LoggedSignature(bytes: Base64.decode(once) ?? once, verifier: try verifier(node.required("publicKey"))))
    }
    return .payload(digest: try digest(content.required("payloadHash")), signed: signed)
  }

  /// rekor `intoto_v0_0_1_schema.json`.
  private static func inTotoBytes(_ spec: JSONNode) throws(Failure) -> Content {
    let content = try spec.required("content")
    let payload: ClaimedDigest?
    if let node = try content.optional("payloadHash") { payload = try digest(node) } else { payload = nil }
    return .envelopeBytes(
      digest: try digest(content.required("hash")), payload: payload,
      verifier: try verifier(spec.required("publicKey")))
  }

  // MARK: Parts

  /// `{"algorithm": "sha256", "value": HEX}`.
  private static func digest(_ node: JSONNode) throws(Failure) -> ClaimedDigest {
    let name = try node.required("algorithm")
    guard let algorithm = HashAlgorithm(rawValue: try name.string()) else {
      throw name.failure("an unknown digest algorithm", .logEntryUnsupported)
    }
    let value = try node.required("value")
    guard let bytes = Hex.decode(try value.bytes()), let digest = ClaimedDigest(algorithm, bytes) else {
      throw value.failure("\(algorithm.rawValue) digests are \(algorithm.size * 2) lower-case hexadecimal digits")
    }
    return digest
  }

  /// Base64 of PEM.
  private static func verifier(_ node: JSONNode) throws(Failure) -> LoggedVerifier {
    guard let verifier = LoggedVerifier(pem: try node.base64()) else {
      throw node.failure("no PEM of a certificate or public key", .logEntryUnsupported)
    }
    return verifier
  }
}
