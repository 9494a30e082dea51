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
  ///
  /// After a power cut: once more, with the same secrets.
  ///
  /// - Throws: `owned` where a hierarchy has another secret, or a store is being retired.
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
  /// What is gone already, and what cannot be taken away, does not stop it: the first error of these is told at the end.
  /// After a power cut, also one while ownership was taken: once more, with the same secrets.
  ///
  /// - Throws: `owned` where a hierarchy has another secret.
  package static func retire(
    _ tpm: TPM, _ keys: ProvisionedKeys, _ secrets: borrowing EscrowSecrets
  ) throws(TPMError) {
    try tpm.use { connection throws(TPMError) in
      let root = try connection.open(keys.storageRoot)
      defer { connection.release(root) }
      try connection.encrypted(to: root) { () throws(TPMError) in try connection.retire(keys, secrets) }
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
    let (root, storageRoot) = try keepStorageRoot(&made)
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
    let attestation = try keep(AttestationKey.template, of: ASSAY_TPM_ENDORSEMENT, from: 0x8101_0002, &made)
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
    let origin = try writeAnchor(keys, approved, tickets: Tickets(), .random())
    return Provisioned(keys: keys, approved: approved, anchorOrigin: origin)
  }

  /// The throw-away key signs once; its blob is kept nowhere, and the TPM forgets it.
  private func sign(
    _ statement: [UInt8], withPassing key: CreatedObject, under root: Parent
  ) throws(TPMError) -> [UInt8] {
    let object = try load(key, under: root)
    defer { flush(object) }
    return try sign(digest(statement), with: object, authorizedBy: ASSAY_TPM_PASSWORD)
  }

  /// The storage root key at TCG's handle, whoever made it; where that is empty or another key's, ours, kept there or
  /// beside it.
  private func keepStorageRoot(_ made: inout Made) throws(TPMError) -> (Parent, PersistentKey) {
    if let there = try persistentKey(at: StorageRootKey.handle), StorageRootKey.fits(there.publicArea) {
      return (try open(there), there)
    }
    let key = try keep(StorageRootKey.template, of: ASSAY_TPM_OWNER, from: StorageRootKey.handle, &made)
    return (try open(key), key)
  }

  /// Makes a primary key of a hierarchy and keeps it; where it is kept already, uses that.
  private func keep(
    _ template: [UInt8], of hierarchy: UInt32, from first: UInt32, _ made: inout Made
  ) throws(TPMError) -> PersistentKey {
    var object: assay_tpm_object = 0
    try run("TPM2_CreatePrimary") { assay_tpm_create_primary($0, hierarchy, template, template.count, &object) }
    // It may go when it is kept: three slots are few.
    defer { flush(object) }
    return try keep(object, from: first, &made)
  }

  /// Keeps a primary key at the first free handle; where the range holds it already, uses that: some chips have no more
  /// than seven places.
  private func keep(
    _ object: assay_tpm_object, from first: UInt32, _ made: inout Made
  ) throws(TPMError) -> PersistentKey {
    let area = try publicArea(of: object)
    let range = first..<first + 0x100
    let taken = try handles(from: first).filter(range.contains)
    for handle in taken {
      if let there = try persistentKey(at: handle), there.publicArea == area { return there }
    }
    guard let handle = range.first(where: { !taken.contains($0) }) else {
      throw TPMError(code: 0x14B, "TPM2_EvictControl")
    }
    let key = try PersistentKey(handle: handle, publicArea: area)
    try run("TPM2_EvictControl") { assay_tpm_evict($0, ASSAY_TPM_PASSWORD, object, handle) }
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
    return try keep(KeyTemplate.endorsement, of: ASSAY_TPM_ENDORSEMENT, from: 0x8101_0001, &made)
  }

  private func persistentKey(at handle: UInt32) throws(TPMError) -> PersistentKey? {
    guard let found = try found(at: handle) else { return nil }
    defer { release(found) }
    return try PersistentKey(handle: handle, publicArea: try publicArea(of: found.object))
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

  /// Takes indices and keys out of the TPM, each on its own. What is gone, and what is not ours by its Name, is left.
  ///
  /// - Throws: the first error, after all were tried.
  func remove(_ indices: [NVIndex], _ keys: [PersistentKey], by authorization: UInt32) throws(TPMError) {
    var first: TPMError?
    for index in indices {
      do { try remove(index, by: authorization) } catch { first = first ?? error }
    }
    for key in keys {
      do { try remove(key, by: authorization) } catch { first = first ?? error }
    }
    if let first { throw first }
  }

  private func remove(_ index: NVIndex, by authorization: UInt32) throws(TPMError) {
    guard let nv = try found(at: index.handle) else { return }
    guard index.isNamed(nv.name) else { return release(nv) }
    do {
      try run("TPM2_NV_UndefineSpace") { assay_tpm_nv_undefine($0, authorization, nv.object) }
    } catch {
      release(nv)
      throw error
    }
  }

  private func remove(_ key: PersistentKey, by authorization: UInt32) throws(TPMError) {
    guard let object = try found(at: key.handle) else { return }
    defer { release(object) }
    guard object.name == key.name else { return }
    try run("TPM2_EvictControl") { assay_tpm_evict($0, authorization, object.object, key.handle) }
  }
}

extension Connection {
  func readCounter(_ counter: NVIndex) throws(TPMError) -> UInt64 {
    let nv = try open(counter)
    defer { release(nv) }
    return try read(nv, 8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Writes the anchor for the first time: its Name, which keys and reports pin, is that of a written index.
  func writeAnchor(
    _ keys: ProvisionedKeys, _ approved: ApprovedPolicy, tickets: Tickets, _ beginning: borrowing AnchorBeginning
  ) throws(TPMError) -> [UInt8] {
    guard let nv = try found(at: keys.anchor.handle) else {
      throw TPMError(code: StorageRootKey.nothingThere, "TPM2_NV_ReadPublic")
        .meaning(.anchorMissing, TPMError.anchorMissing)
    }
    defer { release(nv) }
    guard nv.name != keys.anchor.name else { throw TPMError(.anchorMoved, "TPM2_NV_Extend", TPMError.anchorWritten) }
    let first = beginning.record
    try inPolicySession { session throws(TPMError) in
      try prove(approved, of: keys.authority, counter: keys.policyVersion, tickets: tickets, in: session)
      try run("TPM2_NV_Extend") { assay_tpm_nv_extend($0, session, nv.object, first, first.count) }
    }
    let written = try open(keys.anchor)
    defer { release(written) }
    let value = try read(written, 32)
    guard value == AnchorBeginning.value(of: first) else {
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
