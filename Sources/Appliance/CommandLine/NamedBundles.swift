import Files
import OCIImage
import Reasons
import Roles

/// The Sigstore bundles in files that the operator named, `--bundle FILE`: opened before the keeper is confined, and read
/// afterwards.
struct NamedBundles {
  private let files: [(path: String, file: OpenFile)]

  /// - Throws: `UsageMistake` for a file that is not there.
  init(_ paths: [String]) throws {
    files = try paths.map { path in
      do throws(FileError) { return (path, try OpenFile(path: path)) } catch {
        throw UsageMistake("\(path) cannot be read: \(error).")
      }
    }
  }

  /// - Returns: where a reader did not come to its end, what everything is refused for that they lie beside.
  /// - Throws: `UsageMistake` for a file that is none; where no reader runs.
  func read(by crew: Crew) throws -> Result<[Evidence], Failure> {
    do {
      return .success(
        try files.flatMap { path, file in
          do { return try crew.readBundles(file, named: path) } catch let unfit as LooseBundles.Unfit {
            throw UsageMistake("\(path) \(unfit.words).")
          }
        })
    } catch let failure as Failure {
      return .failure(failure)
    }
  }
}
