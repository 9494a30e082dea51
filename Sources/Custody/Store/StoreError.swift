import Cryptography
import Files
package import Ledger
import Octets
import Reasons
package import TPM

/// Why a store gave no answer. These are failures of the program's own state, never verdicts on input.
package enum StoreError: Error, Sendable, Equatable {
  /// There is no store in this folder.
  case missing(directory: String)
  /// There is a store in this folder, or something else.
  case exists(directory: String, String)
  /// A file of the store is not as Assay wrote it.
  case malformed(path: String, String)
  /// The file system refused.
  case unusable(path: String, String)
  /// The site's policy authority has not yet approved the state of the machine.
  case awaitingApproval(directory: String)
  /// An approval is not one for this store, or none.
  case approvalUnfit(String)
  /// The history in the store was refused: it can be looked at, and nothing else.
  case refused(Finding)
  /// What is authentic, and does not fit together: another version of Assay wrote it.
  case unreadable(String)
  /// The store was closed for good.
  case retired(directory: String)
  case tpm(TPMError)
  case ledger(LedgerError)

  static func file(_ path: String, _ error: FileError) -> StoreError {
    switch error.code {
    // EINVAL, ELOOP, EFBIG of `DurableFile.read`
    case 22: .malformed(path: path, "it is not a file")
    case 40: .malformed(path: path, "it is a link")
    case 27: .malformed(path: path, "it is longer than it can be")
    // ENOSPC, EDQUOT, EROFS
    case 28, 122: .ledger(.storage(path: path, .full))
    case 30: .ledger(.storage(path: path, .readOnly))
    default: .unusable(path: path, error.description)
    }
  }

  /// Runs a reader of one of the store's files.
  static func reading<Value>(_ path: String, _ read: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try read()
    } catch {
      switch error {
      case let failure as Failure:
        // The subject begins with the file's name, which the message says already.
        let place = failure.subject.hasPrefix(path) ? String(failure.subject.dropFirst(path.count)) : failure.subject
        let words = place.drop { $0 == ":" || $0 == " " }
        throw .malformed(path: path, words.isEmpty ? failure.detail : "\(printable(String(words))): \(failure.detail)")
      case let error as TPMError: throw .malformed(path: path, error.message)
      default: throw .malformed(path: path, "\(error)")
      }
    }
  }
}

extension StoreError {
  /// Whether something is wrong with the store or its TPM; false where somebody else has it, or the disk or the TPM does
  /// not answer just now.
  package var isAboutTheStore: Bool {
    switch self {
    case .missing, .exists, .unusable: false
    case .malformed, .awaitingApproval, .approvalUnfit, .refused, .unreadable, .retired: true
    case .tpm(let error):
      ![.locked, .unreachable, .closed, .stateUnwritable, .stateDiskFull].contains(error.kind)
    case .ledger(let error):
      switch error {
      case .held, .storage: false
      default: true
      }
    }
  }
}

extension StoreError: CustomStringConvertible {
  /// What happened and what to do, in one sentence or two.
  package var description: String {
    switch self {
    case .missing(let directory): "There is no store in \(directory): run `assay init`."
    case .exists(let directory, let what): "\(directory) \(what); nothing was changed."
    case .malformed(let path, let what):
      "\(path) was altered or damaged: \(what). Restore it from a backup of this machine's store."
    case .unusable(let path, let what): "Cannot use \(path): \(what)."
    case .awaitingApproval(let directory):
      "The store in \(directory) waits for the policy authority: see `assay enroll boot-request`."
    case .approvalUnfit(let what): "This approval cannot be taken: \(what). Ask the authority for one for this request."
    case .refused(let finding): "\(finding)"
    case .unreadable(let what):
      "The ledger is authentic, and this version of Assay cannot read it: \(what). Update Assay."
    case .retired(let directory):
      "The store in \(directory) was retired: nothing signs for it any more. Its history is in its last export."
    case .tpm(let error): error.description
    case .ledger(let error): error.description
    }
  }
}

func withFiles<Value>(_ path: String, _ body: () throws(FileError) -> Value) throws(StoreError) -> Value {
  do throws(FileError) { return try body() } catch { throw .file(path, error) }
}

func withTPM<Value: ~Copyable>(_ body: () throws(TPMError) -> Value) throws(StoreError) -> Value {
  do throws(TPMError) { return try body() } catch { throw .tpm(error) }
}

func withLedger<Value>(_ body: () throws(LedgerError) -> Value) throws(StoreError) -> Value {
  do throws(LedgerError) { return try body() } catch { throw .ledger(error) }
}
