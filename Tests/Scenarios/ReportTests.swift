import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// From `init` to a report that somebody else checks.
@Suite struct ReportTests {
  @Test func reportIsSignedKeptAndAuthentic() throws {
    let site = try Site()
    let (status, answer) = try site.assay.verify([site.archive, "--key", site.key])
    #expect(status == 0)
    let report = answer.archives[0].images[0].report
    #expect(report.signed)
    let path = try #require(report.path)
    let checked = try site.assay.run(["report", "verify", path, "--key", site.reportKey()])
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.output.contains("its verdict is admit"))
  }

  /// `report verify` answers for the signature, whatever the verdict inside.
  @Test func refusalIsReportedToo() throws {
    let site = try Site(.layerByteFlipped)
    let path = try site.report()
    #expect(try site.assay.run(["report", "verify", path, "--key", site.reportKey()]).status == 0)
    let shown = try site.assay.run(["report", "show", path]).output
    #expect(shown.contains("refuse"))
    #expect(shown.contains("blob.digest-mismatch"))
    #expect(shown.contains("software TPM"))
  }

  @Test func unreadableArchiveGetsAReportOfItsOwn() throws {
    let site = try Site()
    let whole = try readFile(site.archive)
    try Data(whole.prefix(whole.count / 2)).write(to: URL(filePath: site.archive))
    let path = try site.report()
    #expect(try site.assay.run(["report", "verify", path, "--key", site.reportKey()]).status == 0)
    #expect(try site.assay.run(["report", "show", path]).output.contains("archive.truncated"))
  }

  @Test func anotherKeyIsNotAuthentic() throws {
    let site = try Site()
    let path = try site.report()
    let result = try site.assay.run(["report", "verify", path, "--key", site.key])
    #expect(result.status == 3)
    #expect(result.errors.contains("report.invalid"))
  }

  /// Every byte of the payload is under the signature: a changed verdict, a changed digest, anything.
  @Test func editedReportIsNotAuthentic() throws {
    let site = try Site(.layerByteFlipped)
    let path = try site.report()
    let key = try site.reportKey()
    var text = String(decoding: try readFile(path), as: UTF8.self)
    let payload = try #require(text.firstRange(of: "\"payload\":\""))
    let place = text.index(payload.upperBound, offsetBy: 200)
    text.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
    let edited = try site.stick.write("edited.json", Array(text.utf8))
    #expect(try site.assay.run(["report", "verify", edited, "--key", key]).status == 3)
  }

  @Test func withoutAStoreTheStatementIsUnsignedAndSaysSo() throws {
    let site = try Site(initialising: nil)
    let run = try site.assay.run(["verify", site.archive, "--key", site.key])
    #expect(run.status == 0)
    #expect(run.errors.contains("Not signed or recorded: run `assay init`"))
    let path = try site.report()
    #expect(path.hasSuffix(".vsa.unsigned.json"))
    let text = String(decoding: try readFile(path), as: UTF8.self)
    #expect(text.contains("urn:x-assay:unprovisioned"))
    let checked = try site.assay.run(["report", "verify", path, "--key", site.key])
    #expect(checked.status == 3)
    #expect(checked.errors.contains("report.unsigned"))
  }

  @Test func nothingIsWrittenUnasked() throws {
    let site = try Site()
    let before = try site.stick.names()
    _ = try site.assay.verify([site.archive, "--key", site.key])
    #expect(try site.stick.names() == before)
  }

  @Test func initNeverReplacesAStore() throws {
    let site = try Site()
    let key = try site.assay.run(["report", "key"]).output
    #expect(try site.assay.run(["init", "--tpm", "software"]).status == 1)
    #expect(try site.assay.run(["report", "key"]).output == key)
  }
}
