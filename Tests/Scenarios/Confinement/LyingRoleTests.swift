import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// Roles in foreign hands: the appliance with a reader or prover that misbehaves. The archive is refused with a reason that
/// says which role, the history has it, and nothing else is touched.
@Suite struct LyingRoleTests {
  static let lies: [(lie: String, reason: String)] = [
    ("reader-crash-first", "reader.crashed"), ("reader-crash", "reader.crashed"), ("reader-quit", "reader.crashed"),
    ("reader-short", "reader.crashed"), ("reader-memory", "reader.crashed"), ("reader-hang", "reader.timeout"),
    ("reader-drip", "reader.timeout"), ("prover-drip", "prover.timeout"),
    // What is no news is no sign of life.
    ("reader-still", "reader.forbidden-message"), ("prover-still", "prover.forbidden-message"),
    ("reader-forbidden-call", "reader.forbidden-call"), ("reader-twice", "reader.forbidden-message"),
    ("reader-unknown", "reader.forbidden-message"), ("reader-unconfined-word", "reader.forbidden-message"),
    ("reader-huge", "reader.forbidden-message"), ("reader-large-object", "reader.forbidden-message"),
    ("reader-many-objects", "reader.forbidden-message"), ("reader-endless-progress", "reader.forbidden-message"),
    ("reader-foreign", "reader.forbidden-message"),
    ("reader-flood", "reader.forbidden-message"), ("reader-nonsense", "reading.malformed"),
    ("reader-empty", "json.malformed"),
    // What changes no verdict is no way to fail.
    ("reader-ageing", "reading.malformed"), ("reader-waiver", "reading.malformed"),
    ("prover-ageing", "findings.malformed"), ("prover-waiver", "findings.malformed"),
    ("reader-passing-failure", "reading.malformed"),
    // What no denial would see.
    ("reader-absent", "reading.malformed"), ("reader-absent-as-foreign", "reading.malformed"),
    ("reader-uncarried-layers", "reading.malformed"), ("reader-foreign-layers", "reading.malformed"),
    // What a signature covers is for the index to say that was signed.
    ("reader-under-signed-index", "reading.malformed"), ("reader-beside-signed-manifest", "reading.malformed"),
    ("reader-under-invented-index", "reading.malformed"),
    // And what it consists of, for its manifest.
    ("reader-other-layers", "reading.malformed"), ("reader-hidden-layers", "reading.malformed"),
    // And what it runs on, for its configuration.
    ("reader-other-platform", "reading.malformed"), ("reader-hidden-configuration", "reading.malformed"),
    ("prover-crash-first", "prover.crashed"),
    ("prover-crash", "prover.crashed"),
    ("prover-quit", "prover.crashed"), ("prover-short", "prover.crashed"), ("prover-memory", "prover.crashed"),
    ("prover-hang", "prover.timeout"), ("prover-forbidden-call", "prover.forbidden-call"),
    ("prover-twice", "prover.forbidden-message"), ("prover-unknown", "prover.forbidden-message"),
    ("prover-huge", "prover.forbidden-message"), ("prover-large-question", "prover.forbidden-message"),
    ("prover-odd-question", "prover.forbidden-message"), ("prover-endless-questions", "prover.forbidden-message"),
    // Its keeper answers, and it takes no answer.
    ("prover-flood", "prover.timeout"),
    ("prover-nonsense", "findings.malformed"), ("prover-missing", "findings.malformed"),
    ("prover-other-evidence", "findings.malformed"), ("prover-other-anchor", "findings.malformed"),
    ("prover-reattached", "findings.malformed"), ("prover-future-time", "findings.malformed"),
  ]

  @Test(arguments: lies) func refusesAndRecords(_ lie: String, _ reason: String) throws {
    let site = try Site()
    let liar = try Self.liar(lie, in: site.stick)
    let asked = [site.archive, "--key", site.key]
    let (status, answer) = try site.assay.verify(
      asked + ["--patience", reason.hasSuffix("timeout") ? "1" : "30"], by: liar)
    #expect(status == 3 && answer.verdict == "refuse" && answer.firstReason == reason, "\(answer)")
    // The history has it, and stands; and the next reader and prover are not touched.
    #expect(try site.assay.run(["status"]).status == 0)
    #expect(try site.assay.run(["ledger", "verify"]).status == 0)
    let leaves = try site.assay.run(["ledger", "list"]).output
    // Where even the reader that only hashes dies, it is recorded by its name.
    #expect(leaves.contains("refuse") && leaves.contains(reason), "\(leaves)")
    #expect(!leaves.contains("admit"))
    #expect(try site.assay.verify(asked).answer.verdict == "admit")
  }

  /// A reader may say of its archive what it likes, and no digest is admitted that no evidence covers.
  @Test(arguments: ["other-image", "reattached", "invented-evidence", "no-image", "lacking"])
  func aReaderHasNothingAdmittedThatNobodySigned(_ lie: String) throws {
    let site = try Site()
    let (status, answer) = try site.assay.verify(
      [site.archive, "--key", site.key], by: try Self.liar("reader-\(lie)", in: site.stick))
    #expect(status != 0 && answer.verdict != "admit", "\(answer)")
  }

  /// A prover that says that something was proven is believed, once; the evidence is kept, and says otherwise.
  @Test func recheckFindsWhatAProverInvented() throws {
    let site = try Site()
    let other = try site.stick.write("other.pub", Array(SampleKey(.p256).publicPEM.utf8))
    let honest = try site.assay.verify([site.archive, "--key", other])
    #expect(honest.status != 0)
    let liar = try Self.liar("prover-invented-success", in: site.stick)
    let told = try site.assay.verify([site.archive, "--key", other], by: liar)
    #expect(told.status == 0 && told.answer.verdict == "admit")
    let recheck = try site.assay.run(["recheck", "--all"])
    #expect(recheck.status == 3, "\(recheck.output)")
  }

  /// What is more than is weighed when a verdict is given is not weighed when it is looked at again.
  @Test func recheckIsBounded() throws {
    let site = try Site()
    // Of several parts, each of which the evidence is about.
    let signer = SampleKey()
    let image = SampleImage.make(seed: 7, platforms: [.linuxAMD64, .linuxARM64], layerSize: 5000)
    let request = SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer))
    let carried = CarriedImage(image, [.signature(MiniatureSigstore(seed: 5).issue(request))])
    let archive = site.stick.path("index.tar")
    try Packing.tar.write(MediumForm.orasBackupAllTags.entries(carried), to: archive, style: .plain)
    let key = try site.stick.write("index.pub", Array(signer.publicPEM.utf8))
    #expect(try site.assay.verify([archive, "--key", key]).status == 0)
    let liar = try Self.liar("prover-many-findings", in: site.stick)
    let flooded = try site.assay.run(["recheck", "--all"], program: liar)
    #expect(flooded.status == 4 && flooded.output.contains("archive.limit-exceeded"), "\(flooded)")
    #expect(try site.assay.run(["recheck", "--all"]).status == 0)
  }

  /// Evidence that lies beside an image admits it, and the same image in another archive has none of it: in either order,
  /// in one command and after it.
  @Test(arguments: [true, false]) func oneArchiveHasNoSayInAnothersVerdict(isBareFirst: Bool) throws {
    let site = try Site()
    let image = SampleImage.make(seed: 7, layerSize: 5000)
    let bare = site.stick.path("bare.tar")
    try Packing.tar.write(MediumForm.cosignSave.entries(CarriedImage(image)), to: bare, style: .plain)
    let archives = isBareFirst ? [bare, site.archive] : [site.archive, bare]
    for _ in 1...2 {
      let (status, answer) = try site.assay.verify(archives + ["--key", site.key])
      #expect(status != 0 && answer.verdict == "incomplete", "\(answer)")
      for (archive, result) in zip(archives, answer.archives) {
        #expect(result.images.map(\.digest) == [image.digest])
        #expect(result.verdict == (archive == bare ? "incomplete" : "admit"), "\(archive)")
      }
    }
  }

  /// Whatever one archive's reader does, before or after: the others are read by readers of their own, and judged as they
  /// are alone, however they come.
  @Test(arguments: ["crash", "forbidden-call", "flood", "nonsense", "under-signed-index"])
  func aLostReaderLosesItsOwnArchiveAlone(_ lie: String) throws {
    let site = try Site(initialising: nil)
    let folder = try site.stick.makeFolder("unpacked")
    try runChecked(["tar", "xf", site.archive, "-C", folder])
    try runChecked(["gzip", "-k", site.archive])
    let (compressed, key) = (site.archive + ".gz", ["--key", site.key])
    let alone = try [site.archive, folder, compressed].map { try site.assay.verify([$0] + key).answer.archives[0] }
    #expect(Set(alone.map { "\($0.verdict) \($0.images[0].digest)" }).count == 1 && alone[0].verdict == "admit")
    let piped = try site.assay.run(["verify", "-", "--json"] + key, input: readFile(site.archive))
    #expect(piped.status == 0 && piped.output.contains(alone[0].images[0].digest))

    let liar = try Self.liar("reader-\(lie)=gzip", in: site.stick)
    for archives in [[compressed, site.archive, folder], [site.archive, compressed, folder]] {
      let (status, answer) = try site.assay.verify(archives + key, by: liar)
      #expect(status == 3 && answer.verdict == "refuse")
      for (archive, result) in zip(archives, answer.archives) {
        #expect(result.verdict == (archive == compressed ? "refuse" : "admit"), "\(archive)")
        #expect(archive == compressed || result.images.map(\.digest) == alone[0].images.map(\.digest))
      }
    }
  }

  /// A role that cannot confine itself does not run: no verdict, and the sentence says what there is to do.
  @Test(arguments: ["reader", "prover"]) func nothingRunsUnconfined(_ role: String) throws {
    let site = try Site()
    let liar = try Self.liar("\(role)-unable", in: site.stick)
    let result = try site.assay.run(["verify", site.archive, "--key", site.key], program: liar)
    #expect(result.status == 1 && result.errors.contains("--unconfined"), "\(result.errors)")
    #expect(try site.assay.run(["ledger", "list"]).output.contains("verdict") == false)
  }

  @Test func theReportSaysWhatHeld() throws {
    for (arguments, held) in [([], true), (["--unconfined"], false)] {
      let site = try Site(initialising: nil)
      let reports = site.stick.path("reports")
      let result = try site.assay.run(["verify", site.archive, "--key", site.key, "--report", reports] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("--unconfined") != held)
      let name = try #require(
        FileManager.default.contentsOfDirectory(atPath: reports).first { $0.hasSuffix(".vsa.unsigned.json") })
      let text = String(decoding: try readFile(reports + "/" + name), as: UTF8.self).filter { !$0.isWhitespace }
      #expect(text.contains("\"confinement\":{\"confined\":\(held),"), "\(text)")
    }
  }

  /// A trial without confinement decides nothing that is asked later, and is asked nothing.
  @Test func noVerdictPassesFromOneConfinementToTheOther() throws {
    let site = try Site()
    func isKnown(_ options: [String]) throws -> Bool {
      let result = try site.assay.run(["verify", site.archive, "--key", site.key] + options)
      #expect(result.status == 0, "\(result.errors)")
      return result.output.contains("receipt")
    }
    let digest = try site.assay.verify([site.archive, "--key", site.key, "--unconfined"]).answer.archives[0].images[0]
      .digest
    #expect(try site.assay.run(["verify", "--by-digest", digest, "--key", site.key]).status == 4)
    #expect(try !isKnown([]) && isKnown([]))
    #expect(try site.assay.run(["verify", "--by-digest", digest, "--key", site.key]).status == 0)
    // The newest record is the confined one; the other one is found as well by whoever asks for it.
    #expect(try isKnown(["--unconfined"]))
  }

  /// A prover that works alone is confined as well, and its answer may go to a file: here it does.
  @Test func aLonelyProverAnswersIntoAFile() throws {
    let site = try Site(initialising: nil)
    let bundle = try site.stick.write("a.sigstore.json", Array("{}".utf8))
    let result = try site.assay.run(["verify-bundle", "--bundle", bundle, "--key", site.key, site.archive])
    #expect(result.status == 3 && result.output.contains("bundle.malformed"), "\(result.output) \(result.errors)")
  }

  /// Whoever closed standard input gets no medium in its place.
  @Test func closedStreamsLeadNowhere() throws {
    let site = try Site()
    let shell = "exec \"$0\" verify \"$1\" - --key \"$2\" --state \"$3\" --json <&-"
    let result = try run(["sh", "-c", shell, Products.path("assay"), site.archive, site.key, site.store])
    #expect(result.status == 3 && result.output.contains("it is empty"), "\(result.output) \(result.errors)")
  }

  /// The appliance under a name that says how its roles lie.
  static func liar(_ lie: String, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("liar.\(lie)")
    // A link where both lie on one file system, otherwise a copy.
    do { try FileManager.default.linkItem(atPath: Products.path("lying-roles"), toPath: path) } catch {
      try FileManager.default.copyItem(atPath: Products.path("lying-roles"), toPath: path)
    }
    return path
  }
}
