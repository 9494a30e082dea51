import CTSS2
import Cryptography

/// What TPM2_Create gives: a key or a sealed secret, of use to no TPM but the one that made it, and the proof that it
/// did.
package struct CreatedObject: Hashable, Sendable {
  /// TPMT_PUBLIC, marshalled (TPM 2.0 Part 2 §12.2.4).
  package let publicArea: [UInt8]
  /// TPM2B_PRIVATE without its size (§12.3.7): encrypted under the storage root key.
  package let privateBlob: [UInt8]
  /// TPMS_CREATION_DATA (§15.1).
  package let creationData: [UInt8]
  /// TPMT_TK_CREATION (§10.7.3): lets the attestation key certify the creation.
  package let creationTicket: [UInt8]

  package init(publicArea: [UInt8], privateBlob: [UInt8], creationData: [UInt8], creationTicket: [UInt8]) {
    self.publicArea = publicArea
    self.privateBlob = privateBlob
    self.creationData = creationData
    self.creationTicket = creationTicket
  }

  /// Three TPM2Bs, and a ticket; nil where they do not fill the bytes.
  init?(_ created: [UInt8]) {
    var rest = created[...]
    func sized() -> [UInt8]? {
      guard rest.count >= 2 else { return nil }
      let size = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
      let bytes = rest.dropFirst(2).prefix(size)
      guard bytes.count == size else { return nil }
      rest = rest.dropFirst(2 + size)
      return Array(bytes)
    }
    guard let area = sized(), let blob = sized(), let data = sized(), !rest.isEmpty else { return nil }
    self.init(publicArea: area, privateBlob: blob, creationData: data, creationTicket: Array(rest))
  }
}

extension Connection {
  /// Makes an object under a parent. In the encrypting session, where one is open, auth and secret are not overheard.
  func create(_ template: [UInt8], under parent: Parent) throws(TPMError) -> CreatedObject {
    try create(template, under: parent, auth: SecretBytes.random(0), sealing: SecretBytes.random(0))
  }

  func create(
    _ template: [UInt8], under parent: Parent, auth: borrowing SecretBytes, sealing secret: borrowing SecretBytes
  ) throws(TPMError) -> CreatedObject {
    var made = [UInt8](repeating: 0, count: Int(ASSAY_TPM_CREATED_MAX))
    var size = 0
    try auth.withBytes { (auth, authSize) throws(TPMError) in
      try secret.withBytes { (secret, secretSize) throws(TPMError) in
        try run("TPM2_Create") { tpm in
          size = made.count
          return assay_tpm_create(
            tpm, parent.object, template, template.count, auth, authSize, secret, secretSize, &made, &size)
        }
      }
    }
    guard let object = CreatedObject(Array(made.prefix(size))) else {
      throw TPMError(.keyMalformed, "TPM2_Create", "What the TPM made cannot be read.")
    }
    return object
  }

  /// Loads an object. The caller flushes it.
  ///
  /// The Name in the answer needs no look of ours: ESAPI refuses one that is not the public area's, and the public
  /// area is the pinned one.
  func load(_ object: CreatedObject, under parent: Parent) throws(TPMError) -> assay_tpm_object {
    let (area, blob) = (object.publicArea, object.privateBlob)
    var loaded: assay_tpm_object = 0
    try run("TPM2_Load") { assay_tpm_load($0, parent.object, area, area.count, blob, blob.count, &loaded) }
    return loaded
  }

  /// - Returns: an ECDSA signature, DER.
  func sign(
    _ digest: ComputedDigest, with object: assay_tpm_object, authorizedBy session: UInt32
  ) throws(TPMError) -> [UInt8] {
    var r = [UInt8](repeating: 0, count: Int(ASSAY_TPM_P256_SIZE))
    var s = r
    try run("TPM2_Sign") {
      assay_tpm_sign($0, session, object, digest.bytes, digest.bytes.count, &r, &s)
    }
    return ECDSASignature.der(r: r, s: s)
  }

  /// Handles in use, of the range of `first`: 0x80 transient, 0x81 persistent, 0x02 sessions, 0x01 NV.
  func handles(from first: UInt32) throws(TPMError) -> [UInt32] {
    // More than any chip holds.
    var found = [UInt32](repeating: 0, count: 1024)
    var count = 0
    try run("TPM2_GetCapability") { tpm in
      count = found.count
      return assay_tpm_handles(tpm, first, &found, &count)
    }
    return Array(found.prefix(count))
  }

  func property(_ property: UInt32) throws(TPMError) -> UInt32 {
    var value: UInt32 = 0
    try run("TPM2_GetCapability") { assay_tpm_property($0, property, &value) }
    return value
  }

  /// Takes a transient object or a session out of the TPM. Patient, because what stays takes one of three places.
  func flush(_ object: assay_tpm_object) {
    try? run("TPM2_FlushContext") { assay_tpm_flush($0, object) }
  }

  /// Runs with the encrypting session open, salted to a key whose Name was compared with the pinned one.
  func encrypted<Result: ~Copyable>(
    to parent: Parent, _ body: () throws(TPMError) -> Result
  ) throws(TPMError) -> Result {
    try run("TPM2_StartAuthSession") { assay_tpm_begin_salted($0, parent.object) }
    defer { endEncryption() }
    return try body()
  }

  func endEncryption() {
    try? run("TPM2_FlushContext") { assay_tpm_end_salted($0) }
    assay_tpm_abandon_salted(tpm)
  }

  /// Lends an auth to this context for the length of a call. It never stands in a command: it keys an HMAC.
  func proving<Result: ~Copyable>(
    _ auth: borrowing SecretBytes, for object: assay_tpm_object, _ body: () throws(TPMError) -> Result
  ) throws(TPMError) -> Result {
    try auth.withBytes { (bytes, count) throws(TPMError) in
      try run("Esys_TR_SetAuth") { assay_tpm_set_auth($0, object, bytes, count) }
    }
    defer { assay_tpm_forget_auth(tpm, object, ASSAY_TPM_SALTED) }
    return try body()
  }
}
