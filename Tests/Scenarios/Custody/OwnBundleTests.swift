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
}
