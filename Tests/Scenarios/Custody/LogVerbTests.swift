import Cryptography
import FoundationEssentials
import LogSnapshot
import MiniatureSigstore
import Octets
import SnapshotSketch
import TestSupport
import Testing

/// `assay trust log find`, `prove`, `watch`, through the program, over a log with entries of several signers.
@Suite struct LogVerbTests {
  /// A log of 400 entries: 0 to 255 and 300 are carried. The release workflow signed 40 and 300, a maintainer 100, a key
  /// 200; all others are by a stranger's key.
  struct Bench {
    let rig: LogSite
    let log: SketchedTlog
    let image: [String]
    let key: String
    let identity = [
      "--certificate-identity", SampleIdentity.releaseWorkflow.name.text, "--certificate-oidc-issuer",
      SampleIdentity.releaseWorkflow.issuer,
    ]
    /// What entry 300 is about.
    let elsewhere = Array("signed elsewhere".utf8)

    init() throws {
      let world = MiniatureSigstore(seed: 5)
      let sample = SampleImage.make(seed: 5, layerSize: 3000)
      let own = SampleKey(.p256)
      let signed = world.issue(SigningRequest(.statement(sample.signingStatement), as: .certificate(.releaseWorkflow)))
      func body(_ content: SigningRequest.Content, _ material: SigningRequest.Material) -> [UInt8] {
        world.issue(SigningRequest(content, as: material, log: .v1())).entries[0].body
      }
      let special = [
        40: signed.entries[0].body, 300: body(.message(elsewhere), .certificate(.releaseWorkflow)),
        100: body(.message([100]), .certificate(.maintainer)), 200: body(.message([200]), .key(own)),
      ]
      let stranger = body(.message([1]), .key(SampleKey(.p256)))
      var log = try SketchedTlog("rekor.example", .rekorVersion1)
      // Spaces at the end are no other entry, and another leaf.
      for index in 0..<400 { log.append(leaf: special[index] ?? stranger + [UInt8](repeating: 0x20, count: index)) }
      rig = try LogSite([log])
      self.log = log
      var snapshot = try SketchedSnapshot(of: log)
      snapshot.carry(tilesOf: 400, log)
      snapshot.carry(bundle: 0, width: 256, log)
      try snapshot.carry(entry: 300, log, promisedAt: 1_760_000_000)
      try rig.take(snapshot, as: "log.tar")
      let archive = rig.site.home.path("image.tar")
      try Packing.tar.write(MediumForm.orasBackup.entries(CarriedImage(sample, [.bundle(signed)])), to: archive)
      let root = try rig.site.home.write("world.json", world.trustedRoot())
      image = [archive, "--trusted-root", root] + identity
      key = try rig.site.home.write("own.pub", Array(own.publicPEM.utf8))
    }

    func log(_ arguments: [String]) throws -> RunResult { try rig.assay.run(["trust", "log"] + arguments) }
    var digest: String { "\(ClaimedDigest(Cryptography.digest(elsewhere)))" }
  }

  // MARK: Watch

  @Test func whatNeverCameHereIsAnAlarm() throws {
    let bench = try Bench()
    let before = try bench.log(["watch"] + bench.identity)
    #expect(before.status == 3)
    #expect(before.output.contains("UNKNOWN  entry 40 of") && before.output.contains("UNKNOWN  entry 300 of"))

    // An image that was judged, by the evidence that was.
    let verdict = try bench.rig.assay.verify(bench.image)
    try #require(verdict.status == 0, "\(verdict.answer.firstReason ?? "")")
    let after = try bench.log(["watch"] + bench.identity)
    #expect(after.status == 3)
    #expect(after.output.contains("known    entry 40 of") && after.output.contains("UNKNOWN  entry 300 of"))
    #expect(after.output.contains("met in judging: leaf ") && after.output.contains(", admit"))
    #expect(after.output.contains("2 entries by this signer, 1 UNKNOWN"), "\(after.output)")
    #expect(!after.output.contains("entry 100 of") && !after.output.contains("entry 200 of"))
    // How far it goes.
    #expect(after.output.contains("looked at   257 of 400 entries"))
    for words in ["whole       0–255: nothing else", "whole       300: nothing else"] {
      #expect(after.output.contains(words), "\(after.output)")
    }
    for words in ["NOT CARRIED 256–299: nothing is known", "NOT CARRIED 301–399: nothing is known"] {
      #expect(after.output.contains(words), "\(after.output)")
    }

    // What the signer says to have signed.
    let list = try bench.rig.site.home.write("known", Array("# Released\n\(bench.digest)\r\n".utf8))
    let listed = try bench.log(["watch", "--known", list] + bench.identity)
    #expect(listed.status == 0 && listed.output.contains("stands in the list"), "\(listed.output)\(listed.errors)")
    #expect(!listed.output.contains("UNKNOWN  "))

    let lines = try bench.log(["watch", "--json"] + bench.identity).output.split(separator: "\n")
    try #require(lines.count == 3)
    #expect(lines[0].contains(#""index":40"#) && lines[0].contains(#""known":true"#))
    #expect(lines[1].contains(#""index":300"#) && lines[1].contains(#""known":false"#))
    #expect(lines[2].contains(#""whole":[{"first":0,"last":255},{"first":300,"last":300}]"#), "\(lines[2])")
    #expect(lines[2].contains(#""notWhole":[{"first":256,"last":299},{"first":301,"last":399}]"#))
  }

  @Test func signersAreNamedAsForVerify() throws {
    let bench = try Bench()
    func found(_ arguments: [String]) throws -> [String] {
      let output = try bench.log(["watch"] + arguments).output
      return output.split(separator: "\n").filter { $0.hasPrefix("UNKNOWN") }.map {
        String($0.dropFirst(15).prefix { $0 != " " })
      }
    }
    let (who, issuer) = (SampleIdentity.maintainer.name.text, SampleIdentity.maintainer.issuer)
    #expect(try found(["--certificate-identity", who, "--certificate-oidc-issuer", issuer]) == ["100"])
    #expect(
      try found(["--certificate-identity-regexp", "maintainer@.*", "--certificate-oidc-issuer-regexp", ".*"]) == ["100"]
    )
    // The whole text must match, and the issuer too.
    #expect(try found(["--certificate-identity-regexp", "maintainer@", "--certificate-oidc-issuer", issuer]) == [])
    #expect(
      try found(["--certificate-identity", who, "--certificate-oidc-issuer", "https://elsewhere.example"]) == [])
    #expect(try found(["--key", bench.key]) == ["200"])
    #expect(try found(["--key", bench.key, "--log", "rekor.example - 1193050959916656506"]) == ["200"])
    for arguments in [
      [], ["--certificate-identity", who], ["--key", bench.key, "--trusted-root", "x.json"],
      ["--key", bench.key, "--log", "elsewhere"], ["--key", bench.key, "--known", bench.key],
    ] {
      #expect(try bench.log(["watch"] + arguments).status == 64, "\(arguments)")
    }
  }

  /// Nothing is claimed of what the disk no longer shows.
  @Test func editedFilesNarrowWhatIsClaimed() throws {
    let bench = try Bench()
    let folder = bench.rig.assay.storeFolder + "/logs"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    let pack = "\(folder)/\(name)/pack-0"
    var bytes = try readFile(pack)
    let body = bench.log.leaves[40]
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: body) })
    bytes[place + 20] ^= 1
    try Data(bytes).write(to: URL(filePath: pack))
    let result = try bench.log(["watch"] + bench.identity)
    #expect(result.output.contains("NOT PROVEN  1 record"), "\(result.output)")
    #expect(result.output.contains("whole       0–39: ") && result.output.contains("whole       41–255: "))
    #expect(!result.output.contains("entry 40 of"))
  }

  // MARK: Find

  @Test func findsWhatWasSigned() throws {
    let bench = try Bench()
    let found = try bench.log(["find", bench.digest])
    #expect(found.status == 0, "\(found.errors)")
    for words in [
      "entry 300 of rekor.example - 1193050959916656506", "kind        hashedrekord 0.0.1",
      "signed      \(bench.digest)",
      "time        2025-10-09T08:53:20Z, by the log's promise",
      "proof       in the newest accepted state of 400 entries",
      "signer      \(SampleIdentity.releaseWorkflow.name.text), issuer \(SampleIdentity.releaseWorkflow.issuer)",
      "by the entry's own word: no chain and no signature was verified here",
    ] { #expect(found.output.contains(words), "\(found.output)") }
    let hash = Hex.encode(digest([0] + bench.log.leaves[300]).bytes)
    #expect(try bench.log(["find", "--leaf", hash]).output == found.output)
    // Without a promise.
    let other = Hex.encode(digest([0] + bench.log.leaves[40]).bytes)
    #expect(try bench.log(["find", "--leaf", other]).output.contains("time        not known: no promise"))
    let json = try bench.log(["find", bench.digest, "--json"]).output
    #expect(json.contains(#""index":300"#) && json.contains(#""integratedTime":"2025-10-09T08:53:20Z""#))

    #expect(try bench.log(["find", "sha256:" + String(repeating: "0", count: 64)]).status == 4)
    for arguments in [[], ["x"], ["--leaf", "00"], [bench.digest, "--leaf", hash]] {
      #expect(try bench.log(["find"] + arguments).status == 64)
    }

    // A promise that was edited on the disk gives no time.
    let folder = bench.rig.assay.storeFolder + "/logs"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    var bytes = try readFile("\(folder)/\(name)/pack-0")
    let body = bench.log.leaves[300]
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: body) }) + body.count
    // Behind whether there is one, and the length: its signature's last byte.
    bytes[place + 2 + Int(bytes[place + 2])] ^= 1
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)/pack-0"))
    let edited = try bench.log(["find", bench.digest])
    #expect(
      edited.status == 0 && edited.output.contains("time        NOT KNOWN, the promise does not verify: log.promise"))
  }

  // MARK: Prove

  @Test func provesWhatCanBeProven() throws {
    let bench = try Bench()
    let (one, two) = (bench.rig.site.home.path("one"), bench.rig.site.home.path("two"))
    let made = try bench.log(["prove", bench.digest, "--output", one])
    #expect(made.status == 0 && made.errors.contains("entry 300 of rekor.example"), "\(made.errors)")
    #expect(try bench.log(["prove", "300", "--output", two]).status == 0)
    #expect(try readFile(one) == readFile(two))
    // Of an entry that is not carried, hash tiles prove the leaf.
    let leaf = try bench.log(["prove", "399"])
    #expect(leaf.status == 0 && leaf.output.hasPrefix("c2sp.org/tlog-proof@v1\nindex 399\n"), "\(leaf.output)")
    #expect(leaf.errors.contains("leaf hash \(Hex.encode(digest([0] + bench.log.leaves[399]).bytes))"))

    let stranger = try #require(LogVerbTests.signedDigest(bench.log.leaves[0]))
    let several = try bench.log(["prove", stranger])
    #expect(several.status == 64 && several.errors.contains("Several entries say so; name one: 0 --log"))
    #expect(try bench.log(["prove", "400"]).status == 64)
    #expect(try bench.log(["prove", bench.digest, "--output", one]).status == 64)
    let missing = try bench.log(["prove", "sha256:" + String(repeating: "0", count: 64)])
    #expect(missing.status == 4 && missing.errors.contains("log.entry-missing"))
    // Without the tiles nothing leads to the checkpoint.
    let folder = bench.rig.assay.storeFolder + "/logs"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    try FileManager.default.removeItem(atPath: "\(folder)/\(name)/hashes-0")
    let unproven = try bench.log(["prove", "300"])
    #expect(unproven.status == 4 && unproven.errors.contains("log-snapshot.entry-unproven"), "\(unproven.errors)")
  }

  private static func signedDigest(_ body: [UInt8]) -> String? {
    let text = String(decoding: body, as: UTF8.self)
    guard let start = text.firstRange(of: #""value":""#) else { return nil }
    return "sha256:" + text[start.upperBound...].prefix(64)
  }

  /// An entry that came with a proof of its own, under an earlier state whose note lies on the disk.
  @Test func provesUnderTheStateThatTheProofIsAbout() throws {
    var log = try SketchedTlog("rekor.example", .rekorVersion1, leaves: 100)
    let rig = try LogSite([log])
    log.append(60)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 100, log)
    snapshot.carry(pathFrom: 100, to: 160, log)
    try snapshot.carry(entry: 7, log)
    try snapshot.carry(proofOf: 7, in: 100, log)
    try rig.take(snapshot, as: "log.tar")
    let proof = try rig.assay.run(["trust", "log", "prove", "7"])
    #expect(proof.status == 0 && proof.output.contains("\n\n\(String(decoding: log.origin, as: UTF8.self))\n100\n"))
    #expect(proof.errors.contains("in the tree of 100 entries"), "\(proof.errors)")
    // A note that was edited on the disk is no longer the log's.
    let folder = rig.assay.storeFolder + "/logs"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    var bytes = try readFile("\(folder)/\(name)/pack-0")
    let text = Array("\u{2014} rekor.example ".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text) }) + text.count
    // In the Base64 of the signature, behind the key's four bytes.
    bytes[place + 40] = bytes[place + 40] == 0x41 ? 0x42 : 0x41
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)/pack-0"))
    let edited = try rig.assay.run(["trust", "log", "prove", "7"])
    #expect(edited.status == 3 && edited.errors.contains("log.checkpoint-invalid"), "\(edited.errors)")
  }

  // MARK: Status

  /// A fork of one log is no reason to judge nothing: what a policy rests on may be others.
  @Test func verdictsAreGivenBesideAFork() throws {
    let bench = try Bench()
    let fork = try bench.rig.bundle(.whole(bench.log.forked(at: 10, leaves: 400)), as: "fork.tar")
    #expect(try bench.rig.importing(fork).errors.contains("log.fork"))
    #expect(try bench.rig.assay.run(["status"]).status == 3)
    #expect(try bench.rig.assay.verify(bench.image).answer.verdict == "admit")
  }

  @Test func statusSaysWhatCannotBeRead() throws {
    let bench = try Bench()
    let folder = bench.rig.assay.storeFolder + "/logs"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    #expect(try bench.log(["status"]).output.contains("carried     257 entries"))
    #expect(try bench.log(["status"]).output.contains("not asked for: no witness policy is installed"))
    try FileManager.default.removeItem(atPath: "\(folder)/\(name)/index")
    try runChecked(["mkfifo", "\(folder)/\(name)/index"])
    let status = try bench.log(["status"])
    #expect(status.status == 0 && status.output.contains("UNREADABLE  "), "\(status.output)")
    #expect(try bench.log(["status", "--json"]).output.contains("/index\""))
    // A log whose key is no longer installed says so.
    try bench.rig.site.run(["remove", bench.rig.site.folder, "--role", "trust", "logs/trusted_root.json"])
    let next = try bench.rig.site.publish(
      [("trust", "b/trusted_root.json", SketchedTlog.trustRoot([try SketchedTlog("log.third/c")]))], as: "next.tar")
    let taken = try bench.rig.importing(next)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(try bench.log(["status"]).output.contains("NOT BY WHAT IS INSTALLED NOW: log.unknown"))
  }
}
