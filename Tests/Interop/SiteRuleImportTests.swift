import MiniatureSigstore
import TestSupport
import Testing

/// Denials, their lifting, and age limits, out of bundles that python-tuf made, into verdicts.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct SiteRuleImportTests {
  private typealias Site = TrustImportTests.Site

  private func denials(_ entry: String, reason: String = "stolen") -> String {
    #"{"format":"assay-denials/1","issued":"2026-11-25T10:00:00Z","by":"Security desk","denials":[{\#(entry),"reason":"\#(reason)"}]}"#
  }

  private func taken(_ site: Site, _ bundle: String) throws -> String {
    let result = try site.importing(bundle)
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func whatIsDeniedIsRefusedUntilItIsLifted() throws {
    let site = try Site()
    _ = try taken(site, site.bundle(1))
    let admitted = try site.assay.verify(site.image)
    try #require(admitted.status == 0)
    let image = try #require(admitted.answer.archives.first?.images.first?.digest)

    let list = try site.file("deny:deny/000001.json", denials(#""digest":"\#(image)""#))
    let shown = try taken(site, site.bundle(2, files: [site.trustedRoot, list]))
    #expect(shown.contains("+ denies digest \(image), by Security desk, 2026-11-25T10:00:00Z: stolen"), "\(shown)")
    // The receipt of the admission no longer answers, with the archive or without.
    let refused = try site.assay.run(["verify"] + site.image)
    #expect(refused.status == 3)
    #expect(refused.output.contains("denial.digest") && refused.output.contains("denied by Security desk"))
    #expect(try site.assay.run(["verify", "--by-digest", image] + site.image.dropFirst()).status == 4)
    #expect(try site.assay.run(["recheck", image]).status == 3)

    // Neither left out nor altered, not even by those who may deny.
    let before = try site.head()
    let other = try site.file("deny:deny/000001.json", denials(#""digest":"\#(image)""#, reason: "other"))
    for files in [[site.trustedRoot], [site.trustedRoot, other]] {
      let result = try site.importing(site.bundle(3, files: files))
      #expect(result.status == 3 && result.errors.contains("trust-bundle.denial-altered"), "\(result.errors)")
    }
    // Nor with a number between that nobody has seen.
    let gap = try site.file("deny:deny/000003.json", denials(#""digest":"\#(image)""#))
    #expect(try site.importing(site.bundle(3, files: [list, gap])).errors.contains("trust-bundle.denial-altered"))
    #expect(try site.head() == before)

    func lift(_ number: Int) throws -> String {
      try site.file(
        "policy:policy/lifted-denials.json",
        #"{"format":"assay-lifted-denials/1","lifted":[{"list":"deny/000001.json","denial":\#(number),"by":"A. Turing","reason":"false alarm"}]}"#
      )
    }
    let slip = try site.importing(site.bundle(4, files: [site.trustedRoot, list, lift(2)]))
    #expect(slip.status == 3 && slip.errors.contains("rules.malformed"), "\(slip.errors)")
    _ = try taken(site, site.bundle(4, files: [site.trustedRoot, list, lift(1)]))
    #expect(try site.assay.verify(site.image).status == 0)
    #expect(try site.assay.run(["trust", "show"]).output.contains("lifts denial 1 of deny/000001.json, by A. Turing"))
    // The history has all of it.
    let history = try site.assay.run(["trust", "history", "deny/000001.json"]).output
    #expect(history.split(separator: "\n").count == 1 && history.contains("add denials deny/000001.json"))
  }

  @Test func aDeniedSignerNoLongerCounts() throws {
    let site = try Site()
    let (who, issuer) = (site.image[2], site.image[4])
    let list = try site.file("deny:deny/000001.json", denials(#""identity":"\#(who)","issuer":"\#(issuer)""#))
    _ = try taken(site, site.bundle(1, files: [site.trustedRoot, list]))
    let answer = try site.assay.verify(site.image)
    #expect(answer.status == 3 && answer.answer.firstReason == "denial.identity")
  }

  /// The number stands in the evidence, and without the log's promise under no signature.
  @Test func aDeniedEntryCannotBeRenumbered() throws {
    let site = try Site()
    let sample = SampleImage.make(seed: 31, layerSize: 3000)
    let issued = site.world.issue(
      SigningRequest(
        .statement(sample.signingStatement), as: .certificate(.releaseWorkflow), log: .v1(), timestamps: [.init()]))
    let number = try #require(issued.entries.first).logIndex
    func answer(_ change: (inout IssuedEntry) -> Void) throws -> String? {
      var altered = issued
      change(&altered.entries[0])
      let archive = site.folder.path("\(UInt32.random(in: 0...(.max))).tar")
      try Packing.tar.write(MediumForm.orasBackup.entries(CarriedImage(sample, [.bundle(altered)])), to: archive)
      return try site.assay.verify([archive] + site.image.dropFirst()).answer.firstReason
    }
    _ = try taken(site, site.bundle(1))
    let strip = { (entry: inout IssuedEntry) in (entry.promise, entry.logIndex) = (nil, number + 1) }
    #expect(try answer { _ in } == nil)
    #expect(try answer(strip) == nil)
    let list = try site.file(
      "deny:deny/000001.json", denials(#""logEntry":{"log":"rekor.miniature.example","index":\#(number)}"#))
    _ = try taken(site, site.bundle(2, files: [site.trustedRoot, list]))
    #expect(try answer { _ in } == "denial.log-entry")
    #expect(try answer(strip) == "denial.log-entry")
  }

  /// The timestamp of these bundles expired on 2026-01-08.
  @Test(arguments: [
    (#"{"of":"bundle","role":"timestamp","warnDays":36000,"failDays":36500}"#, 0, "serves until"),
    (#"{"of":"bundle","role":"timestamp","warnDays":0,"failDays":36500}"#, 0, "AGEING"),
    (#"{"of":"bundle","role":"timestamp","warnDays":0,"failDays":10}"#, 4, "TOO OLD"),
    (#"{"of":"bundle","warnDays":0,"failDays":10}"#, 4, "TOO OLD"),
    (#"{"of":"bundle","role":"root","warnDays":0,"failDays":10}"#, 0, ""),
  ])
  func theSiteSaysWhenTrustNoLongerServes(_ limit: String, _ status: Int32, _ words: String) throws {
    let site = try Site()
    let limits = try site.file(
      "policy:policy/age-limits.json", #"{"format":"assay-age-limits/1","limits":[\#(limit)]}"#)
    _ = try taken(site, site.bundle(1, files: [site.trustedRoot, limits]))
    let result = try site.assay.run(["verify"] + site.image)
    #expect(result.status == status, "\(result.output)")
    if status == 4 { #expect(result.output.contains("trust.too-old")) }
    #expect(result.errors.contains("warning: ageing") == (words == "AGEING"), "\(result.errors)")
    let shown = try site.assay.run(["trust", "show"]).output
    let age = shown.split(separator: "\n").last { $0.contains("bundle timestamp") }
    if !words.isEmpty { #expect(age?.contains(words) == true, "\(age ?? "")") }
    // A trust root that the operator names has no age of this kind.
    let named = try site.assay.run(
      ["verify"] + site.image + ["--trusted-root", site.folder.path("trusted_root.json")])
    #expect(named.status == 0)
  }

  @Test func signedTimesUnderInstalledRootsRaiseTheFloor() throws {
    let site = try Site()
    // Under a root that the operator names, nothing is reached.
    let named = site.image + ["--trusted-root", site.folder.path("trusted_root.json")]
    try #require(try site.assay.run(["verify"] + named).status == 0)
    #expect(try site.assay.run(["status"]).output.contains("no signed time yet"))
    _ = try taken(site, site.bundle(1))
    try #require(try site.assay.run(["verify", "--fresh"] + site.image).status == 0)
    let status = try site.assay.run(["status"]).output
    #expect(status.contains("not before"), "\(status)")
    let leaves = try site.assay.run(["ledger", "list"]).output
    #expect(leaves.contains("time-evidence"), "\(leaves)")
  }

  @Test func whatIsTrustedIsShownComparedAndCopied() throws {
    let site = try Site()
    _ = try taken(site, site.bundle(1))
    let first = try #require(try site.assay.run(["trust", "list"]).output.split(separator: "\n").first)
    let leaf = try #require(first.split(separator: " ").drop { $0 != "leaf" }.dropFirst().first?.dropLast())
    _ = try taken(site, site.bundle(2, files: []))
    #expect(try site.assay.run(["trust", "diff", "\(leaf)", "\(leaf)"]).output == "No difference.\n")
    let size = try #require(Int(leaf)) + 6
    let gone = try site.assay.run(["trust", "diff", "\(size)"]).output
    #expect(gone.contains("removes     trust-root good/trusted_root.json") && gone.contains("- CA "), "\(gone)")
    #expect(try site.assay.run(["trust", "diff", "100"]).status == 64)

    let copy = site.folder.path("copy")
    _ = try taken(site, site.bundle(3))
    #expect(try site.assay.run(["trust", "export", copy]).status == 0)
    #expect(
      try readFile(copy + "/trust-root/good/trusted_root.json") == readFile(site.folder.path("trusted_root.json")))
    #expect(try site.assay.run(["trust", "export", copy]).status == 64)
    let one = site.folder.path("one")
    #expect(try site.assay.run(["trust", "show", "good/trusted_root.json", "--output", one]).status == 0)
    #expect(try readFile(one) == readFile(site.folder.path("trusted_root.json")))
    #expect(try site.assay.run(["trust", "show", "nothing"]).status == 64)
  }
}
