import Attestation
import CTSS2
package import Cryptography

/// What provisioning gave, for the store to keep.
package struct Provisioned: Sendable {
  package let keys: ProvisionedKeys
  /// The policy that a throw-away key signed; nil where a site's key is the authority: then its approval comes later
  /// (`policyRequest`), and the anchor waits for it.
  package let approved: ApprovedPolicy?
  /// What the anchor holds before the first commit; nil as above.
  package let anchorOrigin: [UInt8]?
}

/// Makes everything that a store needs in a TPM, or nothing.
///
/// No hierarchy has a secret afterwards: `takeOwnership` is a step of its own, for when the keys are safely on disk and
/// the secrets in somebody's hands. A crash between the two costs nothing but some places in the TPM.
package enum Provisioning {
  /// - Parameters:
  ///   - authority: the site's key. Without one, a throw-away key approves every state of this machine for ever: boot
  ///     binding `none`.
  ///   - pin: the report key's, as typed; nil makes one without.
  /// - Throws: `owned` where a hierarchy has a secret; `pinUnsuitable`.
  package static func provision(
    _ tpm: TPM, authority: PolicyAuthority?, pin: borrowing SecretBytes?
  ) throws(TPMError) -> Provisioned {
    let salt = salt(for: pin)
    let auth = try auth(pin, salt)
    return try tpm.use { connection throws(TPMError) in
      try connection.refuseOwned()
      var made = Made()
      do throws(TPMError) {
        return try connection.provision(authority, auth, salt, &made)
      } catch {
        connection.undo(made)
        throw error
      }
    }
  }

  /// Gives the TPM's hierarchies the secrets of escrow, sets the lockout to 32 tries, two hours and a day, and forbids
  /// TPM2_Clear to all but the firmware.
  package static func takeOwnership(
    _ tpm: TPM, of keys: ProvisionedKeys, _ secrets: borrowing EscrowSecrets
  ) throws(TPMError) {
    try tpm.use { connection throws(TPMError) in
      let root = try connection.open(keys.storageRoot)
      defer { connection.release(root) }
      try connection.encrypted(to: root) { () throws(TPMError) in try connection.takeOwnership(secrets) }
    }
  }

  /// Takes back what `provision` made, where the store came to nothing, before ownership was taken. The attestation key
  /// stays: another store of this TPM has the same one.
  package static func abandon(_ tpm: TPM, _ keys: ProvisionedKeys) throws(TPMError) {
    try tpm.use { connection throws(TPMError) in
      try connection.remove([keys.anchor, keys.policyVersion], [], by: ASSAY_TPM_PASSWORD)
    }
  }

  /// Takes keys and indices out of the TPM and gives the hierarchies back. TPM2_Clear is the firmware's.
  ///
  /// What is gone already does not stop it.
  package static func retire(
    _ tpm: TPM, _ keys: ProvisionedKeys, _ secrets: borrowing EscrowSecrets
  ) throws(TPMError) {
    try tpm.use { connection throws(TPMError) in
      let root = try connection.open(keys.storageRoot)
      defer { connection.release(root) }
      try connection.encrypted(to: root) { () throws(TPMError) in
        let nothing = SecretBytes.random(0)
        try connection.proving(secrets.owner, for: ASSAY_TPM_OWNER) { () throws(TPMError) in
          try connection.remove([keys.anchor, keys.policyVersion], [keys.attestation], by: ASSAY_TPM_SALTED)
        }
        try connection.proving(secrets.endorsement, for: ASSAY_TPM_ENDORSEMENT) { () throws(TPMError) in
          try connection.change(ASSAY_TPM_ENDORSEMENT, to: nothing)
        }
        try connection.proving(secrets.lockout, for: ASSAY_TPM_LOCKOUT) { () throws(TPMError) in
          try connection.change(ASSAY_TPM_LOCKOUT, to: nothing)
        }
        try connection.proving(secrets.owner, for: ASSAY_TPM_OWNER) { () throws(TPMError) in
          try connection.change(ASSAY_TPM_OWNER, to: nothing)
        }
      }
    }
  }

  // Swift 6.3.1's optimizer crashes where it inlines a look into a borrowed optional that cannot be copied.
  @inline(never)
  private static func salt(for pin: borrowing SecretBytes?) -> PINSalt? {
    switch pin {
    case .some: .random()
    case .none: nil
    }
  }

  @inline(never)
  private static func auth(_ pin: borrowing SecretBytes?, _ salt: PINSalt?) throws(TPMError) -> SecretBytes {
    switch pin {
    case .some(let typed): if let salt { return try salt.auth(of: typed) }
    case .none: break
    }
    return SecretBytes.random(0)
  }
}

/// What must go again where provisioning fails.
private struct Made {
  var indices: [NVIndex] = []
  var persistent: [PersistentKey] = []
}

extension Connection {
  fileprivate func provision(
    _ site: PolicyAuthority?, _ auth: borrowing SecretBytes, _ salt: PINSalt?, _ made: inout Made
  ) throws(TPMError) -> Provisioned {
    let (root, storageRoot) = try keepStorageRoot()
    defer { release(root) }
    // A borrowed secret cannot be captured, so that it is handed through.
    try run("TPM2_StartAuthSession") { assay_tpm_begin_salted($0, root.object) }
    defer { endEncryption() }
    return try provision(site, auth, salt, under: root, storageRoot, &made)
  }

  private func provision(
    _ site: PolicyAuthority?, _ auth: borrowing SecretBytes, _ salt: PINSalt?, under root: Parent,
    _ storageRoot: PersistentKey, _ made: inout Made
  ) throws(TPMError) -> Provisioned {
    let attestation = try keep(AttestationKey.template, from: 0x8101_0002, &made)
    let endorsement = try endorsementKey(&made)
    let passing = site == nil ? try create(KeyTemplate.passing, under: root) : nil
    let authority: PolicyAuthority
    if let site { authority = site } else { authority = try PassingKey.authority(passing) }

    let counter = try define(.counter(policy: Withdrawal.outer(authority)))
    made.indices.append(counter)
    let version = try countOnce(counter)

    let plain = RuntimePolicy.outer(authority, counterName: counter.name, withPIN: false)
    let anchor = try define(.anchor(policy: plain))
    made.indices.append(anchor)
    let nothing = SecretBytes.random(0)
    let commit = try create(
      KeyTemplate.signing(policy: plain, guarded: false) + KeyTemplate.noPoint, under: root)
    let outer = RuntimePolicy.outer(authority, counterName: counter.name, withPIN: salt != nil)
    let report = try create(
      KeyTemplate.signing(policy: outer, guarded: salt != nil) + KeyTemplate.noPoint, under: root, auth: auth,
      sealing: nothing)
    let storeKey = try create(
      KeyTemplate.sealed(policy: plain) + KeyTemplate.noDigest, under: root, auth: nothing,
      sealing: SecretBytes.random(32))
    let keys = try ProvisionedKeys(
      authority: authority, storageRoot: storageRoot, attestation: attestation, endorsement: endorsement,
      policyVersion: counter, anchor: anchor, commit: commit, report: report, pin: salt, storeKey: storeKey)
    guard let passing else { return Provisioned(keys: keys, approved: nil, anchorOrigin: nil) }

    let policy = try RuntimePolicy(pcrs: .none, pcrDigest: [], version: version, counterName: counter.name)
    let signature = try sign(policy.statement, withPassing: passing, under: root)
    let approved = ApprovedPolicy(policy: policy, signature: signature)
    let origin = try writeAnchor(keys, approved, tickets: Tickets())
    return Provisioned(keys: keys, approved: approved, anchorOrigin: origin)
  }

  /// The throw-away key signs once; its blob is kept nowhere, and the TPM forgets it.
  private func sign(
    _ statement: [UInt8], withPassing key: CreatedObject, under root: Parent
  ) throws(TPMError) -> [UInt8] {
    let object = try load(publicArea: key.publicArea, privateBlob: key.privateBlob, under: root)
    defer { flush(object) }
    return try sign(digest(statement), with: object, authorizedBy: ASSAY_TPM_PASSWORD)
  }

  private func keepStorageRoot() throws(TPMError) -> (Parent, PersistentKey) {
    let before = Set(try handles(from: 0x8100_0000))
    var root = try provisionStorageRoot()
    do {
      let area = try publicArea(of: root.object)
      if root.isPersistent {
        return (root, try PersistentKey(handle: StorageRootKey.handle, publicArea: area))
      }
      // Made just now and kept at TCG's handle, or that handle is somebody else's: then ours lies beside it.
      let handle: UInt32
      if before.contains(StorageRootKey.handle) {
        handle = try freeHandle(from: StorageRootKey.handle + 1)
        let object = root.object
        try run("TPM2_EvictControl") { assay_tpm_evict($0, ASSAY_TPM_PASSWORD, object, handle) }
      } else {
        handle = StorageRootKey.handle
      }
      let key = try PersistentKey(handle: handle, publicArea: area)
      // The transient one may go: three slots are few.
      let kept = try open(key)
      release(root)
      root = kept
      return (root, key)
    } catch {
      release(root)
      throw error
    }
  }

  /// Makes a primary key of the endorsement hierarchy and keeps it; where it is kept already, uses that.
  private func keep(_ template: [UInt8], from first: UInt32, _ made: inout Made) throws(TPMError) -> PersistentKey {
    var object: assay_tpm_object = 0
    try run("TPM2_CreatePrimary") {
      assay_tpm_create_primary($0, ASSAY_TPM_ENDORSEMENT, template, template.count, &object)
    }
    defer { flush(object) }
    let area = try publicArea(of: object)
    if let there = try persistentKey(at: first), there.publicArea == area { return there }
    let handle = try freeHandle(from: first)
    try run("TPM2_EvictControl") { assay_tpm_evict($0, ASSAY_TPM_PASSWORD, object, handle) }
    let key = try PersistentKey(handle: handle, publicArea: area)
    made.persistent.append(key)
    return key
  }

  /// The endorsement key that the maker left, or TCG's default one.
  private func endorsementKey(_ made: inout Made) throws(TPMError) -> PersistentKey {
    // RSA or ECC of the low range; ECC P-384 of the high one (TCG Registry of Reserved Handles §2.3).
    for handle: UInt32 in [0x8101_0001, 0x8101_0016] {
      // Restricted, decrypt, fixedTPM: otherwise somebody keeps another key there.
      if let key = try persistentKey(at: handle), EndorsementKey.fits(key.publicArea) { return key }
    }
    return try keep(KeyTemplate.endorsement, from: 0x8101_0001, &made)
  }

  private func persistentKey(at handle: UInt32) throws(TPMError) -> PersistentKey? {
    guard let found = try found(at: handle) else { return nil }
    defer { release(found) }
    return try PersistentKey(handle: handle, publicArea: try publicArea(of: found.object))
  }

  private func freeHandle(from first: UInt32) throws(TPMError) -> UInt32 {
    let taken = Set(try handles(from: 0x8100_0000))
    guard let free = (first..<first + 0x100).first(where: { !taken.contains($0) }) else {
      throw TPMError(code: 0x14B, "TPM2_EvictControl")
    }
    return free
  }

  /// A counter that was never counted has no value. A new one begins above every one that was ever deleted.
  private func countOnce(_ counter: NVIndex) throws(TPMError) -> UInt64 {
    guard let fresh = try found(at: counter.handle) else {
      throw TPMError(code: StorageRootKey.nothingThere, "TPM2_NV_ReadPublic")
    }
    defer { release(fresh) }
    try run("TPM2_NV_Increment") { assay_tpm_nv_increment($0, ASSAY_TPM_PASSWORD, fresh.object) }
    return try readCounter(counter)
  }

  /// Best effort, under the owner's empty auth; what stays is a place in the TPM, and no secret.
  fileprivate func undo(_ made: Made) {
    try? remove(made.indices, made.persistent, by: ASSAY_TPM_PASSWORD)
  }

  fileprivate func remove(
    _ indices: [NVIndex], _ keys: [PersistentKey], by authorization: UInt32
  ) throws(TPMError) {
    for index in indices {
      guard let nv = try found(at: index.handle) else { continue }
      do {
        try run("TPM2_NV_UndefineSpace") { assay_tpm_nv_undefine($0, authorization, nv.object) }
      } catch {
        release(nv)
        throw error
      }
    }
    for key in keys {
      guard let object = try found(at: key.handle) else { continue }
      defer { release(object) }
      guard object.name == key.name else { continue }
      try run("TPM2_EvictControl") { assay_tpm_evict($0, authorization, object.object, key.handle) }
    }
  }
}

extension Connection {
  func readCounter(_ counter: NVIndex) throws(TPMError) -> UInt64 {
    let nv = try open(counter)
    defer { release(nv) }
    return try read(nv, 8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Writes the anchor for the first time: its Name, which keys and reports pin, is that of a written index.
  ///
  /// With random bytes, so that the history of an earlier store of this TPM can never lead to the same value.
  func writeAnchor(
    _ keys: ProvisionedKeys, _ approved: ApprovedPolicy, tickets: Tickets
  ) throws(TPMError) -> [UInt8] {
    let first = digest(Array("assay/anchor/v1".utf8) + SecretBytes.random(32).copied())
    guard let nv = try found(at: keys.anchor.handle) else {
      throw TPMError(code: StorageRootKey.nothingThere, "TPM2_NV_ReadPublic")
        .meaning(.anchorMissing, TPMError.anchorMissing)
    }
    defer { release(nv) }
    guard nv.name != keys.anchor.name else {
      throw TPMError(.anchorMoved, "TPM2_NV_Extend", "The anchor was written before; a store begins with a new one.")
    }
    try inPolicySession { session throws(TPMError) in
      try prove(approved, of: keys.authority, counter: keys.policyVersion, tickets: tickets, in: session)
      try run("TPM2_NV_Extend") { assay_tpm_nv_extend($0, session, nv.object, first.bytes, first.bytes.count) }
    }
    let written = try open(keys.anchor)
    defer { release(written) }
    let value = try read(written, 32)
    guard value == digest([UInt8](repeating: 0, count: 32) + first.bytes).bytes else {
      throw TPMError(.anchorMoved, "TPM2_NV_Read", "The anchor does not hold what was written.")
    }
    return value
  }

  /// Opens a key that stays in the TPM and compares its Name with the pinned one. Release it.
  func open(_ key: PersistentKey) throws(TPMError) -> Parent {
    guard let found = try found(at: key.handle) else {
      throw TPMError(.anotherKey, "TPM2_ReadPublic", TPMError.anotherTPM)
    }
    guard found.name == key.name else {
      release(found)
      throw TPMError(.anotherKey, "TPM2_ReadPublic", TPMError.anotherTPM)
    }
    return found
  }
}

private enum PassingKey {
  static func authority(_ key: CreatedObject?) throws(TPMError) -> PolicyAuthority {
    do {
      guard let area = key?.publicArea else { throw CryptographyError.malformed("no key") }
      let head = Array(KeyTemplate.passing.dropLast(KeyTemplate.noPoint.count))
      guard let point = P256Area.point(area, after: head) else { throw CryptographyError.malformed("no point") }
      return try PolicyAuthority(try PublicKey(spki: P256Area.spki(point)))
    } catch {
      throw TPMError(.keyMalformed, "TPM2_Create", "What the TPM made cannot be read.")
    }
  }
}
