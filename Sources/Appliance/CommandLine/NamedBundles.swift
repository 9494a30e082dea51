import OCIImage
import Reasons
import Roles

extension Crew {
  /// The Sigstore bundles in files that the operator named, `--bundle FILE`.
  /// - Returns: where a reader did not come to its end, what everything is refused for that they lie beside.
  /// - Throws: `UsageMistake` for a file that is none; where no reader runs.
  func bundles(in paths: [String]) throws -> Result<[Evidence], Failure> {
    do {
      return .success(
        try paths.flatMap { path in
          do { return try readBundles(path) } catch let unfit as LooseBundles.Unfit {
            throw UsageMistake("\(path) \(unfit.words).")
          }
        })
    } catch let failure as Failure {
      return .failure(failure)
    }
  }
}
