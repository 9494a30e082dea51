/// python-tuf, where `Tests/Interop/fetch-tuf` has fetched it.
package enum PythonTUF {
  package static let absence = "needs python-tuf: run Tests/Interop/fetch-tuf"
  package static let isPresent = (try? run(["scenarios"]).status) == 0

  /// Runs a script of Tests/Interop, by default the peer.
  package static func run(_ arguments: [String], script: String = "tuf_peer.py") throws -> RunResult {
    try TestSupport.run(
      ["python3", Products.package + "/Tests/Interop/" + script] + arguments,
      environment: ["PYTHONPATH": Products.package + "/.build/peers/tuf", "PYTHONDONTWRITEBYTECODE": "1"])
  }

  /// What python-tuf's client makes of `folder/first` and then `folder/second`, beginning with `folder/root.json`.
  package static func client(_ folder: String, _ target: String) throws -> [String] {
    let result = try run(["client", folder, target])
    guard result.status == 0 else { throw RunError(description: "tuf_peer.py client: \(result.errors)") }
    return result.output.split(separator: "\n").map(String.init)
  }
}
