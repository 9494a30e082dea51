import Testing
import TestSupport

/// Signed under a certificate authority and a timestamp authority of the signer's own.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct BringYourOwnAuthorityTests {
  func verify(_ root: String, identity: String = "release@corpus.example") throws -> Assay.Answer {
    let corpus = try ToolMadeArchives.root()
    return try Assay().verify([
      "\(corpus)/exports/new-cert-tsa/oras-backup.tar", "--trusted-root", "\(corpus)/keys/\(root).json",
      "--certificate-identity", identity, "--certificate-oidc-issuer", "https://issuer.corpus.example",
    ]).answer
  }

  @Test(arguments: ["release@corpus.example", "https://corpus.example/release"])
  func admittedUnderEitherOfItsNames(_ name: String) throws {
    let answer = try verify("tr-ca-tsa", identity: name)
    #expect(answer.verdict == "admit", "\(answer.firstReason ?? "")")
  }

  @Test func refusedUnderAnotherName() throws {
    #expect(try verify("tr-ca-tsa", identity: "other@corpus.example").firstReason == "identity.mismatch")
  }

  @Test func notAdmittedWithoutItsAuthority() throws {
    #expect(try verify("tr-tsa").verdict != "admit")
    #expect(try verify("tr-empty").verdict != "admit")
  }
}
