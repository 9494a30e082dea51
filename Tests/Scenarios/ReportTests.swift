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

  /// Of a folder and of standard input there is no digest of a whole file: they are recorded by what was read of them, or
  /// by their name.
  @Test func everyRefusalIsRecorded() throws {
    let site = try Site()
    let whole = try readFile(site.archive)
    let layout = try site.stick.makeFolder("layout")
    try runChecked(["tar", "-xf", site.archive, "-C", layout])
    let empty = try site.stick.makeFolder("empty")
    let missing = ["--image", "nobody/knows:it"]
    for (archive, input, options, kind, reason) in [
      ("-", Array(whole.prefix(whole.count / 2)), [], "unread", "archive.truncated"),
      (empty, [], [], "unread", "archive.not-recognised"),
      ("-", whole, missing, "medium", "image.not-found"), (layout, [], missing, "medium", "image.not-found"),
      (site.archive, [], missing, "archive", "image.not-found"),
    ] {
      let before = try site.assay.run(["ledger", "list"]).output
      let run = try site.assay.run(["verify", "--json", archive, "--key", site.key] + options, input: input)
      #expect(run.status == (reason == "image.not-found" ? 4 : 3), "\(run.errors)")
      let answer = try JSONDecoder().decode(WholeAnswer.self, from: Data(run.stdout)).archives[0]
      let path = try #require(answer.report?.path)
      #expect(try site.assay.run(["report", "verify", path, "--key", site.reportKey()]).status == 0)
      let shown = try site.assay.run(["report", "show", path]).output
      #expect(shown.contains("urn:x-assay:\(kind):sha256:") && shown.contains(reason), "\(shown)")
      let leaves = try site.assay.run(["ledger", "list"]).output
      #expect(leaves.count > before.count && leaves.contains(reason), "\(leaves)")
      let name = archive == "-" ? "standard input" : archive
      let line = String(
        decoding: try runChecked(["sha256sum"], input: Array("unread \(name.utf8.count) \(name)\n".utf8)), as: UTF8.self
      )
      #expect(shown.contains("sha256:\(line.prefix(64))") == (kind == "unread"))
    }
  }

  /// Standard input of which nothing can be read is no archive with nothing in it.
  @Test func standardInputThatIsNotForReadingIsRefused() throws {
    let site = try Site()
    let result = try site.assay.run(
      [
        "-c", #"exec "$@" 0>"$0""#, site.stick.path("out"), Products.path("assay"), "verify", site.archive, "-",
        "--key", site.key, "--json",
      ], program: "/bin/sh")
    let archives = try JSONDecoder().decode(WholeAnswer.self, from: Data(result.stdout)).archives
    #expect(archives.count == 2 && archives[0].reasons.isEmpty, "\(result.output)")
    #expect(archives.last?.reasons.map(\.reason) == ["archive.unreadable"], "\(result.output)")
  }

  private struct WholeAnswer: Decodable {
    struct Archive: Decodable {
      struct Reason: Decodable { let reason: String }
      let report: Assay.Answer.Report?
      let reasons: [Reason]
    }
    let archives: [Archive]
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

  /// Two verdicts about one image: both stay, each with its receipt, and the plain name is the last one's.
  @Test func aLaterReportTakesNothingFromAnEarlierOne() throws {
    let site = try Site()
    let folder = site.stick.path("reports")
    func write(_ arguments: [String]) throws -> Int32 {
      try site.assay.run(["verify", site.archive, "--fresh", "--report", folder] + arguments).status
    }
    #expect(try write(["--key", site.key]) == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".vsa.") }
    let first = try names.map { try readFile(folder + "/" + $0) }
    #expect(names.count == 2)
    let other = site.stick.path("other.pub")
    try runChecked([
      "sh", "-c", "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout -out \"$0\"", other,
    ])
    #expect(try write(["--key", other]) == 3)
    let all = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".vsa.") }
    #expect(all.count == 4 && Set(names).isSubset(of: all))
    let earlier = try all.filter { !names.contains($0) }.map { try readFile(folder + "/" + $0) }
    #expect(Set(earlier) == Set(first))
    let last = try #require(names.first { $0.hasSuffix(".sigstore.json") })
    #expect(try site.assay.run(["report", "show", folder + "/" + last]).output.contains("refuse"))
  }

  @Test func aFolderThatCannotBeMadeIsSaidInWords() throws {
    let site = try Site()
    let run = try site.assay.run(["verify", site.archive, "--key", site.key, "--report", site.archive + "/reports"])
    #expect(run.status == 64 && run.errors.contains("Not a directory") && !run.errors.contains("CocoaError"))
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
