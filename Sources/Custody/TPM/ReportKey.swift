import Attestation
package import Cryptography

/// The key that signs reports, as it lies on disk: of use to no TPM but the one that made it.
///
/// A P-256 key for ECDSA with SHA-256, made inside the TPM and never to leave it (`fixedTPM`, `fixedParent`,
/// `sensitiveDataOrigin`). It is not restricted: a restricted key signs only what the TPM itself hashed, which a DSSE
/// signature is not. It has an empty auth and is not under dictionary-attack protection, because there is nothing to
/// guess, and a power cut would count as a wrong try.
package struct ReportKeyBlob: Hashable, Sendable {
  /// TPMT_PUBLIC, marshalled (TPM 2.0 Part 2 §12.2.4).
  package let publicArea: [UInt8]
  /// TPM2B_PRIVATE without its size (§12.3.7): encrypted under the storage root key.
  package let privateBlob: [UInt8]
  /// Name of the storage root key that it lies under.
  package let parentName: [UInt8]
  /// Name of the key (Part 1 §16): the algorithm's identifier and the digest of the public area.
  package let name: [UInt8]
  /// SubjectPublicKeyInfo, DER (RFC 5480 §2).
  package let spki: [UInt8]
  /// SHA-256 of `spki`.
  package let fingerprint: ComputedDigest

  /// Most bytes that a private blob may have; libtpms and chips need about 130.
  package static let privateLimit = 1024

  /// - Throws: `keyMalformed` unless the public area is byte for byte that of a report key, save its point.
  package init(publicArea: [UInt8], privateBlob: [UInt8], parentName: [UInt8]) throws(TPMError) {
    guard let point = P256Area.point(publicArea, after: Self.head) else {
      throw TPMError(.keyMalformed, "read the report key", "The report key's public area is not that of a report key.")
    }
    guard (1...Self.privateLimit).contains(privateBlob.count) else {
      throw TPMError(.keyMalformed, "read the report key", "The report key's private part has an impossible size.")
    }
    guard Name.isWellFormed(parentName) else {
      throw TPMError(.keyMalformed, "read the report key", "The storage root key's Name is not one.")
    }
    self.publicArea = publicArea
    self.privateBlob = privateBlob
    self.parentName = parentName
    name = Name.of(publicArea)
    spki = P256Area.spki(point)
    fingerprint = digest(spki)
  }

  /// What TPM2_Create is asked for.
  static let template = head + [0, 0, 0, 0]

  /// A report key's public area up to its point.
  private static let head: [UInt8] = [
    0x00, 0x23,  // type: ECC
    0x00, 0x0B,  // nameAlg: SHA-256
    0x00, 0x04, 0x04, 0x72,  // sign, noDA, userWithAuth, sensitiveDataOrigin, fixedParent, fixedTPM (§8.3)
    0x00, 0x00,  // authPolicy: none
    0x00, 0x10,  // symmetric: NULL
    0x00, 0x18, 0x00, 0x0B,  // scheme: ECDSA with SHA-256
    0x00, 0x03,  // curve: NIST P-256
    0x00, 0x10,  // kdf: NULL
  ]
}

/// Names of objects (TPM 2.0 Part 1 §16), with SHA-256 as the only algorithm.
enum Name {
  private static let sha256: [UInt8] = [0x00, 0x0B]

  static func of(_ publicArea: [UInt8]) -> [UInt8] { P256Area.name(publicArea) }

  static func isWellFormed(_ name: [UInt8]) -> Bool { name.count == 34 && name.starts(with: sha256) }
}
