import Cryptography
package import Envelope
package import Octets
package import Reasons
import StrictJSON

/// A Sigstore bundle: a signature with all that is needed to verify it offline (protobuf-specs `dev.sigstore.bundle.v1`).
///
/// Inert: nothing in it is verified. Only lowerCamelCase names and strict Base64 are read; unknown fields are tolerated,
/// because a field passed over is evidence not counted.
package struct SigstoreBundle: Sendable {
  package enum Version: String, Hashable, Sendable, Comparable {
    case v0_1 = "0.1"
    case v0_2 = "0.2"
    case v0_3 = "0.3"

    package static func < (one: Version, other: Version) -> Bool { one.rawValue < other.rawValue }
  }

  /// Whose key made the signature, in the signer's own words.
  package enum Material: Hashable, Sendable {
    /// A key that verifiers hold already; the hint usually is the Base64 of SHA-256 of its SubjectPublicKeyInfo.
    case publicKey(hint: [UInt8])
    /// DER, the signing certificate first, at least one. From v0.3 on there is only that one.
    case certificates([[UInt8]])
  }

  package enum Content: Sendable {
    /// A signature over the artifact itself. The digest only identifies the artifact; nil where it is absent or of an
    /// algorithm that Assay does not compute.
    case messageSignature(digest: ClaimedDigest?, signature: [UInt8])
    /// A DSSE envelope with exactly one signature.
    case envelope(DSSEEnvelope)
  }

  package let version: Version
  package let material: Material
  package let logEntries: [LoggedEntry]
  /// RFC 3161 responses or tokens, DER.
  package let timestamps: [[UInt8]]
  package let content: Content

  /// Bytes of one bundle; large attestations carry SBOMs.
  package static let byteLimit = 16 << 20
  package static let entryLimit = 32
  package static let timestampLimit = 8
  /// Certificates in a v0.1 or v0.2 chain.
  package static let chainLimit = 16

  /// - Throws: `bundle.malformed`, `envelope.malformed`, a reason of JSON's, or `signature.format-unsupported` for a
  ///   version that Assay does not know.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    var limits = JSONLimits.usual
    limits.bytes = Self.byteLimit
    let document = try JSONNode(parsing: bytes, named: subject, malformed: .bundleMalformed, limits: limits)
    version = try Self.version(try document.required("mediaType"))
    let material = try document.required("verificationMaterial")
    self.material = try Self.material(material, version)
    var entries: [LoggedEntry] = []
    for node in try material.optional("tlogEntries")?.elements(atMost: Self.entryLimit) ?? [] {
      entries.append(try LoggedEntry(parsing: node))
    }
    logEntries = entries
    var timestamps: [[UInt8]] = []
    let stamped = try material.optional("timestampVerificationData")?.optional("rfc3161Timestamps")
    for node in try stamped?.elements(atMost: Self.timestampLimit) ?? [] {
      timestamps.append(try node.required("signedTimestamp").base64())
    }
    self.timestamps = timestamps
    content = try Self.content(document)
  }

  // MARK: Parts

  private static let mediaTypePrefix = "application/vnd.dev.sigstore.bundle"

  /// Both spellings: `…bundle+json;version=0.1` to `0.3`, and `…bundle.v0.3+json`.
  private static func version(_ node: JSONNode) throws(Failure) -> Version {
    let mediaType = try node.string()
    for version in [Version.v0_1, .v0_2, .v0_3]
    where mediaType == "\(mediaTypePrefix)+json;version=\(version.rawValue)"
      || mediaType == "\(mediaTypePrefix).v\(version.rawValue)+json"
    {
      return version
    }
    let shown = printable(mediaType, limit: 100)
    guard mediaType.utf8.starts(with: mediaTypePrefix.utf8) else {
      throw node.failure("“\(shown)” is no Sigstore bundle’s media type")
    }
    throw node.failure("a Sigstore bundle of the unknown version “\(shown)”", .signatureFormatUnsupported)
  }

  private static func material(_ node: JSONNode, _ version: Version) throws(Failure) -> Material {
    let publicKey = try node.optional("publicKey")
    let chain = try node.optional("x509CertificateChain")
    let certificate = try node.optional("certificate")
    guard [publicKey, chain, certificate].count(where: { $0 != nil }) == 1 else {
      throw node.failure("exactly one of publicKey, x509CertificateChain and certificate is wanted")
    }
    if let publicKey { return .publicKey(hint: try publicKey.optional("hint")?.bytes() ?? []) }
    if let certificate { return .certificates([try certificate.required("rawBytes").base64()]) }
    guard let chain, version < .v0_3 else { throw node.failure("v0.3 carries the signing certificate alone") }
    var certificates: [[UInt8]] = []
    for element in try chain.required("certificates").elements(atMost: chainLimit) {
      certificates.append(try element.required("rawBytes").base64())
    }
    guard !certificates.isEmpty else { throw chain.failure("a chain without certificates") }
    return .certificates(certificates)
  }

  private static func content(_ document: JSONNode) throws(Failure) -> Content {
    switch (try document.optional("messageSignature"), try document.optional("dsseEnvelope")) {
    case (let message?, nil):
      let signature = try message.required("signature")
      let bytes = try signature.base64()
      guard !bytes.isEmpty else { throw signature.failure("an empty signature") }
      return .messageSignature(digest: try digest(message), signature: bytes)
    case (nil, let node?):
      let envelope = try DSSEEnvelope(parsing: node)
      guard envelope.signatures.count == 1 else {
        throw node.failure(
          "a Sigstore bundle’s envelope has one signature, not \(envelope.signatures.count)", .envelopeMalformed)
      }
      return .envelope(envelope)
    default:
      throw document.failure("exactly one of messageSignature and dsseEnvelope is wanted")
    }
  }

  private static func digest(_ message: JSONNode) throws(Failure) -> ClaimedDigest? {
    // cosign leaves it empty under plain Ed25519, which hashes nothing beforehand.
    guard let node = try message.optional("messageDigest"), let name = try node.optional("algorithm"),
      let algorithm = HashAlgorithm(sigstoreName: try name.bytes())
    else { return nil }
    let bytes = try node.required("digest")
    guard let digest = ClaimedDigest(algorithm, try bytes.base64()) else {
      throw bytes.failure("a digest of another length than \(algorithm.rawValue)’s")
    }
    return digest
  }
}
