import Files
import Ledger
import RoleMessages
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
    case let error as FileError where error.isFull: self = .diskFull
    case let error as FileError where error.isReadOnly: self = .diskReadOnly
    case StoreError.ledger(.storage(_, .full)): self = .diskFull
    case let error as OutputTrouble:
      guard let trouble = Trouble(error.error) else { return nil }
      self = trouble
    case let error as CopyTrouble where error.disk == .full: self = .diskFull
    case let error as CopyTrouble where error.disk == .readOnly: self = .diskReadOnly
    case StoreError.ledger(.storage(_, .readOnly)): self = .diskReadOnly
    case StoreError.ledger(.held): self = .storeInUse
    case StoreError.tpm(let error) where error.kind == .locked: self = .storeInUse
    case StoreError.tpm(let error) where error.kind == .stateDiskFull: self = .diskFull
    default: return nil
    }
  }

  func remedy(_ error: any Error) -> String {
    switch self {
    case .diskFull where error is OutputTrouble: "Free some space there, or name another place; then once more."
    case .diskFull: "Free some space (assay quarantine gc); then once more: what was finished is kept."
    case .diskReadOnly: "Mount the disk for writing; then once more."
    case .storeInUse: "Wait until the other process is done."
    }
  }
}
