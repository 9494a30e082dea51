import CTSS2

/// The storage root key: the parent of every key of ours.
///
/// TCG's template for an ECC P-256 storage key with the attributes of TCG Provisioning Guidance §7.5.1 and an empty
/// `unique` field (TCG EK Credential Profile 2.5 §2.2.1.2.2), as Linux and tpm2-tools make it. A primary key is derived
/// from the TPM's seed, so the same template gives the same key until the TPM is cleared.
enum StorageRootKey {
  /// Where TCG would have it persist (TCG Provisioning Guidance §7.8).
  static let handle: UInt32 = 0x8100_0001

  /// TPM_RC_HANDLE of handle 1 (Part 2 §6.6.3): no object has that handle.
  static let nothingThere: UInt32 = 0x18B

  static let template = head + [0, 0, 0, 0]

  private static let head: [UInt8] = [
    0x00, 0x23,  // type: ECC
    0x00, 0x0B,  // nameAlg: SHA-256
    0x00, 0x03, 0x04, 0x72,  // decrypt, restricted, noDA, userWithAuth, sensitiveDataOrigin, fixedParent, fixedTPM
    0x00, 0x00,  // authPolicy: none
    0x00, 0x06, 0x00, 0x80, 0x00, 0x43,  // symmetric: AES-128 in CFB
    0x00, 0x10,  // scheme: NULL
    0x00, 0x03,  // curve: NIST P-256
    0x00, 0x10,  // kdf: NULL
  ]

  /// Whether a public area is one of TCG's ECC storage root keys, whoever made it.
  static func fits(_ publicArea: [UInt8]) -> Bool { publicArea.starts(with: head) }
}

extension Connection {
  /// A key or an index that stays in the TPM, open for the length of one operation.
  struct Parent {
    let object: assay_tpm_object
    let name: [UInt8]
  }

  func release(_ parent: Parent) { _ = assay_tpm_forget(tpm, parent.object) }

  /// What lies at a persistent handle or an NV index; nil where nothing does. Release it.
  func found(at handle: UInt32) throws(TPMError) -> Parent? {
    var object: assay_tpm_object = 0
    do {
      try run("TPM2_ReadPublic") { assay_tpm_at($0, handle, &object) }
    } catch {
      if error.code == StorageRootKey.nothingThere { return nil }
      throw error
    }
    do {
      return Parent(object: object, name: try name(of: object))
    } catch {
      _ = assay_tpm_forget(tpm, object)
      throw error
    }
  }

  func publicArea(of object: assay_tpm_object) throws(TPMError) -> [UInt8] {
    try bytes("TPM2_ReadPublic", atMost: ASSAY_TPM_PUBLIC_MAX) { assay_tpm_read_public($0, object, &$1, &$2) }
  }

  /// The Name of an object in use, which ESAPI computes from the public area that was loaded or that the TPM answered
  /// with: what the TPM itself calls it does not count.
  func name(of object: assay_tpm_object) throws(TPMError) -> [UInt8] {
    try bytes("Esys_TR_GetName", atMost: ASSAY_TPM_NAME_MAX) { assay_tpm_name($0, object, &$1, &$2) }
  }
}
