import LogSnapshotMaking
import Reasons
import SignedNote
import TestSupport
import Testing
import TrustRoot

@Suite struct RekorSnapshotTests {
  /// Entries 3, 11 and 11 again of a log that had 10, 20 and 21 entries when it was asked, and is of 30 now.
  struct Desk {
    let home: TemporaryFolder
    let log: RekorSketch
    var snapshot = RekorSnapshot()

    init(_ log: RekorSketch? = nil) throws {
      home = try TemporaryFolder()
      self.log = try log ?? RekorSketch(30)
      try entry(3, in: 10)
      try entry(11, in: 20)
      try entry(11, in: 21)
      snapshot.checkpoints = [try home.write("log.json", self.log.state(30))]
      for (old, new) in [(10, 20), (20, 21), (21, 30)] as [(UInt64, UInt64)] {
        snapshot.consistency.append(try home.write("\(old)-\(new).json", self.log.consistency(old, new)))
      }
    }

    mutating func entry(_ index: Int, in size: UInt64) throws {
      snapshot.entries.append(try home.write("\(index)-\(size).json", log.answer(index, in: size)))
    }

    /// Changes a file's text.
    func edit(_ name: String, _ old: String, _ new: String) throws {
      let text = String(decoding: try home.read(name), as: UTF8.self)
      #expect(text.contains(old), "\(name)")
      try home.write(name, Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
    }

    func make() throws(SnapshotError) -> MadeSnapshot { try snapshot.write(to: home.path("out.tar")) }

    /// Why it is refused; nothing is written then.
    func failure() throws -> Failure? {
      do throws(SnapshotError) {
        _ = try make()
        Issue.record("it was made")
        return nil
      } catch {
        #expect(try home.names().allSatisfy { !$0.hasPrefix("out.tar") })
        guard case .refused(let failure) = error else {
          Issue.record("\(error)")
          return nil
        }
        return failure
      }
    }
  }

  @Test func carriesWhatWasAnswered() throws {
    let desk = try Desk()
    let made = try desk.make()
    #expect(made.logs.map(\.size) == [30])
    #expect(made.logs.map(\.earlier) == [[10, 20, 21]])
    #expect(
      try checkedInPython(desk.home.path("out.tar")) == [
        "rekor.example - 7000: 30, earlier [10, 20, 21], tiles 0, entries 2"
      ])
  }

  @Test func sameAnswersSameBytes() throws {
    var desk = try Desk()
    _ = try desk.make()
    desk.snapshot.consistency.reverse()
    _ = try desk.snapshot.write(to: desk.home.path("again.tar"))
    #expect(try desk.home.read("out.tar") == desk.home.read("again.tar"))
  }

  @Test func headsMayStandInAnyOrder() throws {
    // The largest is the newest, whatever it came with.
    var desk = try Desk()
    desk.snapshot.checkpoints = []
    desk.snapshot.consistency.removeLast()
    #expect(try desk.make().logs.map(\.size) == [21])
  }

  // MARK: What joins the checkpoints

  @Test func namesTheProofsThatAreWanted() throws {
    var desk = try Desk()
    desk.snapshot.consistency = [desk.home.path("20-21.json")]
    desk.snapshot.previous = [try desk.home.write("previous", desk.log.note(4))]
    let error = #expect(throws: SnapshotError.self) { try desk.make() }
    let wanted = try #require(error?.wanted)
    #expect(
      wanted.commands
        == [(4, 10), (10, 20), (21, 30)].map { old, new in
          "curl -fsS -o \(old)-\(new).json 'https://rekor.example/api/v1/log/proof?firstSize=\(old)&lastSize=\(new)"
            + "&treeID=7000'"
        })
    #expect(wanted.sentences.first?.contains(desk.home.path("previous")) == true)
    #expect(try !desk.home.names().contains("out.tar"))
  }

  @Test func oneLongProofDoes() throws {
    var desk = try Desk()
    desk.snapshot.previous = [try desk.home.write("previous", desk.log.note(4))]
    desk.snapshot.consistency.append("4-30=" + (try desk.home.write("p", desk.log.consistency(4, 30))))
    #expect(try desk.make().logs.map(\.earlier) == [[4, 10, 20, 21]])
    #expect(try checkedInPython(desk.home.path("out.tar")).count == 1)
  }

  @Test func aStrangersAddressIsNoCommand() throws {
    var desk = try Desk()
    desk.snapshot.url = "https://it's/"
    desk.snapshot.consistency = []
    let error = #expect(throws: SnapshotError.self) { try desk.make() }
    let wanted = try #require(error?.wanted)
    #expect(wanted.commands.first?.contains(#"'https://it'\''s/api/v1/"#) == true)
  }

  @Test func aProofLeadsElsewhere() throws {
    let desk = try Desk()
    try desk.home.write("10-20.json", desk.log.consistency(11, 20))
    #expect(try desk.failure() == Failure(.logConsistencyProofMismatch, desk.home.path("10-20.json")))
  }

  @Test func aProofIsOfOtherSizes() throws {
    var desk = try Desk()
    desk.snapshot.consistency.append("9-20=" + (try desk.home.write("p", desk.log.consistency(9, 20))))
    #expect(try desk.failure() == Failure(.rekorAnswerMismatch, desk.home.path("p")))
  }

  @Test func aProofOfAnotherHistoryIsAFork() throws {
    // The log signed another beginning of 10 than the one that leads to its 20.
    var desk = try Desk()
    let other = try RekorSketch(30, key: desk.log.key, fork: 5)
    desk.snapshot.entries[0] = try desk.home.write("other.json", other.answer(3, in: 10))
    #expect(try desk.failure() == Failure(.logFork, desk.home.path("10-20.json")))
  }

  @Test func twoRootsOfOneSizeAreAFork() throws {
    var desk = try Desk()
    let other = try RekorSketch(30, key: desk.log.key, fork: 5)
    desk.snapshot.previous = [try desk.home.write("previous", other.note(20))]
    #expect(try desk.failure() == Failure(.logFork, desk.home.path("previous")))
  }

  @Test func anEmptyHeadProvesNothing() throws {
    var desk = try Desk()
    desk.snapshot.previous = [try desk.home.write("previous", RekorSketch(0).note(0))]
    #expect(try desk.failure() == Failure(.logCheckpointMalformed, desk.home.path("previous")))
  }

  /// More than appliances read.
  @Test func checkpointsAreCounted() throws {
    let home = try TemporaryFolder()
    let log = try RekorSketch(4097)
    let answers = try (0..<4097).map { String(decoding: try log.answer($0, in: UInt64($0) + 1), as: UTF8.self) }
    var snapshot = RekorSnapshot()
    snapshot.entries = [try home.write("answers.json", Array("[\(answers.joined(separator: ","))]".utf8))]
    let error = #expect(throws: SnapshotError.self) { try snapshot.write(to: home.path("out.tar")) }
    #expect(error?.refusal?.reason == .logSnapshotMalformed)
  }

  @Test func aCheckpointIsAShortFile() throws {
    var desk = try Desk()
    desk.snapshot.previous = [try desk.home.write("long", [UInt8](repeating: 0x20, count: 1 << 20 + 1))]
    let error = #expect(throws: SnapshotError.self) { try desk.make() }
    #expect(error?.mistake?.contains("is no file of at most") == true)
  }

  // MARK: Entries

  @Test(arguments: [
    ("\"rootHash\":\"", "\"rootHash\":\"00", Reason.rekorAnswerMalformed),
    ("\"treeSize\":10", "\"treeSize\":11", .rekorAnswerMismatch),
    ("\"logIndex\":3,", "\"logIndex\":2,", .logInclusionProofMismatch),
    ("\"body\":\"eyJudW1iZXIiOjMs", "\"body\":\"eyJudW1iZXIiOjQs", .rekorAnswerMismatch),
    ("{\"0000000000001b58", "{\"0000000000001b59", .rekorAnswerMismatch),
    ("rekor.example - 7000", "rekor.example - ", .logCheckpointMalformed),
    ("rekor.example - 7000", "rekor.example", .logCheckpointMalformed),
    ("- 7000\\n10\\n", "- 7000\\n010\\n", .logCheckpointMalformed),
  ])
  func anEntryDoesNotFitTogether(_ old: String, _ new: String, _ reason: Reason) throws {
    let desk = try Desk()
    try desk.edit("3-10.json", old, new)
    #expect(try desk.failure()?.reason == reason)
  }

  @Test func aProofsRootIsTheCheckpoints() throws {
    let desk = try Desk()
    let text = String(decoding: try desk.home.read("3-10.json"), as: UTF8.self)
    let range = try #require(text.firstRange(of: "\"rootHash\":\""))
    let digit = text[range.upperBound] == "0" ? "1" : "0"
    try desk.home.write(
      "3-10.json", Array((text[..<range.upperBound] + digit + text[range.upperBound...].dropFirst()).utf8))
    #expect(try desk.failure()?.detail.contains("rootHash is not the checkpoint") == true)
  }

  @Test func anErrorIsNoEntry() throws {
    var desk = try Desk()
    desk.snapshot.entries[0] = try desk.home.write(
      "absent.json", Array(#"{"code":404,"message":"not\u0007found"}"#.utf8))
    let failure = try desk.failure()
    #expect(failure?.reason == .rekorAnswerMalformed)
    #expect(failure?.detail.contains("not\\u{7}found") == true)
  }

  // MARK: Signatures

  @Test func signaturesAreVerifiedByATrustRoot() throws {
    var desk = try Desk()
    desk.snapshot.trustRoot = try TrustRoot(parsing: desk.log.trustRoot, named: "root")
    #expect(try desk.make().signaturesVerified)
  }

  @Test func aCheckpointIsNotTheLogs() throws {
    var desk = try Desk()
    desk.snapshot.trustRoot = try TrustRoot(parsing: desk.log.trustRoot, named: "root")
    // Of the same key's ID and name, and signed over another text.
    let (note, other) = (try desk.log.note(10), try desk.log.note(11))
    let parsed = try (Checkpoint(parsing: note), Checkpoint(parsing: other))
    let forged = SignedNote.serialized(
      text: parsed.0.note.text, signatures: parsed.1.note.signatures.map { ($0.name, $0.keyID, $0.bytes) })
    desk.snapshot.previous = [try desk.home.write("previous", forged)]
    #expect(try desk.failure()?.reason == .logCheckpointInvalid)
    desk.snapshot.trustRoot = nil
    _ = try desk.make()
  }

  @Test func aLogIsUnknown() throws {
    var desk = try Desk()
    desk.snapshot.trustRoot = try TrustRoot(parsing: RekorSketch(0).trustRoot, named: "root")
    #expect(try desk.failure()?.reason == .logUnknown)
  }

  @Test func aPromiseIsNotTheLogs() throws {
    var desk = try Desk()
    try desk.edit("3-10.json", "\"integratedTime\":1700000000", "\"integratedTime\":1700000001")
    desk.snapshot.trustRoot = try TrustRoot(parsing: desk.log.trustRoot, named: "root")
    #expect(try desk.failure()?.reason == .logPromiseInvalid)
    desk.snapshot.trustRoot = nil
    _ = try desk.make()
  }

  @Test func aPromiseIsOfAnotherLog() throws {
    var desk = try Desk()
    try desk.edit("3-10.json", "\"logID\":\"", "\"logID\":\"" + String(repeating: "0", count: 64) + "\",\"was\":\"")
    desk.snapshot.trustRoot = try TrustRoot(parsing: desk.log.trustRoot, named: "root")
    #expect(try desk.failure()?.detail.contains("another log than signed") == true)
  }

  // MARK: Shards

  @Test func eachShardIsALog() throws {
    var desk = try Desk()
    let old = try RekorSketch(12, treeID: 3, key: desk.log.key)
    desk.snapshot.entries.append(try desk.home.write("old.json", old.answer(2, in: 9)))
    let unwanted = try RekorSketch(5, treeID: 4, key: desk.log.key)
    try desk.home.write("log.json", desk.log.state(30, inactive: [old.note(12), unwanted.note(5)]))
    desk.snapshot.consistency.append(try desk.home.write("9-12.json", old.consistency(9, 12)))
    #expect(try desk.make().logs.count == 2)
    #expect(
      try checkedInPython(desk.home.path("out.tar")) == [
        "rekor.example - 3: 12, earlier [9], tiles 0, entries 1",
        "rekor.example - 7000: 30, earlier [10, 20, 21], tiles 0, entries 2",
      ])
  }

  /// A shard of which no entry is wanted any more is still to be shown as it grew.
  @Test func aShardIsFollowed() throws {
    var desk = try Desk()
    let old = try RekorSketch(12, treeID: 3, key: desk.log.key)
    desk.snapshot.previous = [try desk.home.write("previous", old.note(9))]
    try desk.home.write("log.json", desk.log.state(30, inactive: [old.note(12)]))
    let error = #expect(throws: SnapshotError.self) { try desk.make() }
    #expect(error?.wanted?.commands.count == 1)
    #expect(error?.wanted?.commands.first?.contains("firstSize=9&lastSize=12&treeID=3") == true)
  }

  /// Where nothing else is given, all heads go along.
  @Test func aStateIsEnough() throws {
    let desk = try Desk()
    var snapshot = RekorSnapshot()
    let old = try RekorSketch(12, treeID: 3, key: desk.log.key)
    snapshot.checkpoints = [try desk.home.write("log.json", desk.log.state(30, inactive: [old.note(12)]))]
    #expect(try snapshot.write(to: desk.home.path("out.tar")).logs.map(\.size) == [12, 30])
  }

  // MARK: The command's own mistakes

  @Test func writesOverNoSnapshot() throws {
    let desk = try Desk()
    for name in ["out.tar", "out.tar.new"] {
      try desk.home.write(name, [1])
      #expect(throws: SnapshotError.self) { try desk.make() }
      #expect(try desk.home.read(name) == [1])
      try runChecked(["rm", desk.home.path(name)])
    }
    #expect(throws: SnapshotError.mistake("out: a snapshot’s name ends with .tar.")) {
      try desk.snapshot.write(to: "out")
    }
  }

  @Test func nothingIsGiven() throws {
    let home = try TemporaryFolder()
    #expect(throws: SnapshotError.self) { try RekorSnapshot().write(to: home.path("out.tar")) }
    #expect(try home.names().isEmpty)
  }

  @Test(arguments: ["p.json", "1-.json", "2-1.json", "1-1=p", "x-y=p", "10-20", "=p", "1-2-3=p"])
  func sizesAreNamed(_ argument: String) throws {
    var desk = try Desk()
    desk.snapshot.consistency = [argument]
    let error = #expect(throws: SnapshotError.self) { try desk.make() }
    #expect(error?.mistake != nil)
  }
}
