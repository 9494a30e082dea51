/// The sample site that `trust-bundles/sample` builds.
package enum TrustSample {
  /// Builds it as `sample` in the folder; what the script said.
  @discardableResult
  package static func build(in home: TemporaryFolder) throws -> String {
    let script = Products.package + "/trust-bundles/sample"
    return String(
      decoding: try runChecked([script, home.path("sample")], environment: program(in: home)), as: UTF8.self)
  }

  /// Runs `assay trust` with these arguments.
  package static func trust(_ arguments: [String], in folder: String? = nil) throws -> RunResult {
    try TestSupport.run([Products.path("trust-desk")] + arguments, in: folder)
  }

  /// `ASSAY`, as the script calls it: `trust` is the program's only verb.
  private static func program(in home: TemporaryFolder) throws -> [String: String] {
    let path = try home.write("assay", Array("#!/bin/sh\nshift\nexec \"\(Products.path("trust-desk"))\" \"$@\"\n".utf8))
    try runChecked(["chmod", "+x", path])
    return ["ASSAY": path]
  }
}
