import Attestation
package import Cryptography

/// Public areas of keys; a policy gates the use of those that stay. A public area is this head and a point, byte for byte.
enum KeyTemplate {
  /// P-256, ECDSA with SHA-256, made in the TPM and never to leave it: fixedTPM, fixedParent, sensitiveDataOrigin,
  /// adminWithPolicy, sign, and no userWithAuth, so that nothing but the policy opens it. Not restricted: a restricted
  /// key signs only what the TPM itself hashed.
  ///
  /// - Parameter guarded: under dictionary-attack protection: for a key with a PIN. Without one there is nothing to
  ///   guess, and a power cut would count as a wrong try.
  static func signing(policy: [UInt8], guarded: Bool) -> [UInt8] {
    [0x00, 0x23, 0x00, 0x0B, 0x00, 0x04, guarded ? 0x00 : 0x04, 0xB2, 0x00, 0x20] + policy
      + [0x00, 0x10, 0x00, 0x18, 0x00, 0x0B, 0x00, 0x03, 0x00, 0x10]
  }

  /// A sealed secret: KEYEDHASH without a scheme; fixedTPM, fixedParent, adminWithPolicy, noDA.
  static func sealed(policy: [UInt8]) -> [UInt8] {
    [0x00, 0x08, 0x00, 0x0B, 0x00, 0x00, 0x04, 0x92, 0x00, 0x20] + policy + [0x00, 0x10]
  }

  /// What TPM2_Create is asked for: no point, or no digest, yet.
  static let noPoint: [UInt8] = [0, 0, 0, 0]
  static let noDigest: [UInt8] = [0, 0]

  /// A throw-away key to sign one policy with: P-256, ECDSA with SHA-256; fixedTPM, fixedParent, sensitiveDataOrigin,
  /// userWithAuth, noDA, sign, and no policy: its empty auth opens it, for as long as provisioning holds its blob.
  static let passing =
    [0x00, 0x23, 0x00, 0x0B, 0x00, 0x04, 0x04, 0x72, 0x00, 0x00]
    + [0x00, 0x10, 0x00, 0x18, 0x00, 0x0B, 0x00, 0x03, 0x00, 0x10] + noPoint

  /// TCG's default EK template L-2 (EK Credential Profile 2.5 §B.3.4): ECC P-256, with the policy that asks for the
  /// endorsement hierarchy's secret.
  static let endorsement: [UInt8] =
    [0x00, 0x23, 0x00, 0x0B, 0x00, 0x03, 0x00, 0xB2, 0x00, 0x20]
    + [
      0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xB3, 0xF8, 0x1A, 0x90, 0xCC, 0x8D, 0x46, 0xA5, 0xD7, 0x24, 0xFD, 0x52, 0xD7,
      0x6E, 0x06, 0x52, 0x0B, 0x64, 0xF2, 0xA1, 0xDA, 0x1B, 0x33, 0x14, 0x69, 0xAA,
    ] + [0x00, 0x06, 0x00, 0x80, 0x00, 0x43, 0x00, 0x10, 0x00, 0x03, 0x00, 0x10]
    + [0x00, 0x20] + [UInt8](repeating: 0, count: 32) + [0x00, 0x20] + [UInt8](repeating: 0, count: 32)
}

/// A key in the TPM that signs under the runtime policy.
package struct PolicyKey: Hashable, Sendable {
  package let object: CreatedObject
  package let name: [UInt8]
  /// SubjectPublicKeyInfo, DER (RFC 5480 §2).
  package let spki: [UInt8]
  /// SHA-256 of `spki`.
  package let fingerprint: ComputedDigest

  /// - Throws: `keyMalformed` unless the public area is byte for byte the one expected, save its point.
  init(_ object: CreatedObject, head: [UInt8], _ what: String) throws(TPMError) {
    guard let point = P256Area.point(object.publicArea, after: head) else {
      throw TPMError(.keyMalformed, "read the \(what)", "The \(what)'s public area is not what its policy makes it.")
    }
    self.object = object
    name = Name.of(object.publicArea)
    spki = P256Area.spki(point)
    fingerprint = digest(spki)
  }
}
