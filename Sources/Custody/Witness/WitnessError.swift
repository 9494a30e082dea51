package import Files
package import Reasons

/// Why a witness gave no cosignature.
package enum WitnessError: Error, Hashable, Sendable {
  /// The request, or the memory, is not what it must be.
  case refused(Failure)
  /// Another process uses the memory; nil where it did not say which.
  case held(memory: String, by: Int32?)
  case file(path: String, FileError)
  /// The key did not sign.
  case key(String)
}

extension WitnessError: CustomStringConvertible {
  /// What happened and what to do, in a sentence or two.
  package var description: String {
    switch self {
    case .refused(let failure): failure.description
    case .held(let memory, let holder?):
      "The memory \(memory) is in use by process \(holder). Wait until it ends, then try again."
    case .held(let memory, nil): "The memory \(memory) is in use by another process. Try again later."
    case .file(let path, let error): "Cannot use \(path): \(error). Nothing was cosigned."
    case .key(let words): "The witness's key did not sign: \(words)."
    }
  }
}
