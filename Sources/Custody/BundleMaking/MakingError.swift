package import Files
package import Reasons

/// Why a bundle was not made, or not changed. Nothing was written then, unless it says so.
package enum MakingError: Error, Hashable, Sendable {
  /// Which rule stands against it.
  package enum Rule: Hashable, Sendable {
    /// The folder is no site's, or one already.
    case folder
    /// A key of a kind that roles here do not have.
    case keyKind
    /// One key twice in a role.
    case keyTwice
    /// A key that has no place where it is named.
    case keyUnknown
    /// A threshold below 1, or above the number of keys.
    case threshold
    /// A name of a target that is not plain.
    case name
    /// A target that is not there.
    case targetUnknown
    /// Denials are added, never removed or changed.
    case denyOnlyGrows
    /// A draft whose version is not the one behind the published one.
    case version
    /// Nothing would change.
    case nothing
    /// A signature that does not verify.
    case signature
    /// More than clients read of one file.
    case room
    /// A clock that is absurd.
    case clock
    /// Metadata whose date has passed.
    case expired
    /// Something is there already.
    case taken
    /// Something in the folder leads out of it.
    case link
    /// Drafts that are not those of this site.
    case drafts
  }

  /// What was asked for may not be.
  case refused(Rule, String)
  /// Signatures that are still wanted, a sentence each.
  case unsigned([String])
  /// Metadata that are not what they must be.
  case metadata(Failure)
  case file(path: String, FileError)
  /// Another process works in the folder; nil where it did not say which.
  case held(folder: String, by: Int32?)
  /// A library did not do its part.
  case failed(String)
}

extension MakingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(_, let words): words
    case .unsigned(let wants): "Not packed: signatures are wanted.\n" + wants.joined(separator: "\n")
    case .metadata(let failure): failure.description
    case .file(let path, let error): "Cannot use \(path): \(error)"
    case .held(let folder, let holder?):
      "\(folder) is in use by process \(holder). Wait until it ends, then try again."
    case .held(let folder, nil): "\(folder) is in use by another process. Try again later."
    case .failed(let words): words
    }
  }
}

/// Does what fails by a reason.
func metadata<Result: ~Copyable>(_ body: () throws(Failure) -> Result) throws(MakingError) -> Result {
  do throws(Failure) { return try body() } catch { throw .metadata(error) }
}

/// Does what fails by the system.
func file<Result>(_ path: String, _ body: () throws(FileError) -> Result) throws(MakingError) -> Result {
  do throws(FileError) { return try body() } catch { throw .file(path: path, error) }
}
