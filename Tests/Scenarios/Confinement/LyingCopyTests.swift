import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// `assay import` with a reader in foreign hands: what it says of its copy, and what it leaves in the quarantine. Nothing is
/// let out that was not hashed, the archive is refused, the others are not touched, and the next honest import lets out.
@Suite struct LyingCopyTests {
  private struct Answer: Decodable {
    struct Reason: Decodable { let reason: String }
    struct Out: Decodable {
      let digest: String
      let manifest: String?
      let reason: Reason?
    }
    struct Archive: Decodable {
      let archive: String
      let verdict: String
      let reasons: [Reason]
      let letOut: [Out]
    }
    let verdict: String
    let archives: [Archive]
  }

  static let lies: [(lie: String, reason: String)] = [
    // It has no copy.
    ("not", "reader.forbidden-message"), ("twice", "reader.forbidden-message"),
    ("unfinished", "quarantine.malformed"), ("no-record", "quarantine.malformed"),
    // What it read is no reading, and its copy is one.
    ("nonsense", "reading.malformed"),
    // Its copy is another one than the one that was begun.
    ("other-record", "quarantine.malformed"), ("other-label", "quarantine.malformed"),
    ("other-source", "quarantine.malformed"), ("other-time", "quarantine.malformed"),
    // Its copy is not what it read, or is none of files.
    ("other-bytes", "blob.digest-mismatch"), ("other-digests", "quarantine.malformed"),
    ("other-sizes", "quarantine.malformed"),
    ("no-bytes", "quarantine.malformed"), ("other-list", "quarantine.malformed"),
    ("no-folder", "quarantine.malformed"),
    // No reader makes folders and further names: its starter gave both up for it, too.
    ("folders", "reader.forbidden-call"), ("links", "reader.forbidden-call"),
  ]

  @Test(arguments: lies) func refusesAndLetsNothingOut(_ lie: String, _ reason: String) throws {
    let site = try Site()
    let (status, answer) = try Self.imported(
      site.archive, site, by: try LyingRoleTests.liar("reader-copy-\(lie)", in: site.stick))
    #expect(status == 3 && answer.verdict == "refuse")
    let archive = try #require(answer.archives.first)
    #expect((archive.letOut.compactMap(\.reason) + archive.reasons).map(\.reason) == [reason], "\(archive)")
    #expect(archive.letOut.allSatisfy { $0.manifest == nil } && Self.isNothingOut(site))
    #expect(try site.assay.run(["status"]).status == 0)
    #expect(try site.assay.run(["ledger", "verify"]).status == 0)
    let honest = try Self.imported(site.archive, site)
    #expect(honest.status == 0 && honest.answer.archives[0].letOut.count == 1 && !Self.isNothingOut(site))
    #expect(try site.assay.verify([site.store + "/admitted", "--key", site.key]).answer.verdict == "admit")
  }

  /// What a reader says or does costs its own archive, before or behind the others.
  @Test(arguments: ["not", "unfinished", "no-folder", "other-record"], ["a.tar.gz", "z.tar.gz"])
  func aLostCopyLosesItsOwnArchiveAlone(_ lie: String, _ name: String) throws {
    let site = try Site()
    let stick = try site.stick.makeFolder("stick")
    try runChecked(["sh", "-c", "gzip -c \"$0\" > \"$1\"", site.archive, stick + "/" + name])
    try runChecked(["cp", site.archive, stick])
    let (status, answer) = try Self.imported(
      stick, site, by: try LyingRoleTests.liar("reader-copy-\(lie)=gzip", in: site.stick))
    #expect(status == 3 && answer.archives.count == 2)
    for archive in answer.archives {
      let isOut = archive.letOut.contains { $0.manifest != nil }
      #expect(isOut == !archive.archive.hasSuffix(".gz"), "\(archive)")
    }
  }

  /// A reader that says that the disk is full ends the import, as one does to whom it happens: no verdict, and no one's loss.
  @Test func aReaderCanEndTheImport() throws {
    let site = try Site()
    let liar = try LyingRoleTests.liar("reader-copy-stopped", in: site.stick)
    let result = try site.assay.run(["import", site.archive, "--key", site.key], program: liar)
    #expect(result.status == 1 && Self.isNothingOut(site), "\(result.output) \(result.errors)")
    #expect(try site.assay.run(["ledger", "list"]).output.contains("verdict") == false)
    #expect(try Self.imported(site.archive, site).status == 0)
  }

  /// By nothing that the disk has to do with: that is remembered, as what cannot be read is.
  @Test func aReaderCannotEndItInSilence() throws {
    let site = try Site()
    let liar = try LyingRoleTests.liar("reader-copy-stopped-by-nothing", in: site.stick)
    let result = try site.assay.run(["import", site.archive, "--key", site.key], program: liar)
    #expect(result.status == 3 && Self.isNothingOut(site), "\(result.output) \(result.errors)")
    #expect(try site.assay.run(["ledger", "list"]).output.contains("archive.unreadable"))
    #expect(try Self.imported(site.archive, site).status == 0)
  }

  /// Another archive of the same stick is taken in all the same, before and behind it.
  @Test(arguments: ["a.tar.gz", "z.tar.gz"]) func aStoppedCopyStopsNoOther(_ name: String) throws {
    let site = try Site()
    let stick = try site.stick.makeFolder("stick")
    try runChecked(["sh", "-c", "gzip -c \"$0\" > \"$1\"", site.archive, stick + "/" + name])
    try runChecked(["cp", site.archive, stick])
    let (status, answer) = try Self.imported(
      stick, site, by: try LyingRoleTests.liar("reader-copy-stopped=gzip", in: site.stick))
    #expect(status == 1 && answer.verdict == "incomplete" && answer.archives.count == 1)
    #expect(answer.archives[0].letOut.count == 1 && !Self.isNothingOut(site))
  }

  /// What other media brought no reader changes: not in its place (`RoleRows`), and not by what it leaves under its name.
  @Test func aReaderTakesNothingFromWhatOthersBrought() throws {
    let site = try Site()
    let stranger = SampleImage.make(seed: 8, layerSize: 5000)
    let other = site.stick.path("other.tar")
    try Packing.tar.write(MediumForm.cosignSave.entries(CarriedImage(stranger, [])), to: other, style: .plain)
    #expect(try Self.imported(other, site).status != 0)
    let liar = try LyingRoleTests.liar("reader-copy-names-of-others", in: site.stick)
    _ = try Self.imported(site.archive, site, by: liar)
    #expect(try site.assay.run(["quarantine", "verify"]).status == 0)
    #expect(try Self.imported(site.archive, site).status == 0)
  }

  private static func imported(
    _ medium: String, _ site: Site, by program: String? = nil
  ) throws -> (status: Int32, answer: Answer) {
    let result = try site.assay.run(["import", "--json", medium, "--key", site.key], program: program)
    do {
      return (result.status, try JSONDecoder().decode(Answer.self, from: Data(result.stdout)))
    } catch { throw RunError(description: "status \(result.status): \(result.errors)") }
  }

  private static func isNothingOut(_ site: Site) -> Bool {
    ((try? FileManager.default.contentsOfDirectory(atPath: site.store + "/admitted/blobs/sha256")) ?? []).isEmpty
  }
}
