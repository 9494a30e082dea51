/// The sample site that `trust-bundles/sample` builds.
package enum TrustSample {
  /// Builds it as `sample` in the folder; what the script said.
  @discardableResult
  package static func build(in home: TemporaryFolder) throws -> String {
    let script = Products.package + "/trust-bundles/sample"
    return String(
      decoding: try runChecked([script, home.path("sample")], environment: ["ASSAY": Products.path("assay")]),
      as: UTF8.self)
  }

  /// Runs `assay trust` with these arguments.
  package static func trust(_ arguments: [String], in folder: String? = nil) throws -> RunResult {
    try TestSupport.run([Products.path("assay"), "trust"] + arguments, in: folder)
  }
}
