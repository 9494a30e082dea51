import ApplianceIdentity
import ArgumentParser
import Cryptography
import Files
import Ledger
import LedgerLeaf
import Octets
import Reasons
import Store
import TPM
import Terminal
import TrustStore

/// `assay retire`: the end of a store.
struct Retire: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Close this store for good: export its history, and take its keys out of the TPM.",
    discussion: """
      Records that the store ends, exports the whole history into a new folder, and then removes anchor and keys \
      from the TPM. Nothing signs for this store any more; its reports stay verifiable with its identity and the \
      export. What stops half-way goes on when the command is run again.
      """)

  @OptionGroup var state: StateOptions
  @Option(help: .init("Why; recorded.", valueName: "TEXT")) var reason: String
  @Option(name: .customLong("for"), help: .init("Who keeps the export; recorded.", valueName: "TEXT"))
  var recipient: String
  @Option(help: .init("A folder for the export, not there yet.", valueName: "FOLDER")) var export: String
  @Option(help: .init("The TPM's secrets, where ownership was taken.", valueName: "FILE")) var escrow: String?

  func run() throws {
    let store = try state.open()
    // Without ownership, no hierarchy has a secret to prove.
    guard let file = EscrowFile(escrow) else { return try retire(store, EscrowSecrets.random()) }
    try retire(store, try file.secrets(of: store))
  }

  private func retire(_ store: Store, _ secrets: borrowing EscrowSecrets) throws {
    if try !isExported(store) { try end(store) }
    try store.retire(secrets)
    try Render.write(
      "Retired. The history is in \(printable(export, limit: 4096)); keep it with the appliance's identity.")
  }

  /// Records the end, and exports all of it.
  private func end(_ store: Store) throws {
    try OutputFile.verifyNewFolder(export)
    let custodian = try store.running()
    if escrow == nil, try custodian.tpm.tpm.hierarchiesWithSecrets().contains(true) {
      throw UsageMistake("The TPM's ownership was taken: give --escrow FILE.")
    }
    if !custodian.state.standing.isRetired {
      try custodian.record(
        [.retirement(Retirement(reason: LedgerLeaf.text(reason), recipient: LedgerLeaf.text(recipient)))],
        at: UnixTime(wallClockSeconds()))
    }
    try custodian.ledger.export(to: export)
  }

  /// Whether an earlier run came as far as the export, whole and ending with the end: then only the keys are left.
  private func isExported(_ store: Store) throws -> Bool {
    let identity = try store.identity()
    guard DurableFile.isTaken(export),
      let whole = try? ExportedLedger(opening: export, storeID: identity.storeID, key: identity.commitKey.spki)
    else { return false }
    var isEnd = false
    try whole.forEachLeaf { (_, bytes) throws(Failure) in
      if case .retirement = try LedgerLeaf(decoding: bytes).event { isEnd = true } else { isEnd = false }
    }
    return isEnd
  }
}
