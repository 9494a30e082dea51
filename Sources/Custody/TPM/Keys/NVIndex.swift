import CTSS2
import Cryptography

/// A place in the TPM's own memory, pinned by its Name: handle, attributes, policy and size, and that it was written.
package struct NVIndex: Hashable, Sendable {
  package let handle: UInt32
  /// Name once it has been written, which is part of it (TPM 2.0 Part 1 §16, Part 2 §13.6).
  package let name: [UInt8]
  /// Name before that, where the definition is known.
  let unwrittenName: [UInt8]?

  /// - Throws: `keyMalformed` for a handle outside the owner's range or what is no Name.
  package init(handle: UInt32, name: [UInt8]) throws(TPMError) {
    guard Self.range.contains(handle), Name.isWellFormed(name) else {
      throw TPMError(.keyMalformed, "read the NV index", "An NV index's handle or Name is not one.")
    }
    self.handle = handle
    self.name = name
    unwrittenName = nil
  }

  /// The index that `definition` defines, once it has been written.
  init(_ definition: Definition, at handle: UInt32) {
    self.handle = handle
    name = Name.of(definition.publicArea(at: handle, written: true))
    unwrittenName = Name.of(definition.publicArea(at: handle, written: false))
  }

  /// Whether a Name is that of this index, be it written or not.
  func isNamed(_ name: [UInt8]) -> Bool { name == self.name || name == unwrittenName }

  /// The owner's range (TCG Registry of Reserved Handles §2.2).
  static let range: ClosedRange<UInt32> = 0x0180_0000...0x01BF_FFFF
  /// Where free ones are looked for.
  static let places: Range<UInt32> = 0x0180_0101..<0x0180_0200

  struct Definition {
    let attributes: UInt32
    let policy: [UInt8]
    let size: UInt16

    /// A hash that can only be extended: even code that satisfies the policy can never write an old value back.
    ///
    /// `authread, policywrite, no_da, nt=extend`; not orderly, or a power cut would take what it held.
    static func anchor(policy: [UInt8]) -> Definition { Definition(attributes: 0x0204_0048, policy: policy, size: 32) }

    /// A counter that never goes back, not even when it is deleted and made again.
    ///
    /// `authread, policywrite, ownerwrite, no_da, nt=counter`. The owner, who could delete it as well, counts it once
    /// at provisioning: nobody can have signed for a counter that is not there yet. Until ownership is taken that is
    /// anybody with access to the TPM: they can withdraw approvals, and forge none.
    static func counter(policy: [UInt8]) -> Definition { Definition(attributes: 0x0204_001A, policy: policy, size: 8) }

    /// TPMS_NV_PUBLIC (Part 2 §13.6).
    func publicArea(at handle: UInt32, written: Bool) -> [UInt8] {
      bigEndian(handle) + [0x00, 0x0B] + bigEndian(attributes | (written ? 0x2000_0000 : 0))
        + [0, UInt8(policy.count)] + policy + bigEndian(size)
    }
  }
}

extension Connection {
  /// Opens an index and compares its Name with the pinned one. Release it.
  ///
  /// - Throws: `anchorMissing` where there is none, or another; one that was deleted and made again has another Name
  ///   until it is written, because that is part of it.
  func open(_ index: NVIndex) throws(TPMError) -> Parent {
    guard let found = try found(at: index.handle) else {
      throw TPMError(code: StorageRootKey.nothingThere, "TPM2_NV_ReadPublic")
        .meaning(.anchorMissing, TPMError.anchorMissing)
    }
    guard found.name == index.name else {
      defer { release(found) }
      // Says 0x14A of one that was made again and never written, so that the caller can tell. Whatever else a foreign
      // index answers says nothing of ours.
      do throws(TPMError) { _ = try read(found, 1) } catch { if error.isUnwritten { throw error } }
      throw TPMError(.anchorMissing, "TPM2_NV_ReadPublic", TPMError.anchorMissing)
    }
    return found
  }

  func read(_ nv: Parent, _ count: Int) throws(TPMError) -> [UInt8] {
    do {
      return try bytes("TPM2_NV_Read", atMost: count) { assay_tpm_nv_read($0, nv.object, 0, &$1, $2) }
    } catch {
      // TPM_RC_NV_UNINITIALIZED: made again, and never written.
      throw error.isUnwritten ? error.meaning(.anchorMissing, TPMError.anchorMissing) : error
    }
  }

  /// Defines an index at the first free place.
  func define(_ definition: NVIndex.Definition) throws(TPMError) -> NVIndex {
    let taken = Set(try handles(from: NVIndex.places.lowerBound))
    guard let handle = NVIndex.places.first(where: { !taken.contains($0) }) else {
      throw TPMError(
        .owned, "TPM2_NV_DefineSpace", "There is no free NV index. Remove those of stores that are no more.")
    }
    try run("TPM2_NV_DefineSpace") {
      assay_tpm_nv_define($0, handle, definition.attributes, definition.policy, definition.size)
    }
    return NVIndex(definition, at: handle)
  }
}
