import Files
package import Reasons
import SQLite

/// Why the ledger did not do what was asked. What is wrong with a history is a `Finding` instead.
package enum LedgerError: Error, Sendable, Equatable {
  case missing(folder: String)
  case exists(folder: String)
  /// Another process has it; nil where it did not say which.
  case held(folder: String, by: Int32?)
  /// The disk refused; nothing of the commit was kept.
  case storage(path: String, Storage)
  /// A leaf is beyond what the format holds.
  case leaf(Failure)
  /// Leaves that one commit cannot take.
  case leafCount(Int)
  /// A state that lies before the one that is committed already.
  case backwards(String)
  case cryptography(String)
  /// The TPM gave no signature, or a bad one; nothing of the commit was kept.
  case signer(String)
  /// The anchor could not be read.
  case anchor(String)
  /// The commit is on the disk, or may be, and its anchor is not confirmed: nothing was released. Opening the ledger
  /// again settles it.
  case unsettled(String)

  package enum Storage: Hashable, Sendable {
    case full, readOnly
    case other(String)
  }

  static func file(_ path: String, _ error: FileError) -> LedgerError {
    // ENOSPC, EDQUOT, EROFS
    switch error.code {
    case 28, 122: .storage(path: path, .full)
    case 30: .storage(path: path, .readOnly)
    default: .storage(path: path, .other(error.description))
    }
  }

  /// Of the end of a transaction: what a disk that failed then has of it, only reading shows.
  static func committing(_ path: String, _ error: SQLiteError) -> LedgerError {
    error.isDiskFailure ? .unsettled("The disk failed: \(error).") : database(path, error)
  }

  static func database(_ path: String, _ error: SQLiteError) -> LedgerError {
    if error.isFull { return .storage(path: path, .full) }
    if error.isReadOnly { return .storage(path: path, .readOnly) }
    if error.isBusy { return .held(folder: path, by: nil) }
    return .storage(path: path, .other(error.description))
  }
}

extension LedgerError: CustomStringConvertible {
  /// What happened and what to do, in a sentence or two.
  package var description: String {
    switch self {
    case .missing(let folder): "There is no ledger in \(folder): restore the store."
    case .exists(let folder): "There is a ledger in \(folder) already; nothing was changed."
    case .held(let folder, let holder?):
      "The ledger in \(folder) is in use by process \(holder). Wait until it ends, then try again."
    case .held(let folder, nil): "The ledger in \(folder) is in use by another process. Try again later."
    case .storage(let path, .full): "The disk that holds \(path) is full; nothing was recorded. Free some space."
    case .storage(let path, .readOnly): "The disk that holds \(path) is read-only; nothing was recorded. Remount it."
    case .storage(let path, .other(let words)): "Cannot use \(path): \(words)."
    case .leaf(let failure): "This does not fit into a leaf of the ledger: \(failure.detail)."
    case .leafCount(let count):
      "A commit takes 1 to \(Ledger.mostLeaves) leaves of \(Ledger.mostBytes >> 20) MiB together; these \(count) are not that."
    case .backwards(let what): "The \(what) would go backwards; nothing was recorded."
    case .cryptography(let words): "Cannot encrypt the ledger's rows: \(words)."
    case .signer(let words): "The TPM did not sign the commit; nothing was recorded. \(words)"
    case .anchor(let words): "The TPM's anchor cannot be read. \(words)"
    case .unsettled(let words):
      "The TPM did not confirm the last commit, and nothing of it was released. It may take effect when the store is next "
        + "opened: look at `assay ledger list` before you run the command again. \(words)"
    }
  }
}
