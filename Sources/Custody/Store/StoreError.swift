package import TPM

/// Why a store gave no answer. These are failures of the program's own state, never verdicts on input.
package enum StoreError: Error, Sendable, Equatable {
  /// There is no store in this folder.
  case missing(directory: String)
  /// There is a store in this folder, or something else.
  case exists(directory: String, String)
  /// A file of the store is not as `assay init` wrote it.
  case malformed(path: String, String)
  /// The file system refused.
  case unusable(path: String, String)
  case tpm(TPMError)
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
    case .tpm(let error): error.description
    }
  }
}
