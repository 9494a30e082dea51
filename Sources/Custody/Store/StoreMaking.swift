package import ApplianceIdentity
import Attestation
package import Cryptography
import Files
import Ledger
import LedgerLeaf
package import Octets
package import TPM
import TrustStore

/// What whoever provisions decides.
package struct StorePlan: Sendable {
  package let driver: TPMDriver
  /// The site's policy authority; nil binds the keys to no state of the machine.
  package let authority: PublicKey?
  package let bootBinding: ApplianceIdentity.BootBinding
  /// The machine's clock: a claim.
  package let clock: UnixTime
  /// Name and version of the program.
  package let program: String

  package init(
    driver: TPMDriver, authority: PublicKey? = nil, bootBinding: ApplianceIdentity.BootBinding = .none,
    clock: UnixTime, program: String
  ) {
    self.driver = driver
    self.authority = authority
    self.bootBinding = bootBinding
    self.clock = clock
    self.program = program
  }
}

extension Store {
  /// Makes a store, whole or not at all: it is built beside its place and renamed into it.
  ///
  /// With a policy authority, the ledger waits for its approval (`approve`).
  /// - Parameters:
  ///   - path: where it shall lie: nothing there yet, or an empty folder. Folders above it are made.
  ///   - pin: of the report key, as typed; nil makes one without.
  package static func create(
    at path: String, _ plan: StorePlan, pin: borrowing SecretBytes?
  ) throws(StoreError) -> Store {
    let directory = trimmed(path)
    let driver = try located(plan.driver, in: directory)
    try refuseOccupied(directory)
    try withFiles(directory) { () throws(FileError) in try DurableFile.makeParents(of: directory) }
    // 64 random bits: two makers never share a folder.
    let building = directory + ".new-" + String(UInt64.random(in: .min ... .max), radix: 16)
    try withFiles(building) { () throws(FileError) in try DurableFile.makeFolder(building) }
    do throws(StoreError) {
      let record = try build(in: building, plan, recorded: driver, directory, pin: pin)
      return Store(record, at: directory)
    } catch {
      try? DurableFile.removeTree(building)
      try refuseOccupied(directory)
      throw error
    }
  }

  private static func build(
    in building: String, _ plan: StorePlan, recorded driver: TPMDriver, _ directory: String,
    pin: borrowing SecretBytes?
  ) throws(StoreError) -> StoreRecord {
    let temporary = try located(driver, in: building)
    try withFiles(building) { () throws(FileError) in
      if case .software(let folder) = temporary { try DurableFile.makeFolder(folder) }
      for name in [ReportShelf.name, ReportShelf.pendingName, ObjectStore.name] {
        try DurableFile.makeFolder(building + "/" + name)
      }
    }
    let machine = try withTPM { () throws(TPMError) in try TPM.make(temporary) }
    defer { machine.close() }
    let authority = try withTPM { () throws(TPMError) in
      if let key = plan.authority { return Optional(try PolicyAuthority(key)) } else { return nil }
    }
    let provisioned: Provisioned
    do throws(TPMError) {
      provisioned = try Provisioning.provision(machine, authority: authority, pin: pin)
    } catch {
      throw .tpm(error)
    }
    do throws(StoreError) {
      let id = try withTPM { () throws(TPMError) in try machine.random(StoreRecord.idSize) }
      let record = StoreRecord(
        id: id, driver: driver, bootBinding: plan.bootBinding, hasSiteAuthority: authority != nil,
        keys: provisioned.keys)
      let store = Store(record, at: building)
      if let approved = provisioned.approved {
        try store.begin(in: store.ledgerFolder, machine, approved, plan)
      }
      try withFiles(building) { () throws(FileError) in
        try DurableFile.write(record.serialized(), to: building + "/" + recordName)
        // Replaces an empty folder; fails on anything else, also on what came to lie there meanwhile.
        try DurableFile.rename(building, to: directory)
        try DurableFile.sync(folder: DurableFile.parent(of: directory))
      }
      return record
    } catch {
      try? Provisioning.abandon(machine, provisioned.keys)
      throw error
    }
  }

  /// Keeps the approval and makes the ledger with its first commit.
  func begin(
    in folder: String, _ machine: TPM, _ approved: ApprovedPolicy, _ plan: StorePlan
  ) throws(StoreError) {
    let custody = try withTPM { () throws(TPMError) in try CustodyTPM(machine, keys, approved) }
    try keepPolicy(approved)
    let first = ProvisioningRecord(record, program: plan.program)
    let leaves = [LedgerLeaf(claimed: plan.clock, .provisioning(first))]
    let secret = try withTPM { () throws(TPMError) in try custody.unsealStoreKey() }
    var key = secret.copied()
    let version = try withTPM { () throws(TPMError) in try custody.policyVersion() }
    let standing = TrustState().standing(behind: leaves, from: 0)
    let signer = try TPMCommitSigner(custody)
    _ = try withLedger { () throws(LedgerError) in
      try Ledger.create(
        in: folder, storeID: record.id, wiping: &key, anchor: TPMAnchor(custody), signer: signer,
        leaves: leaves, standing.commitState(policyVersion: version))
    }
  }

  func keepPolicy(_ approved: ApprovedPolicy) throws(StoreError) {
    try withFiles(policyPath) { () throws(FileError) in
      try DurableFile.write(RuntimePolicyFile.serialized(approved), to: policyPath)
    }
  }

  /// A software TPM lies nowhere but in its store.
  private static func located(_ driver: TPMDriver, in directory: String) throws(StoreError) -> TPMDriver {
    try withTPM { () throws(TPMError) in try TPMDriver(parsing: driver.configuration, stateDirectory: directory) }
  }

  /// For the words alone: what decides is the `rename`.
  private static func refuseOccupied(_ directory: String) throws(StoreError) {
    guard DurableFile.isTaken(directory) else { return }
    if DurableFile.isTaken(directory + "/" + recordName) {
      throw .exists(directory: directory, "holds a store already")
    }
    guard let folder = try? Directory(path: directory) else { throw .exists(directory: directory, "is not a folder") }
    guard (try? folder.names(atMost: 0)) == [] else { throw .exists(directory: directory, "is not empty") }
  }
}

extension Standing {
  func commitState(policyVersion: UInt64) -> CommitState {
    CommitState(
      stateRoot: root.bytes, policyVersion: policyVersion, timeFloor: floor?.time ?? UnixTime(0))
  }
}

extension ProvisioningRecord {
  /// The store's first leaf, which follows from its record.
  init(_ record: StoreRecord, program: String) {
    self.init(
      storeID: record.id, tpm: record.driver.isSoftware ? .software : .device,
      bootBinding: BootBinding(record.bootBinding), commitKey: record.keys.commit.spki,
      reportKey: record.keys.report.spki, attestationKey: record.keys.attestationKey.key.spki,
      policyAuthority: record.hasSiteAuthority ? record.keys.authority.key.spki : nil,
      anchorName: record.keys.anchor.name, program: Array(program.utf8))
  }
}

extension ProvisioningRecord.BootBinding {
  init(_ binding: ApplianceIdentity.BootBinding) {
    self =
      switch binding {
      case .none: .none
      case .secureBootOnly: .secureBootOnly
      case .verityUKI: .verityUKI
      }
  }
}
