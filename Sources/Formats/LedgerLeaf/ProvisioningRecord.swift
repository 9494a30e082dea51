import Reasons

/// The store was made. Binds the store to its keys and its anchor.
package struct ProvisioningRecord: Hashable, Sendable {
  /// What kind of TPM.
  package enum TPMKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A chip, or the firmware's.
    case device = 1
    /// In this process: for trying out. Its state is in clear on the disk.
    case software = 2
  }

  /// What the runtime policy covers.
  package enum BootBinding: UInt8, Hashable, Sendable, CaseIterable {
    case none = 1
    case secureBootOnly = 2
    /// The whole system, by dm-verity under a signed unified kernel image.
    case verityUKI = 3
  }

  /// 16 random bytes of the TPM.
  package let storeID: [UInt8]
  /// What holds the keys.
  package let tpm: TPMKind
  /// What of the system the keys are bound to.
  package let bootBinding: BootBinding
  /// DER of the SubjectPublicKeyInfo that signs commit records and checkpoints.
  package let commitKey: [UInt8]
  /// DER of the SubjectPublicKeyInfo that signs reports.
  package let reportKey: [UInt8]
  /// DER of the SubjectPublicKeyInfo that signs quotes.
  package let attestationKey: [UInt8]?
  /// DER of the site's SubjectPublicKeyInfo that signs boot policies; absent where nobody holds one.
  package let policyAuthority: [UInt8]?
  /// The TPM Name of the written NV index (TPM 2.0 Part 1 §16).
  package let anchorName: [UInt8]
  /// Version of the program that made it.
  package let program: [UInt8]

  package init(
    storeID: [UInt8], tpm: TPMKind, bootBinding: BootBinding, commitKey: [UInt8], reportKey: [UInt8],
    attestationKey: [UInt8]?, policyAuthority: [UInt8]?, anchorName: [UInt8], program: [UInt8]
  ) {
    self.storeID = storeID
    self.tpm = tpm
    self.bootBinding = bootBinding
    self.commitKey = commitKey
    self.reportKey = reportKey
    self.attestationKey = attestationKey
    self.policyAuthority = policyAuthority
    self.anchorName = anchorName
    self.program = program
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    storeID = try reader.fixed(LedgerLeaf.storeIDSize)
    tpm = try reader.code(TPMKind.self)
    bootBinding = try reader.code(BootBinding.self)
    commitKey = try reader.bytes(atMost: LedgerLeaf.mostKey)
    reportKey = try reader.bytes(atMost: LedgerLeaf.mostKey)
    attestationKey = try reader.optional { reader throws(Failure) in try reader.bytes(atMost: LedgerLeaf.mostKey) }
    policyAuthority = try reader.optional { reader throws(Failure) in try reader.bytes(atMost: LedgerLeaf.mostKey) }
    anchorName = try reader.bytes(atMost: 66)
    program = try reader.text(atMost: LedgerLeaf.mostText)
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.fixed(storeID, LedgerLeaf.storeIDSize)
    writer.code(tpm)
    writer.code(bootBinding)
    try writer.bytes(commitKey, atMost: LedgerLeaf.mostKey)
    try writer.bytes(reportKey, atMost: LedgerLeaf.mostKey)
    try writer.optional(attestationKey) { writer, value throws(Failure) in
      try writer.bytes(value, atMost: LedgerLeaf.mostKey)
    }
    try writer.optional(policyAuthority) { writer, value throws(Failure) in
      try writer.bytes(value, atMost: LedgerLeaf.mostKey)
    }
    try writer.bytes(anchorName, atMost: 66)
    try writer.text(program, atMost: LedgerLeaf.mostText)
  }
}
