import FoundationEssentials
import TestSupport
import Testing

/// Changes of trust by the consent of several people, who sign with Assay and with openssl.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct TrustApprovalTests {
  /// A site whose first bundle asks for two of three people.
  private struct Ruled {
    let site: TrustImportTests.Site
    let rule: String

    init() throws {
      site = try TrustImportTests.Site()
      var people: [String] = []
      for name in ["ada", "bo", "cy", "stranger"] {
        let pem = site.folder.path(name + ".pem")
        try runChecked(["openssl", "genpkey", "-algorithm", "ed25519", "-out", pem])
        let spki = try runChecked(["openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER"])
        if name != "stranger" { people.append(#"{"name":"\#(name)","key":"\#(Data(spki).base64EncodedString())"}"#) }
      }
      rule = try site.file(
        "policy:policy/approvals.json",
        #"{"format":"assay-approvals/1","threshold":2,"people":[\#(people.joined(separator: ","))]}"#)
      // The rule of before judges, and there was none.
      try #require(try site.importing(site.bundle(1, files: [site.trustedRoot, rule])).status == 0)
    }

    func proposal(_ bundle: String) throws -> String {
      let file = site.folder.path("proposal-\(UInt32.random(in: 0...(.max)))")
      let result = try site.importing(bundle, ["--propose", file])
      try #require(result.status == 0, "\(result.errors)")
      return file
    }

    func signature(_ person: String, _ statement: String, as name: String? = nil) throws -> [String] {
      let file = site.folder.path("\(person)-\(UInt32.random(in: 0...(.max))).sig")
      let key = site.folder.path(person + ".pem")
      if person == "bo" {
        try runChecked(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", statement, "-out", file])
      } else {
        let signed = try site.assay.run(["trust", "approve", statement, "--key", key, "--output", file])
        try #require(signed.status == 0 && signed.errors.contains("action trust-import"), "\(signed.errors)")
      }
      return ["--approval", "\(name ?? person)=\(file)"]
    }
  }

  @Test func enoughPeopleMustAgree() throws {
    let ruled = try Ruled()
    let site = ruled.site
    let bundle = try site.bundle(2, files: [ruled.rule])
    let before = try site.head()
    let alone = try site.importing(bundle)
    #expect(alone.status == 3 && alone.errors.contains("approval.too-few") && alone.errors.contains("ada, bo, cy"))
    let proposal = try ruled.proposal(bundle)
    let (ada, bo) = (try ruled.signature("ada", proposal), try ruled.signature("bo", proposal))

    let refused: [(approvals: [String], reason: String)] = [
      (ada, "approval.too-few"), (ada + ada, "approval.too-few"),
      (try ada + ruled.signature("stranger", proposal), "approval.invalid"),
      // Somebody else's key under a name of the rule, and one person's under two.
      (try ada + ruled.signature("stranger", proposal, as: "cy"), "approval.invalid"),
      (try ada + ruled.signature("ada", proposal, as: "cy"), "approval.invalid"),
    ]
    for (approvals, reason) in refused {
      let result = try site.importing(bundle, ["--proposal", proposal] + approvals)
      #expect(result.status == 3 && result.errors.contains(reason), "\(approvals): \(result.errors)")
    }
    #expect(try site.importing(bundle, ada).status == 64)
    #expect(try site.head() == before)

    let taken = try site.importing(bundle, ["--proposal", proposal] + ada + bo)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(try site.assay.run(["ledger", "list", "--kind", "approval"]).output.contains("ada: trust-import"))
    // The change rests on the two leaves before it.
    let history = try site.assay.run(["trust", "history", "good/trusted_root.json", "--json"]).output
    #expect(history.split(separator: "\n").last?.contains(#""approvals":["#) == true)
    #expect(history.split(separator: "\n").last?.contains(#""approvals":[]"#) == false)
  }

  @Test func consentIsToTheseChangesAndNoOthers() throws {
    let ruled = try Ruled()
    let site = ruled.site
    let (one, other) = (try site.bundle(2, files: [ruled.rule]), try site.bundle(3, files: []))
    let proposal = try ruled.proposal(one)
    let agreed = try ["--proposal", proposal] + ruled.signature("ada", proposal) + ruled.signature("bo", proposal)
    #expect(try site.importing(other, agreed).errors.contains("approval.invalid"))
    // A verdict in between changes nothing about it.
    _ = try site.assay.verify(site.image)
    try #require(try site.importing(one, agreed).status == 0)
    // Back to what was, and the same consent once more: it was used.
    let back = try site.bundle(4, files: [site.trustedRoot, ruled.rule])
    let again = try ruled.proposal(back)
    try #require(
      try site.importing(
        back, ["--proposal", again] + ruled.signature("ada", again) + ruled.signature("cy", again)
      ).status == 0)
    #expect(try site.importing(site.bundle(5, files: [ruled.rule]), agreed).errors.contains("approval.invalid"))
  }

  /// The person's key may be one of the site's as well.
  @Test func nothingElseIsSignedAsConsent() throws {
    let ruled = try Ruled()
    let folder = ruled.site.folder
    let head = "assay-approval/1\naction"
    for text in [#"{"_type":"root"}"#, head + " re-anchor\n", head + " trust-imports\n"] {
      let statement = try folder.write("else", Array(text.utf8))
      let result = try ruled.site.assay.run(
        ["trust", "approve", statement, "--key", folder.path("ada.pem"), "--output", folder.path("else.sig")])
      #expect(result.status == 64 && result.errors.contains("nothing was signed"), "\(result.errors)")
    }
  }

  @Test func denialsWaitForNobody() throws {
    let ruled = try Ruled()
    let digest = "sha256:" + String(repeating: "0", count: 64)
    let list = try ruled.site.file(
      "deny:deny/000001.json",
      #"{"format":"assay-denials/1","issued":"2026-11-25T10:00:00Z","by":"desk","denials":[{"digest":"\#(digest)","reason":"r"}]}"#
    )
    // python-tuf writes every role anew; only what is denied, and the versions, may change without consent.
    let bundle = try ruled.site.bundle(2, ["deny-alone"], files: [ruled.site.trustedRoot, ruled.rule, list])
    let result = try ruled.site.importing(bundle)
    #expect(result.status == 0, "\(result.errors)")
  }
}
