import FoundationEssentials
import LogSnapshot
import SignedNote
import SnapshotSketch
import TestSupport
import Testing

/// Log snapshots out of trust bundles, through the program: taken in as a whole, or refused with everything as it was.
@Suite struct LogImportTests {
  @Test(arguments: ["tar", "tar.gz", "tar.zst", "folder"]) func takesAFirstSnapshotIn(_ form: String) throws {
    let log = try SketchedTlog(leaves: 300)
    let rig = try LogSite([log])
    var bundle = try rig.bundle(.whole(log), as: "first.\(form == "folder" ? "tar" : form)")
    if form == "folder" {
      let folder = rig.site.home.path("folder")
      try runChecked(["mkdir", folder])
      try runChecked(["tar", "-xf", bundle, "-C", folder])
      bundle = folder
    }
    let looked = try rig.assay.run(["trust", "import", bundle, "--dry-run"])
    #expect(looked.status == 0 && looked.output.contains("log.example/a: 300 entries"), "\(looked.errors)")
    #expect(try rig.status().output.contains("No log is known"))
    let taken = try rig.importing(bundle)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(taken.output.contains("log.example/a: 300 entries, signed as") && taken.output.contains("new here"))
    #expect(taken.output.contains("3 tiles and 300 entries verified"), "\(taken.output)")
    let status = try rig.status()
    #expect(status.status == 0 && status.output.contains("300 entries"))
    #expect(status.output.contains(base64(log.head(300).root)))
    #expect(status.output.contains("no earlier state that was seen here"))
    #expect(try rig.assay.run(["trust", "list"]).output.contains("log  log.example/a"))
    #expect(try rig.leftovers().isEmpty)
    // The same once more changes nothing.
    #expect(try rig.importing(bundle).output.contains("Nothing changes"))
  }

  @Test func growsByTilesThatItHas() throws {
    var log = try SketchedTlog(leaves: 300)
    let rig = try LogSite([log])
    try rig.take(.whole(log), as: "first.tar")
    log.append(400)
    // The full tiles of before are not carried again.
    var next = try SketchedSnapshot(of: log)
    next.carry(tilesOf: log.size, log) { level, tile in level > 0 || tile.number > 0 }
    #expect(try rig.take(next, as: "second.tar").contains("continues all 1 states that were known"))
    log.append(1)
    var last = try SketchedSnapshot(of: log)
    last.carry(tilesOf: log.size, log) { level, tile in level > 0 || tile.number > 1 }
    #expect(try rig.take(last, as: "third.tar").contains("continues all 2 states"))
    let status = try rig.status().output
    #expect(status.contains("701 entries") && status.contains("2 earlier states"), "\(status)")
  }

  @Test func growsByAPath() throws {
    var log = try SketchedTlog("rekor.example", .rekorVersion1, leaves: 120)
    let rig = try LogSite([log])
    try rig.take(try SketchedSnapshot(of: log), as: "first.tar")
    log.append(255)
    try rig.expectRefusal(
      of: rig.bundle(try SketchedSnapshot(of: log), as: "missing.tar"), "log-snapshot.consistency-missing")
    var next = try SketchedSnapshot(of: log)
    next.carry(pathFrom: 120, to: 375, log)
    #expect(try rig.take(next, as: "second.tar").contains("continues all 1 states"))
    #expect(try rig.status().output.contains("375 entries"))
  }

  @Test func neverGoesBack() throws {
    let log = try SketchedTlog(leaves: 300)
    let rig = try LogSite([log])
    try rig.take(.whole(log), as: "first.tar")
    var earlier = SketchedSnapshot()
    earlier[.description] = SketchedSnapshot.description(log)
    earlier[.checkpoint] = try log.checkpoint(200)
    earlier.carry(tilesOf: 200, log)
    try rig.expectRefusal(of: rig.bundle(earlier, as: "earlier.tar"), "log-snapshot.rewound")
  }

  // MARK: Refused with everything as it was

  enum Fault: CaseIterable {
    case swappedLeaf, truncated, otherTile, unknownLog, strangerSigned, twice
  }

  @Test(arguments: Fault.allCases) func refusesTheWholeBundle(_ fault: Fault) throws {
    var log = try SketchedTlog(leaves: 300)
    let rig = try LogSite([log])
    try rig.take(.whole(log), as: "first.tar")
    log.append(300)
    var next = try SketchedSnapshot.whole(log)
    let reason: String
    switch fault {
    case .swappedLeaf:
      // The first two entries, each with its length before it, in the other order.
      let bytes = next.files["a/tile/entries/001"]!
      next.files["a/tile/entries/001"] = Array(bytes[11..<22] + bytes[..<11] + bytes[22...])
      reason = "log-snapshot.entry-mismatch"
    case .truncated: reason = "archive."
    case .otherTile:
      next.files["a/tile/0/001"]![77] ^= 1
      reason = "log-snapshot.tile-mismatch"
    case .unknownLog:
      next = try .whole(SketchedTlog("log.elsewhere/b", leaves: 40))
      reason = "log.unknown"
    case .strangerSigned:
      next = try .whole(SketchedTlog("log.example/a", leaves: 600))
      reason = "log.checkpoint-invalid"
    case .twice:
      let again = try SketchedSnapshot.whole(log)
      for (name, contents) in again.files { next.files["b" + name.dropFirst()] = contents }
      reason = "log-snapshot.malformed"
    }
    let tar = fault == .truncated ? Array(next.tar.prefix(next.tar.count / 2)) : next.tar
    // What came along in the same bundle does not come into force either.
    let more = SketchedTlog.trustRoot([try SketchedTlog("log.third/c")])
    let bundle = try rig.site.publish(
      [("logs", "x.tar", tar), ("trust", "more/trusted_root.json", more)], as: "second.tar")
    try rig.expectRefusal(of: bundle, reason)
    #expect(try !rig.assay.run(["trust", "list"]).output.contains("more/trusted_root.json"))
    // The honest one is taken afterwards.
    try rig.take(.whole(log), as: "third.tar")
  }

  @Test func asksForTheWitnessesOfTheInstalledPolicy() throws {
    let log = try SketchedTlog(leaves: 300)
    let witnesses = try ["w.one/a", "w.two/b", "w.three/c"].map { try SketchedWitness($0) }
    var policy = ""
    for (number, witness) in witnesses.enumerated() {
      policy += "witness W\(number) \(String(decoding: witness.verifierKey.serialized, as: UTF8.self))\n"
    }
    policy += "group g 2 W0 W1 W2\nquorum g\n"
    let rig = try LogSite([log], policy: policy)
    try rig.expectRefusal(
      of: rig.bundle(.whole(log, witnesses: [witnesses[0]]), as: "one.tar"), "log-snapshot.quorum-not-met")
    let strange = [witnesses[1], try SketchedWitness("w.two/b"), try SketchedWitness("w.three/c")]
    try rig.expectRefusal(
      of: rig.bundle(.whole(log, witnesses: strange), as: "strange.tar"), "log-snapshot.quorum-not-met")
    let taken = try rig.take(.whole(log, witnesses: [witnesses[2], witnesses[0]]), as: "two.tar")
    #expect(taken.contains("the quorum is met"))
    let status = try rig.status().output
    #expect(status.contains("W0 at 2023-11-14T22:13:20Z, W2 at 2023-11-14T22:13:20Z; the quorum is met"), "\(status)")
  }

  @Test func readsNoStandardInput() throws {
    let log = try SketchedTlog(leaves: 20)
    let rig = try LogSite([log])
    let bytes = try readFile(try rig.bundle(.whole(log), as: "first.tar"))
    let before = try rig.state()
    let result = try rig.assay.run(["trust", "import", "-"], input: bytes)
    #expect(result.status != 0 && result.errors.contains("it passes once, and is to be read twice"), "\(result.errors)")
    #expect(try rig.state() == before)
  }

  // MARK: Forks

  @Test(arguments: [300, 600]) func aForkIsKeptAndCannotBeOverlooked(_ size: Int) throws {
    let log = try SketchedTlog(leaves: 300)
    let rig = try LogSite([log])
    try rig.take(.whole(log), as: "first.tar")
    let before = try rig.state()
    let other = try log.forked(at: 100, leaves: size)
    let bundle = try rig.bundle(.whole(other), as: "fork.tar")
    // A look alone records nothing.
    #expect(try rig.assay.run(["trust", "import", bundle, "--dry-run"]).errors.contains("log.fork"))
    #expect(try rig.state() == before)

    let refused = try rig.importing(bundle)
    #expect(refused.status == 3 && refused.errors.contains("log.fork"), "\(refused.errors)")
    let status = try rig.status()
    #expect(status.status == 3)
    #expect(status.output.hasPrefix("FORK  log log.example/a signed two histories: leaf "), "\(status.output)")
    for root in [log.head(300).root, other.head(UInt64(size)).root] {
      #expect(status.output.contains(base64(root)))
    }
    // The state that was accepted stays.
    #expect(status.output.contains("  root        \(base64(log.head(300).root))"))
    let all = try rig.assay.run(["status"])
    #expect(all.status == 3 && all.output.contains("FORK  log log.example/a signed two histories: leaf "))
    #expect(all.output.contains("; see assay trust log status") && !all.output.contains("ALARM"))
    #expect(all.output.contains("  log         log.example/a: 300 entries, accepted "))
    for arguments in [["status", "--json"], ["trust", "log", "status", "--json"]] {
      let json = try rig.assay.run(arguments)
      let fork = try #require(try JSONDecoder().decode(Forks.self, from: Data(json.stdout)).forks.first)
      #expect(json.status == 3 && fork.origin == "log.example/a")
      #expect(fork.earlier.size == 300 && fork.later.size == size)
      let notes = [base64(try log.checkpoint()), base64(try other.checkpoint())]
      #expect([fork.earlier.note, fork.later.note] == notes)
    }
    // Both notes, byte for byte.
    let (evidence, name) = (rig.site.home.path("evidence"), "log.example/a 300 \(size)")
    #expect(try rig.assay.run(["trust", "show", name, "--output", evidence]).status == 0)
    let kept = try readFile(evidence)
    let notes = try log.checkpoint() + [0x0a] + other.checkpoint() + [0x0a]
    #expect(kept.starts(with: notes))

    // Refused again, and recorded once; no later bundle of an honest log takes it away.
    let history = try rig.assay.run(["trust", "history"]).output
    #expect(try rig.importing(bundle).errors.contains("log.fork"))
    #expect(try rig.assay.run(["trust", "history"]).output == history)
    var longer = log
    longer.append(50)
    try rig.take(.whole(longer), as: "honest.tar")
    #expect(try rig.status().status == 3)
    // Damage of the disk hides nothing.
    try FileManager.default.removeItem(atPath: rig.assay.storeFolder + "/logs")
    #expect(try rig.assay.run(["status"]).output.contains("FORK  log"))
  }

  private struct Forks: Decodable {
    struct State: Decodable {
      let size: Int
      let note: String
    }
    struct Fork: Decodable {
      let origin: String
      let earlier: State
      let later: State
    }
    let forks: [Fork]
  }
}
