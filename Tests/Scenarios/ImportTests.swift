import FoundationEssentials
import Glibc
import MiniatureSigstore
import TestSupport
import Testing

/// A stick from hand to cluster, as an operator does it.
struct ImportScenarioTests {
  private struct Answer: Decodable {
    struct Out: Decodable {
      let digest: String
      let manifest: String?
      let names: [String]?
      let attachments: Int?
    }
    struct Archive: Decodable {
      let archive: String
      let verdict: String
      let medium: String?
      let letOut: [Out]
    }
    struct Left: Decodable { let path: String }
    let format: String
    let verdict: String
    let archives: [Archive]
    let leftThere: [Left]
  }

  /// A stick with one image that is signed by the key, and one that is not.
  private struct Site {
    let assay: Assay
    let folder: TemporaryFolder
    let key: String
    let good: CarriedImage
    let bad: CarriedImage

    init() throws {
      assay = try Assay()
      #expect(try assay.run(["init", "--tpm", "software"]).status == 0)
      folder = try TemporaryFolder()
      let world = MiniatureSigstore(seed: 5)
      let signer = SampleKey()
      key = try folder.write("signer.pub", Array(signer.publicPEM.utf8))
      func carried(_ seed: UInt64, _ key: SampleKey) -> CarriedImage {
        let image = SampleImage.make(
          seed: seed, platforms: [.linuxAMD64], layerSize: 20_000, carriesForeignLayers: false,
          buildKitAttestations: false)
        let request = SigningRequest(.message(image.simpleSigningPayload()), as: .key(key))
        return CarriedImage(image, [.signature(world.issue(request))], tag: "v\(seed)")
      }
      good = carried(1, signer)
      bad = carried(2, SampleKey())
      try folder.write("stick/readme.txt", Array("hello".utf8))
      try Packing.tar.write(
        MediumForm.orasBackupAllTags.entries(good), to: folder.path("stick/good.tar"), style: .plain)
      try Packing.tarZstd.write(
        MediumForm.orasBackupAllTags.entries(bad), to: folder.path("stick/bad.tar.zst"), style: .plain)
    }

    var stick: String { folder.path("stick") }
    var store: String { assay.storeFolder }

    func imported(_ arguments: [String] = []) throws -> (status: Int32, answer: Answer) {
      let result = try assay.run(["import", "--json", stick, "--key", key] + arguments)
      do {
        return (result.status, try JSONDecoder().decode(Answer.self, from: Data(result.stdout)))
      } catch { throw RunError(description: "status \(result.status): \(result.errors)") }
    }
  }

  @Test func aStickIsTakenInAndWhatIsAdmittedIsLetOut() throws {
    let site = try Site()
    let (status, answer) = try site.imported(["--report", site.folder.path("reports")])
    #expect(status == 3 && answer.verdict == "refuse" && answer.format == "assay-import/1")
    #expect(answer.leftThere.map(\.path) == [site.stick + "/readme.txt"])
    #expect(answer.archives.map(\.verdict) == ["refuse", "admit"])
    #expect(answer.archives.allSatisfy { $0.medium != nil })
    let out = try #require(answer.archives[1].letOut.first)
    #expect(answer.archives[0].letOut.isEmpty && answer.archives[1].letOut.count == 1)
    #expect(out.digest == site.good.image.digest && out.manifest == out.digest && out.attachments == 1)
    // The layout stands for itself: another verification of it comes to the same verdict, with nothing else in it.
    let again = try site.assay.verify([site.store + "/admitted", "--key", site.key])
    #expect(again.status == 0)
    #expect(again.answer.archives[0].images.map(\.digest) == [site.good.image.digest])
    #expect(again.answer.archives[0].images[0].names == out.names)
    #expect(try TemporaryNames.of(site.folder.path("reports")).contains("summary.json"))
    let told = try site.assay.run(["import", site.stick, "--key", site.key]).output
    #expect(told.hasSuffix("refuse: 2 archives (1 admit, 1 refuse), let out: 1\n"), "\(told)")
    // A verdict of the past lets out as well, and nothing is there twice.
    let blobs = try TemporaryNames.of(site.store + "/admitted/blobs/sha256")
    let second = try site.imported()
    #expect(second.status == 3 && second.answer.archives[1].letOut.map(\.digest) == [site.good.image.digest])
    #expect(try TemporaryNames.of(site.store + "/admitted/blobs/sha256") == blobs)
    // It is known, and has one record.
    #expect(second.answer.archives.map(\.medium) == answer.archives.map(\.medium))
    let third = try site.assay.run(["import", site.stick + "/good.tar", "--key", site.key])
    #expect(!third.output.contains("archives ("))
    #expect(third.errors.contains("as medium \(answer.archives[1].medium ?? "")"), "\(third.errors)")
    #expect(
      try site.assay.run(["quarantine", "list"]).output.split(separator: "\n").count { $0.contains("judged") } == 2)
  }

  /// Files with a bundle's name that are none, or too much: the operator named none of them.
  @Test func aBundleThatDoesNotReadIsLeftThere() throws {
    let site = try Site()
    try runChecked(["rm", site.stick + "/bad.tar.zst"])
    func made(_ name: String, _ line: String, _ count: Int) throws {
      try site.folder.write("stick/" + name, Array(String(repeating: line, count: count).utf8))
    }
    try made("empty.jsonl", "", 0)
    try made("many.jsonl", "{}\n", 10_001)
    // As many lines as a file may have: whoever takes them apart first needs gigabytes.
    try made("short.jsonl", "1\n", 32 << 20)
    try site.folder.write("stick/line.jsonl", [0x31] + [UInt8](repeating: 0x30, count: 17 << 20))
    try runChecked(["truncate", "-s", "\((64 << 20) + 1)", site.stick + "/large.jsonl"])
    let names = ["empty", "large", "line", "many", "short"].map { "\(site.stick)/\($0).jsonl" }
    let (status, answer) = try site.imported()
    #expect(status == 0 && answer.archives.map(\.verdict) == ["admit"])
    // What has nothing in it was looked at; of the others nobody knows what they hold.
    #expect(answer.leftThere.map(\.path) == names.dropFirst() + [names[0], "\(site.stick)/readme.txt"])
    let told = try site.assay.run(["import", site.stick, "--key", site.key])
    for name in names { #expect(told.errors.contains("left there: \(name): ")) }
    #expect(told.errors.contains("not all of \(site.stick) was looked at"), "\(told.errors)")
    // Those that are named are mistakes.
    for name in names {
      let named = try site.assay.run(["verify", site.stick + "/good.tar", "--key", site.key, "--bundle", name])
      #expect(named.status == 64 && named.errors.contains(name), "\(named.errors)")
    }
  }

  /// A stick is named as people name it.
  @Test func aStickIsNamedInManyWays() throws {
    let site = try Site()
    try runChecked(["rm", site.stick + "/bad.tar.zst"])
    try runChecked(["ln", "-s", "stick", site.folder.path("mounted")])
    for name in ["stick/", "mounted", "./stick/../mounted/", "stick/good.tar"] {
      let shell = "cd \"$0\" && exec \"$1\" import \"$2\" --key \"$3\" --state \"$4\""
      let result = try run(["sh", "-c", shell, site.folder.path, Products.path("assay"), name, site.key, site.store])
      #expect(result.status == 0 && result.output.contains("let out"), "\(name): \(result.errors)")
    }
  }

  /// One more bundle must not cost every archive its verdict: a prover takes so many, and no more.
  @Test(arguments: [("{}\n", 6_000, 1), (String(repeating: "1", count: 15 << 20) + "\n", 2, 2)])
  func bundlesTogetherAreBounded(_ line: String, _ lines: Int, _ files: Int) throws {
    let site = try Site()
    try runChecked(["rm", site.stick + "/bad.tar.zst"])
    let bytes = Array(String(repeating: line, count: lines).utf8)
    for number in 0...files { try site.folder.write("stick/\(number).jsonl", bytes) }
    let (status, answer) = try site.imported()
    #expect(status == 0)
    #expect(answer.leftThere.map(\.path) == ["\(site.stick)/\(files).jsonl", "\(site.stick)/readme.txt"])
  }

  /// `assay … | head -1`: what comes behind the first archive is judged, recorded and let out all the same.
  @Test(arguments: [["import"], ["import", "--json"]]) func nobodyNeedsToRead(_ verb: [String]) throws {
    let site = try Site()
    let reports = site.folder.path("reports")
    let unread = try site.assay.runUnread(verb + [site.stick, "--key", site.key, "--report", reports])
    #expect(unread.status == 3 && unread.errors.contains("could not be written"), "\(unread.errors)")
    #expect(try site.assay.run(["quarantine", "list"]).output.contains("admit  \(site.good.image.digest)"))
    #expect(
      try TemporaryNames.of(site.store + "/admitted/blobs/sha256").contains { site.good.image.digest.hasSuffix($0) })
    #expect(try TemporaryNames.of(reports).contains("summary.json"))
    // Of an admission nobody heard.
    let alone = try site.assay.runUnread(verb + [site.stick + "/good.tar", "--key", site.key])
    #expect(alone.status == 1)
  }

  @Test(arguments: [[], ["--json"]]) func nobodyNeedsToReadVerdicts(_ options: [String]) throws {
    let site = try Site()
    let (good, bad) = (site.stick + "/good.tar", site.stick + "/bad.tar.zst")
    let unread = try site.assay.runUnread(["verify", good, bad, "--key", site.key] + options)
    #expect(unread.status == 3 && unread.errors.contains("could not be written"), "\(unread.errors)")
    let leaves = try site.assay.run(["ledger", "list"]).output
    for image in [site.good.image, site.bad.image] { #expect(leaves.contains(image.digest), "\(leaves)") }
    #expect(try site.assay.runUnread(["verify", good, "--key", site.key] + options).status == 1)
  }

  /// A reader that copies leaves something behind: it begins when the PIN is right and the store open.
  @Test func nothingIsTakenBeforeThePINIsRight() throws {
    let site = try Site()
    let state = ["--state", site.folder.path("pinned")]
    let (right, wrong) = (
      try site.folder.write("right", Array("123456".utf8)), try site.folder.write("wrong", Array("1".utf8))
    )
    #expect(try site.assay.run(["init", "--tpm", "software", "--pin-file", right] + state).status == 0)
    let arguments = ["import", site.stick + "/good.tar", "--key", site.key] + state
    let refused = try site.assay.run(arguments + ["--pin-file", wrong])
    #expect(refused.status == 1, "\(refused.errors)")
    for folder in ["media", "blobs/sha256", "blobs/sha512", "incoming"] {
      let path = site.folder.path("pinned/quarantine/" + folder)
      #expect((try? TemporaryNames.of(path)) ?? [] == [], "\(folder)")
    }
    #expect(try site.assay.run(arguments + ["--pin-file", right]).status == 0)
  }

  /// A mistake of whoever calls is no verdict on what lies there.
  @Test(arguments: ["", String(repeating: "x", count: 4097)]) func aLabelIsBounded(_ label: String) throws {
    let site = try Site()
    let result = try site.assay.run(["import", site.stick, "--key", site.key, "--label", label])
    #expect(result.status == 64 && result.errors.contains("--label"), "\(result.errors)")
  }

  @Test func theQuarantineIsListedClearedAndHashed() throws {
    let site = try Site()
    _ = try site.imported()
    func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
      let result = try site.assay.run(["quarantine"] + arguments)
      return (result.status, result.output)
    }
    let list = try run(["list"])
    #expect(list.status == 0 && list.text.contains("admit  \(site.good.image.digest)"))
    #expect(list.text.contains("refuse  \(site.bad.image.digest)"))
    #expect(try run(["verify"]).status == 0)
    #expect(try run(["gc", "--refused", "--dry-run"]).text.contains("1 media"))
    #expect(try run(["gc", "--refused"]).text.contains("1 media"))
    #expect(try !run(["list"]).text.contains(site.bad.image.digest))
    #expect(try run(["gc", "--older-than", "0", "--json"]).text.contains("assay-quarantine-gc/1"))
    #expect(try run(["gc", "--medium", "0000000000000000"]).status == 64)
    // What was admitted stays, and what is altered is found.
    let blob = site.store + "/admitted/blobs/sha256/" + site.good.image.digest.dropFirst(7)
    try Data([UInt8(ascii: "x")]).write(to: URL(filePath: blob))
    let damaged = try run(["verify", "--json"])
    #expect(damaged.status == 3 && damaged.text.contains(site.good.image.digest))
  }

  @Test func withoutAStoreNothingIsTakenIn() throws {
    let assay = try Assay()
    let folder = try TemporaryFolder()
    let key = try folder.write("signer.pub", Array(SampleKey().publicPEM.utf8))
    try folder.write("stick/readme.txt", [])
    for arguments in [["import", folder.path("stick"), "--key", key], ["quarantine", "list"]] {
      let result = try assay.run(arguments)
      #expect(result.status == 64 && result.errors.contains("assay init"), "\(result.errors)")
    }
  }

  /// Nothing was wrong with the command, and nothing was decided.
  @Test func aStickWithoutArchivesIsIncomplete() throws {
    let site = try Site()
    try runChecked(["rm", site.stick + "/good.tar", site.stick + "/bad.tar.zst"])
    let (status, answer) = try site.imported()
    #expect(status == 4 && answer.verdict == "incomplete" && answer.archives.isEmpty)
    #expect(answer.leftThere.map(\.path) == [site.stick + "/readme.txt"])
    let told = try site.assay.run(["import", site.stick, "--key", site.key])
    #expect(told.status == 4 && told.errors.contains("no archive"), "\(told.errors)")
    #expect(try site.assay.run(["quarantine", "list"]).output.contains("empty"))
  }

  /// What is taken in is read once, also what no image can be read from: nothing is said of what a second reading would
  /// find. What is only verified is named by the digest of the file.
  @Test(arguments: ["import", "verify"]) func whatCannotBeReadIsNamed(_ verb: String) throws {
    let site = try Site()
    let cut = site.stick + "/cut.tar"
    try runChecked(["sh", "-c", #"head -c 2000 "$0" > "$1""#, site.stick + "/good.tar", cut])
    let reports = site.stick + "/reports"
    #expect(try site.assay.run([verb, cut, "--key", site.key, "--report", reports]).status == 3)
    let report = try #require(
      FileManager.default.contentsOfDirectory(atPath: reports).first { $0.hasSuffix(".vsa.sigstore.json") })
    let shown = try site.assay.run(["report", "show", reports + "/" + report]).output
    #expect(shown.contains("urn:x-assay:\(verb == "import" ? "unread" : "archive"):sha256:"), "\(shown)")
  }

  /// What lies beside all archives is warned of once, and what signed is said with each verdict, those of the past and
  /// those on whole archives among them.
  @Test func wordsThatBelongToEachVerdictOrToNone() throws {
    let site = try Site()
    try site.folder.write("stick/junk.jsonl", Array("{}\n[]\n".utf8))
    try runChecked(["cp", site.stick + "/good.tar", site.stick + "/short.tar"])
    try runChecked(["truncate", "-s", "30000", site.stick + "/short.tar"])
    for _ in 0..<2 {
      let told = try site.assay.run(["import", site.stick, "--key", site.key])
      for line in 1...2 { #expect(times("junk.jsonl line \(line) counts for no image", in: told.errors) <= 1) }
      #expect(times("signed by a software TPM", in: told.output) == 3, "\(told.output)")
    }
    let alone = try site.assay.run(["import", site.stick, "--key", site.key, "--fresh"])
    for line in 1...2 { #expect(times("junk.jsonl line \(line) counts for no image", in: alone.errors) == 1) }
    let known = try site.assay.run(["verify", "--by-digest", site.good.image.digest, "--key", site.key])
    #expect(known.status == 0 && times("signed by a software TPM", in: known.output) == 1, "\(known.output)")
  }

  /// Nobody reads thousands of lines.
  @Test func manyBundlesThatReadAsNoneAreSaidInFewWords() throws {
    let site = try Site()
    try site.folder.write("stick/junk.jsonl", Array(String(repeating: "{}\n", count: 500).utf8))
    let told = try site.assay.run(["import", site.stick, "--key", site.key]).errors
    #expect(
      times("counts for no image", in: told) == 20 && times("further pieces of evidence", in: told) == 1, "\(told)")
  }

  private func times(_ words: String, in text: String) -> Int {
    text.split(separator: "\n").count { $0.contains(words) }
  }

  @Test func mistakesAreToldBeforeAnythingIsTaken() throws {
    let site = try Site()
    try runChecked(["rm", site.stick + "/good.tar", site.stick + "/bad.tar.zst"])
    #expect(try site.assay.run(["import", "-", "--key", site.key]).status == 64)
    #expect(try site.assay.run(["import", site.stick + "/absent", "--key", site.key]).status == 64)
    #expect(try TemporaryNames.of(site.store).allSatisfy { $0 != "quarantine" })
  }

  /// A truncated archive is refused, recorded, and nothing of it is let out.
  @Test func whatCannotBeReadIsRefused() throws {
    let site = try Site()
    try runChecked(["rm", site.stick + "/bad.tar.zst"])
    try runChecked(["truncate", "-s", "30000", site.stick + "/good.tar"])
    let (status, answer) = try site.imported()
    #expect(status == 3 && answer.archives.map(\.verdict) == ["refuse"])
    #expect(answer.archives[0].letOut.isEmpty && answer.archives[0].medium != nil)
    #expect(try site.assay.run(["quarantine", "list"]).output.contains("archive.truncated"))
  }

  /// So large that the C library gives memory back while it is read; nothing that it asks for then is forbidden.
  @Test(arguments: ["import", "verify"]) func aLargeCompressedArchiveIsRead(verb: String) throws {
    let site = try Site()
    let entries = MediumForm.orasBackupAllTags.entries(site.good)
    let path = site.stick + "/large.tar"
    try Packing.tar.write(
      entries + [MediumEntry("extra", [UInt8](repeating: 0, count: 60_000_000))], to: path, style: .plain)
    try runChecked(["gzip", "-1", path])
    let result = try site.assay.run([verb, path + ".gz", "--key", site.key])
    #expect(result.status == 0, "\(result.output)")
  }

  /// Killed while it copies, with every process of it: the next import goes on.
  @Test func aKilledImportGoesOn() throws {
    let site = try Site()
    let entries =
      MediumForm.orasBackupAllTags.entries(site.good)
      + (0..<300).map { MediumEntry("extra/\($0)", [UInt8](repeating: UInt8($0 % 256), count: 200_000 + $0)) }
    try Packing.tar.write(entries, to: site.stick + "/good.tar", style: .plain)
    let command = [
      Products.path("assay"), "import", site.stick + "/good.tar", "--key", site.key, "--state", site.store,
    ]
    var caught = 0
    for count in [1, 60, 120] {
      let process = try Companion(command, log: site.folder.path("log"))
      try Companion.wait(for: "\(count) contents") {
        try Self.incoming(site).map { try TemporaryNames.of($0 + "/blobs/sha256", orNothing: true).count }.max() ?? 0
          >= count
      }
      process.end()
      // Its reader ends with it, a moment later.
      usleep(50_000)
      if try isHalfCopied(site, of: entries.count) { caught += 1 }
    }
    #expect(caught > 0, "no kill came while contents were copied")
    let isHalfCopied = try isHalfCopied(site, of: entries.count)
    #expect(try site.assay.run(["quarantine", "list"]).output.contains("interrupted") == isHalfCopied)
    let result = try site.assay.run(["import", site.stick + "/good.tar", "--key", site.key])
    #expect(result.status == 0 && result.errors.contains("goes on with medium") == isHalfCopied, "\(result.errors)")
    #expect(try site.assay.run(["quarantine", "verify"]).status == 0)
    let list = try site.assay.run(["quarantine", "list"]).output
    #expect(!list.contains("interrupted") && list.contains("admit  \(site.good.image.digest)"), "\(list)")
    #expect(try TemporaryNames.of(site.store + "/quarantine/media").count == 2)
  }

  /// The folders of copies on their way.
  private static func incoming(_ site: Site) throws -> [String] {
    let place = site.store + "/quarantine/incoming"
    return try TemporaryNames.of(place, orNothing: true).filter { !$0.contains(".") }.map { place + "/" + $0 }
  }

  /// Whether a record says that a medium is being copied, and its list has some of the contents and not all.
  private func isHalfCopied(_ site: Site, of count: Int) throws -> Bool {
    for copy in try Self.incoming(site) {
      for name in try TemporaryNames.of(copy) where name.hasSuffix(".json") {
        let record = String(decoding: try readFile(copy + "/" + name), as: UTF8.self)
        guard record.contains("\"state\":\"copying\"") else { continue }
        let lines = try readFile(copy + "/" + name.dropLast(4) + "files").count { $0 == 0x0a }
        return (1..<count).contains(lines)
      }
    }
    return false
  }
}

private enum TemporaryNames {
  /// - Parameter orNothing: whether there may be no such folder yet.
  static func of(_ path: String, orNothing: Bool = false) throws -> [String] {
    if orNothing, !FileManager.default.fileExists(atPath: path) { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}
