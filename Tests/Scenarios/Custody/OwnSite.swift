import TestSupport
import Testing

/// A site whose one person signs everything, and what it publishes.
struct OwnSite {
  let home: TemporaryFolder
  let assay: Assay

  /// - Throws: where a command fails.
  init(_ assay: Assay) throws {
    home = try TemporaryFolder()
    self.assay = assay
    try runChecked(["openssl", "genpkey", "-algorithm", "ed25519", "-out", home.path("key.pem")])
    try runChecked(["openssl", "pkey", "-in", home.path("key.pem"), "-pubout", "-out", home.path("key.pub")])
    let roles = ["targets", "trust", "policy"].flatMap { ["--role", "\($0)=\(home.path("key.pub")):1"] }
    try run(["new", folder, "--root-key", home.path("key.pub"), "--threshold", "1"] + roles)
  }

  var folder: String { home.path("site") }
  var root: String { folder + "/metadata/1.root.json" }

  @discardableResult
  func run(_ arguments: [String]) throws -> String {
    let result = try assay.run(["trust"] + arguments)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return result.output
  }

  /// Adds files, signs, and packs.
  func publish(_ files: [(role: String, name: String, bytes: [UInt8])], as name: String) throws -> String {
    for file in files {
      let path = try home.write("\(UInt32.random(in: 0...(.max))).json", file.bytes)
      try run(["add", folder, "--role", file.role, path] + (file.role == "deny" ? [] : ["--as", file.name]))
    }
    try run(["sign", folder, "--key", home.path("key.pem")])
    try run(["pack", folder, home.path(name)])
    return home.path(name)
  }
}
