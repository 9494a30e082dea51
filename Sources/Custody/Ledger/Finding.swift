/// What is wrong with a stored history, so that it is not used.
package enum Finding: Hashable, Sendable {
  /// The file is not one that Assay writes, or SQLite finds it damaged.
  case fileAltered(String)
  /// A commit record that does not follow from the one before it.
  case recordAltered(number: UInt64)
  case leafAltered(index: UInt64)
  /// The leaves do not lead to the last record's root, or there are more or fewer of them.
  case treeAltered(number: UInt64)
  case signatureInvalid(number: UInt64)
  /// The records are those of another store.
  case otherStore(id: [UInt8])
  case anchorMissing
  case anchorUnwritten
  /// The TPM confirmed a record that lies more than one step back: no crash leaves that behind.
  case unconfirmed(stored: UInt64, confirmed: UInt64)
  /// The TPM confirmed a later record: this is an older copy.
  case older(stored: UInt64, confirmed: UInt64)
  /// The TPM's value belongs to no record here: an older copy, another branch, or another machine's.
  case unknown(stored: UInt64)
  /// The TPM's value is that of the side file, whose rows or signature are not.
  case sideFileAltered(number: UInt64)
}

extension Finding: CustomStringConvertible {
  /// What was found and what to do, for the operator.
  package var description: String {
    switch self {
    case .fileAltered(let what): "The ledger's file was altered or damaged: \(what). \(Self.restore)"
    case .recordAltered(let number): "Commit record \(number) was altered. \(Self.restore)"
    case .leafAltered(let index): "Leaf \(index) of the ledger was altered. \(Self.restore)"
    case .treeAltered(let number): "The ledger's leaves are not those of commit record \(number). \(Self.restore)"
    case .signatureInvalid(let number):
      "Commit record \(number) is not signed by this store's commit key. \(Self.restore)"
    case .otherStore: "The ledger is another store's. Put back this store's own."
    case .anchorMissing:
      "Anchor missing: the TPM was cleared or replaced. Read-only mode; see `assay recover`."
    case .anchorUnwritten:
      "The anchor was deleted and defined anew. Somebody with the owner's authorization did this; see `assay recover`."
    case .unconfirmed(let stored, let confirmed):
      "The ledger holds commits \(confirmed + 1) to \(stored) that the TPM never confirmed. \(Self.compare)"
    case .older(let stored, let confirmed):
      "The ledger is an older copy: it ends at commit \(stored), and the TPM confirmed commit \(confirmed). \(Self.restore)"
    case .unknown:
      "The stored history is not the one that this TPM last confirmed (older copy, altered, or other machine). "
        + Self.restore
    case .sideFileAltered(let number):
      "Commit \(number) was confirmed and is lost from the ledger, and its second copy was altered. \(Self.compare)"
    }
  }

  private static let restore = "Put the newest state back, or see `assay recover`."
  private static let compare = "Compare with a backup or an export, then see `assay recover`."
}
