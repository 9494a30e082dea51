import Files
import Ledger
import Roles
import Store
import TPM

/// Stable names of what keeps the machine from its work, beside the reasons of verdicts: nothing is wrong with what was
/// brought, and nothing of it was taken in (docs/operations.md).
enum Trouble: String {
  case diskFull = "disk.full"
  case diskReadOnly = "disk.read-only"
  case storeInUse = "store.in-use"

  /// Nil for everything else.
  init?(_ error: any Error) {
    switch error {
    case let error as FileError: self.init(code: error.code)
    case StoreError.ledger(.storage(_, .full)): self = .diskFull
    case let error as CopyTrouble where error.isFull: self = .diskFull
    case StoreError.ledger(.storage(_, .readOnly)): self = .diskReadOnly
    case StoreError.ledger(.held): self = .storeInUse
    case StoreError.tpm(let error) where error.kind == .locked: self = .storeInUse
    default: return nil
    }
  }

  private init?(code: Int32) {
    switch code {
    // ENOSPC, EDQUOT, EROFS
    case 28, 122: self = .diskFull
    case 30: self = .diskReadOnly
    default: return nil
    }
  }
}
