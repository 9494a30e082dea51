import Attestation
package import Cryptography

/// Who approves system versions: a P-256 key whose private half is elsewhere.
package struct PolicyAuthority: Hashable, Sendable {
  package let key: PublicKey
  /// TPMT_PUBLIC with which the TPM takes the key in.
  let publicArea: [UInt8]
  /// Its Name (TPM 2.0 Part 1 §16), which the keys' policies hold.
  package let name: [UInt8]

  /// - Throws: `policyMalformed` for anything but a P-256 key, which every TPM 2.0 has (PTP §4.7).
  package init(_ key: PublicKey) throws(TPMError) {
    guard let point = P256Area.point(spki: key.spki) else {
      throw TPMError(
        .policyMalformed, "read the policy authority's key", "The policy authority's key must be of P-256.")
    }
    self.key = key
    publicArea = Self.head + [0, 32] + point.prefix(32) + [0, 32] + point.suffix(32)
    name = P256Area.name(publicArea)
  }

  private static let head: [UInt8] = [
    0x00, 0x23,  // type: ECC
    0x00, 0x0B,  // nameAlg: SHA-256
    0x00, 0x04, 0x00, 0x40,  // sign, userWithAuth
    0x00, 0x00,  // authPolicy: none
    0x00, 0x10,  // symmetric: NULL
    0x00, 0x10,  // scheme: NULL, each signature says its own
    0x00, 0x03,  // curve: NIST P-256
    0x00, 0x10,  // kdf: NULL
  ]

  /// - Parameter message: the approved policy's digest and the reference.
  func verify(_ signature: [UInt8], over message: [UInt8], _ operation: String) throws(TPMError) {
    do {
      try key.verify(signature, over: message, .ecdsa(.sha256))
    } catch {
      throw TPMError(.policyMalformed, operation, "The policy authority did not sign this for this machine.")
    }
  }
}
