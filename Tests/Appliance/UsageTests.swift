import FoundationEssentials
import TestSupport
import Testing

/// Mistakes in the command read as mistakes, never as verdicts.
@Suite struct UsageTests {
  static let mistakes: [(arguments: [String], words: String)] = [
    (["verify", "x.tar"], "assay inspect x.tar"),
    (["verify", "absent.tar", "--key", "/dev/null"], "no public key"),
    (["verify", "x.tar", "--key", "absent.pem"], "absent.pem"),
    (["verify", "x.tar", "--certificate-identity", "me"], "--certificate-oidc-issuer"),
    (["verify", "x.tar", "--certificate-oidc-issuer", "me"], "--certificate-identity"),
    (["verify", "x.tar", "--certificate-identity", "", "--certificate-oidc-issuer", "i"], "empty"),
    (["verify", "x.tar", "--certificate-identity-regexp", "(", "--certificate-oidc-issuer", "i"], "regexp"),
    (["verify", "absent.tar", "--certificate-identity", "a", "--certificate-oidc-issuer", "i"], "absent.tar"),
    (["verify", "-", "-", "--certificate-identity", "a", "--certificate-oidc-issuer", "i"], "once"),
    (
      ["verify", "x.tar", "--certificate-identity", "a", "--certificate-oidc-issuer", "i", "--require", "sig"],
      "attestation=PREDICATE-TYPE"
    ),
    (
      ["verify", "x.tar", "--certificate-identity", "a", "--certificate-oidc-issuer", "i", "--platform", "linux"],
      "OS[(OS.VERSION)]/ARCH"
    ),
    (
      [
        "verify", "/dev/null", "--certificate-identity", "a", "--certificate-oidc-issuer", "i", "--trusted-root",
        "/dev/null",
      ], "--trusted-root: json.malformed"
    ),
    (["verify"], "ARCHIVE"),
    (["inspect", "x.tar", "y\u{1b}[2J.tar"], "y\\u{1b}[2J.tar"),
    (["verfy"], "Usage"),
    (["verify", "/dev/null", "--certificate-identity", "a", "--certificate-oidc-issuer", "i"], "name “-”"),
    (["verify", ".", "absent.tar", "--certificate-identity", "a", "--certificate-oidc-issuer", "i"], "absent.tar"),
    (["inspect", "absent.tar"], "absent.tar"),
    (["inspect", "/dev/null"], "name “-”"),
    (["inspect", "absent\u{1b}[2J\r.tar"], "absent\\u{1b}[2J\\u{d}.tar"),
    (["init", "--tpm", "telnet:host"], "telnet"),
    (["report", "show", "absent.json"], "absent.json"),
  ]

  @Test(arguments: mistakes) func mistakesEndWith64(_ mistake: (arguments: [String], words: String)) throws {
    let result = try Assay().run(mistake.arguments)
    #expect(result.status == 64)
    #expect(result.stdout.isEmpty)
    #expect(result.errors.contains(mistake.words), "\(result.errors)")
  }

  @Test(arguments: [["--help"], ["verify", "--help"], ["--version"]])
  func helpIsAResult(_ arguments: [String]) throws {
    let result = try Assay().run(arguments)
    #expect(result.status == 0)
    #expect(!result.stdout.isEmpty)
    #expect(result.stderr.isEmpty)
  }

  /// A program that asked for JSON gets it, whatever is wrong with the archive.
  @Test func whatCannotBeInspectedIsJSONToo() throws {
    let folder = try TemporaryFolder()
    let junk = try folder.write("junk.tar", Array("junk".utf8))
    let result = try Assay().run(["inspect", "--json", junk])
    #expect(result.status == 3 && result.stderr.isEmpty, "\(result.errors)")
    let answer = try JSONDecoder().decode(Inspected.self, from: Data(result.stdout))
    #expect(answer.shape == nil && answer.failures.map(\.reason) == ["archive.not-recognised"])
    let told = try Assay().run(["inspect", junk])
    #expect(told.status == 3 && told.stdout.isEmpty && told.errors.contains("Check which file was meant"))
  }

  private struct Inspected: Decodable {
    let shape: String?
    let failures: [Assay.Answer.Reason]
  }

  /// The reader of the pipe is gone before anything is written.
  @Test func aLostReaderIsAFailureAndNoSignal() throws {
    let result = try run(["sh", "-c", "{ sleep 0.2; \"$0\" --help; echo $? >&2; } | true", Products.path("assay")])
    #expect(result.errors == "1\n")
  }

  @Test func onlyInitMakesAStore() throws {
    let folder = try TemporaryFolder()
    let result = try Assay().run(["report", "key", "--state", folder.path("none")])
    #expect(result.status == 1)
    #expect(result.errors.contains("assay init"))
    #expect(try folder.names().isEmpty)
  }
}
