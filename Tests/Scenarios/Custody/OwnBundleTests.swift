import TestSupport
import Testing

/// From the people's keys to the appliance's trust, with `assay` and openssl alone.
@Suite struct OwnBundleTests {
  @Test func whatTheDeskPacksTheApplianceTakes() throws {
    let (assay, home) = (try Assay(), try TemporaryFolder())
    func run(_ arguments: [String]) throws -> RunResult {
      let result = try assay.run(arguments)
      try #require(result.status == 0, "\(arguments): \(result.errors)")
      return result
    }
    func key(_ who: String) throws -> (secret: String, open: String) {
      let (secret, open) = (home.path(who + ".pem"), home.path(who + ".pub"))
      try runChecked(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret])
      try runChecked(["openssl", "pkey", "-in", secret, "-pubout", "-out", open])
      return (secret, open)
    }
    let (one, two, three) = (try key("one"), try key("two"), try key("three"))
    let site = home.path("site")
    _ = try run(["trust", "new", site, "--root-key", one.open, "--root-key", two.open, "--threshold", "2"])
    _ = try run(["trust", "add", site, "--role", "trust", one.open, "--as", "builder.pem"])
    for signer in [one, two] { _ = try run(["trust", "sign", site, "--key", signer.secret]) }
    let first = home.path("first.tar.zst")
    _ = try run(["trust", "pack", site, first])

    _ = try run(["init", "--tpm", "software"])
    // Nothing is believed before a person pinned the root.
    #expect(try assay.run(["trust", "import", first]).errors.contains("trust-bundle.unpinned"))
    let words = try run(["trust", "pin", site + "/metadata/1.root.json"]).output.split(separator: "\n")[2]
    _ = try run(["trust", "import", first])
    #expect(try run(["trust", "list"]).output.contains("builder.pem"))
    // The desk and the appliance show the same words for the same root.
    #expect(try run(["trust", "pack", site, home.path("again.tar")]).output.contains(words.filter { $0 != " " }))

    // A third takes the second's place, and another key the first's; what was packed before is a step back.
    for role in ["root", "targets", "trust", "policy", "deny", "logs", "snapshot", "timestamp"] {
      _ = try run(["trust", "rotate", site, "--role", role, "--remove", two.open, "--add", three.open])
    }
    _ = try run(["trust", "remove", site, "--role", "trust", "builder.pem"])
    _ = try run(["trust", "add", site, "--role", "trust", three.open, "--as", "newcomer.pem"])
    for signer in [one, two, three] { _ = try run(["trust", "sign", site, "--key", signer.secret]) }
    let second = home.path("second.tar")
    _ = try run(["trust", "pack", site, second])
    _ = try run(["trust", "import", second])
    let trusted = try run(["trust", "list"]).output
    #expect(trusted.contains("newcomer.pem") && !trusted.contains("builder.pem"))
    #expect(try assay.run(["trust", "import", first]).errors.contains("tuf.rollback"))
    #expect(try run(["trust", "list"]).output == trusted)
  }

  /// A rotation forgets timestamp and snapshot, and one of their keys stays: what was packed long before does not come in
  /// with the root that rotates.
  @Test func aRotationBringsNothingBack() throws {
    let (assay, home) = (try Assay(), try TemporaryFolder())
    func run(_ arguments: [String]) throws -> RunResult {
      let result = try assay.run(arguments)
      try #require(result.status == 0, "\(arguments): \(result.errors)")
      return result
    }
    var (secrets, open): ([String], [String]) = ([], [])
    for who in ["a", "b", "c"] {
      secrets.append(home.path(who + ".pem"))
      open.append(home.path(who + ".pub"))
      try runChecked(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secrets.last!])
      try runChecked(["openssl", "pkey", "-in", secrets.last!, "-pubout", "-out", open.last!])
    }
    let site = home.path("site")
    func packed(_ name: String, by signers: ArraySlice<String>) throws -> String {
      for secret in signers { _ = try run(["trust", "sign", site, "--key", secret]) }
      _ = try run(["trust", "pack", site, home.path(name)])
      return home.path(name)
    }
    _ = try run(["trust", "new", site, "--root-key", open[0], "--root-key", open[1], "--threshold", "2"])
    _ = try run(["trust", "add", site, "--role", "trust", open[0], "--as", "old.pem"])
    let old = try packed("old.tar", by: secrets[..<2])
    _ = try run(["trust", "remove", site, "--role", "trust", "old.pem"])
    let newer = try packed("newer.tar", by: secrets[..<2])
    _ = try run(["init", "--tpm", "software"])
    _ = try run(["trust", "pin", site + "/metadata/1.root.json"])
    for bundle in [old, newer] { _ = try run(["trust", "import", bundle]) }

    for role in ["snapshot", "timestamp"] {
      _ = try run(["trust", "rotate", site, "--role", role, "--remove", open[1], "--add", open[2]])
    }
    let rotated = try packed("rotated.tar", by: secrets[..<2])
    try runChecked(["mkdir", home.path("stick")])
    try runChecked(["tar", "-xf", old, "-C", home.path("stick")])
    try runChecked(["cp", site + "/metadata/2.root.json", home.path("stick/metadata")])
    let refused = try assay.run(["trust", "import", home.path("stick")])
    #expect(refused.status == 3 && refused.errors.contains("tuf.rollback"), "\(refused)")
    #expect(!(try run(["trust", "list"]).output.contains("old.pem")))
    _ = try run(["trust", "import", rotated])
  }
}
