import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// Signatures that came without proof or entry, proven from a log snapshot that a trust bundle brought.
@Suite struct SnapshotVerificationTests {
  /// An appliance, a site that publishes, and an image whose signature a log has.
  private struct Bench {
    let assay: Assay
    let site: OwnSite
    let world = MiniatureSigstore(seed: 21)
    let image = SampleImage.make(seed: 21, layerSize: 3000)
    let issued: Issued
    let identity = SampleIdentity.releaseWorkflow

    init() throws {
      assay = try Assay()
      site = try OwnSite(assay)
      issued = world.issue(
        SigningRequest(.message(image.simpleSigningPayload()), as: .certificate(identity)))
      let first = try site.publish([("trust", "a/trusted_root.json", world.trustedRoot())], as: "first.tar")
      try #require(try assay.run(["init", "--tpm", "software", "--root", site.root]).status == 0)
      try #require(try assay.run(["trust", "import", first]).status == 0)
    }

    /// The archive with its signature, and what verifies it.
    func archive(_ change: (inout Issued) -> Void = { _ in }) throws -> [String] {
      var issued = issued
      change(&issued)
      let path = site.home.path("image-\(UInt32.random(in: 0...(.max))).tar")
      let carried = CarriedImage(image, [.signature(issued)])
      try Packing.tar.write(MediumForm.cosignSave.entries(carried), to: path, style: .plain)
      return [
        path, "--certificate-identity", identity.name.text, "--certificate-oidc-issuer", identity.issuer,
      ]
    }

    /// A snapshot of the log that has the entry, as a tar.
    /// - Parameter more: a line below the log's signature.
    func snapshot(promised: Bool = true, signedAlso more: String = "") throws -> [UInt8] {
      let entry = try #require(issued.entries.first)
      let proof = try #require(entry.proof)
      let checkpoint = try #require(proof.checkpoint) + more
      let origin = try #require(checkpoint.split(separator: "\n").first)
      func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
      let promise = promised ? #","signedEntryTimestamp":"\#(base64(try #require(entry.promise)))""# : ""
      let logID = entry.logID.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let files: [(String, String)] = [
        ("rekor/log.json", #"{"format":"assay-log-snapshot/1","origin":"\#(origin)","kind":"rekor-v1"}"#),
        ("rekor/checkpoint", checkpoint),
        (
          "rekor/entries/\(proof.logIndex).json",
          #"{"body":"\#(base64(entry.body))","integratedTime":\#(entry.integratedTime ?? 0),"logID":"\#(logID)","logIndex":\#(entry.logIndex)\#(promise)}"#
        ),
        (
          "rekor/proofs/\(proof.logIndex).tlog-proof",
          "c2sp.org/tlog-proof@v1\nindex \(proof.logIndex)\n"
            + proof.hashes.map { base64($0) + "\n" }.joined() + "\n" + checkpoint
        ),
      ]
      return TarWriter.archive { tar in for (name, text) in files { tar.file(name, text) } }
    }

    func take(_ snapshot: [UInt8], _ more: [(role: String, name: String, bytes: [UInt8])] = []) throws {
      let bundle = try site.publish(
        [("logs", "rekor.tar", snapshot)] + more, as: "b\(UInt32.random(in: 0...(.max))).tar.zst")
      let result = try assay.run(["trust", "import", bundle])
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("new here"), "\(result.output)")
    }

    func answer(_ archive: [String]) throws -> (reason: String?, output: String) {
      let text = try assay.run(["verify", "--fresh"] + archive)
      return (try assay.verify(["--fresh"] + archive).answer.firstReason, text.output)
    }
  }

  @Test func whatIsNotCarriedIsProvenFromTheSnapshot() throws {
    let bench = try Bench()
    let promised = try bench.archive()
    let bare = try bench.archive { $0.entries = [] }
    #expect(try bench.answer(promised).output.contains("promised by the log"))
    #expect(try bench.answer(bare).reason == "log.entry-missing")
    try bench.take(try bench.snapshot())
    for archive in [promised, bare] {
      let (reason, output) = try bench.answer(archive)
      #expect(reason == nil, "\(output)")
      #expect(output.contains("proven included by a log snapshot"), "\(output)")
    }
    // What it was proven from is kept with the verdict: the log store may go.
    try FileManager.default.removeItem(atPath: bench.assay.storeFolder + "/logs")
    #expect(try bench.answer(bare).reason == "log.entry-missing")
    let recheck = try bench.assay.run(["recheck", "--all"])
    #expect(recheck.status == 0, "\(recheck.output)")
  }

  /// A proof of another tree than the one that was accepted here since proves nothing any more.
  @Test func whatIsKnownToBeForkedIsNotProvenAgain() throws {
    let bench = try Bench()
    let other = SampleImage.make(seed: 22, layerSize: 3000)
    let request = SigningRequest(.statement(other.signingStatement), as: .certificate(bench.identity))
    bench.world.rekorV1.fork()
    let carried = CarriedImage(other, [.bundle(bench.world.issue(request))])
    let path = bench.site.home.path("other.tar")
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: path, style: .plain)
    let archive = [path] + (try bench.archive().dropFirst())
    #expect(try bench.answer(archive).reason == nil)
    #expect(try bench.assay.run(["recheck", "--all"]).status == 0)
    try bench.take(try bench.snapshot())
    let forked = try bench.answer(archive)
    #expect(forked.reason == "log.fork", "\(forked.output)")
    let recheck = try bench.assay.run(["recheck", other.digest])
    #expect(recheck.status == 3 && recheck.output.contains("log.fork"), "\(recheck.output)")
  }

  @Test func presenceIsNoTime() throws {
    let bench = try Bench()
    try bench.take(try bench.snapshot(promised: false))
    #expect(try bench.answer(try bench.archive { $0.entries = [] }).reason == "time.missing")
  }

  /// Whoever brings snapshots cannot keep an old one young.
  @Test func theSameStateIsAsOldAsItWas() throws {
    let bench = try Bench()
    try bench.take(try bench.snapshot())
    func log() throws -> String? {
      try bench.assay.run(["trust", "list", "--json"]).output.split(separator: "\n")
        .first { $0.contains(#""kind":"log","#) }.map(String.init)
    }
    let before = try #require(try log())
    let stranger = "\u{2014} stranger.example AQIDBAUGBwg=\n"
    let bundle = try bench.site.publish(
      [("logs", "rekor.tar", try bench.snapshot(signedAlso: stranger))], as: "again.tar.zst")
    try #require(try bench.assay.run(["trust", "import", bundle]).status == 0)
    #expect(try log() == before)
  }

  /// A line that nobody could judge when it was taken in stops nothing once its witness is known.
  @Test func aForgedLineOfALaterWitnessIsNone() throws {
    let bench = try Bench()
    let key = [UInt8](repeating: 7, count: 32)
    let name = "later.example"
    // The first four bytes of SHA-256 over the name, a newline, 4 and the key.
    let id: [UInt8] = [0x5d, 0x33, 0xb3, 0xa6]
    let line = Data(id + [UInt8](repeating: 1, count: 72)).base64EncodedString()
    try bench.take(try bench.snapshot(signedAlso: "\u{2014} \(name) \(line)\n"))
    let policy = "witness W \(name)+5d33b3a6+\(Data([4] + key).base64EncodedString())\nquorum none\n"
    let bundle = try bench.site.publish([("policy", "witnesses.tlog-policy", Array(policy.utf8))], as: "later.tar")
    let taken = try bench.assay.run(["trust", "import", bundle])
    try #require(taken.status == 0, "\(taken.errors)")
    let result = try bench.assay.run(["verify", "--fresh"] + bench.archive())
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func anEditedLogStoreTakesAwayAndMakesNothing() throws {
    let bench = try Bench()
    try bench.take(try bench.snapshot())
    let bare = try bench.archive { $0.entries = [] }
    try #require(try bench.answer(bare).reason == nil)
    let logs = bench.assay.storeFolder + "/logs"
    let folder = logs + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: logs).first))
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let good = try readFile(folder + "/" + name)
      for place in stride(from: 0, to: good.count, by: max(1, good.count / 12)) {
        var bad = good
        bad[place] ^= 0x40
        try Data(bad).write(to: URL(filePath: folder + "/" + name))
        let reason = try bench.answer(bare).reason
        #expect(reason == nil || reason == "log.entry-missing", "\(name) at \(place): \(reason ?? "")")
      }
      try Data(good).write(to: URL(filePath: folder + "/" + name))
    }
    #expect(try bench.answer(bare).reason == nil)
  }

  @Test func theReportSaysWhichStateOfTheLogAndHowOld() throws {
    let bench = try Bench()
    let limits =
      #"{"format":"assay-age-limits/1","limits":[{"of":"log-snapshot","warnDays":-2,"failDays":-1}]}"#
    try bench.take(try bench.snapshot())
    let bare = try bench.archive { $0.entries = [] }
    let reports = bench.site.home.path("reports")
    try #require(try bench.assay.run(["verify", "--fresh", "--report", reports] + bare).status == 0)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: reports).first {
        $0.contains(".vsa.") && !$0.contains("receipt")
      })
    let shown = try bench.assay.run(["report", "show", "--json", reports + "/" + name])
    #expect(
      shown.output.contains("log-snapshot") && shown.output.contains("rekor.miniature.example - "), "\(shown.output)")

    // By the site's own limit it serves no more: only what was taken from it is undecided.
    let bundle = try bench.site.publish([("policy", "age-limits.json", Array(limits.utf8))], as: "old.tar")
    try #require(try bench.assay.run(["trust", "import", bundle]).status == 0)
    #expect(try bench.answer(bare).reason == "trust.too-old")
    // Nor by the receipt of before the limit.
    #expect(try bench.assay.verify(bare).answer.firstReason == "trust.too-old")
    #expect(try bench.answer(try bench.archive()).reason == nil)
  }
}
