import Cryptography
import Files
import Glibc
import Ledger
import LedgerRig
import MerkleTree
import Octets
import Reasons
import SignedNote
import TestSupport
import Testing

@testable import Witness

@Suite struct WitnessTests {
  /// A desk with a witness and an empty memory.
  struct Desk {
    let home: TemporaryFolder
    let cosigner: Cosigner
    let witness: Witness

    init() throws {
      home = try TemporaryFolder()
      cosigner = try #require(Cosigner(name: Array("desk.example/w1".utf8), key: .generate(.ed25519)))
      witness = Witness(memory: home.path("memory"), cosigner: cosigner)
    }

    @discardableResult
    func cosign(
      _ request: WitnessRequest, _ log: SketchedLog, firstSight: Bool = false
    ) throws -> SignedNote.Signature {
      let signature = try witness.cosign(
        request, commitKey: log.key.publicKey.spki, firstSight: firstSight, at: CosignerTests.time, waiting: .zero)
      _ = try verifyCosignature(signature, by: cosigner.verifierKey, over: request.checkpoint)
      return signature
    }

    /// Cosigns a log for the first time.
    func met(_ log: SketchedLog) throws { try cosign(log.request(from: 0), log, firstSight: true) }

    var memory: [UInt8] { get throws { try home.read("memory") } }

    /// Refused for this reason, with the memory left as it was, and no evidence unless it is asked for.
    func expectRefusal(
      _ reason: Reason, _ words: String, evidence: Bool = false, _ cosign: () throws -> Void,
      _ location: SourceLocation = #_sourceLocation
    ) throws {
      let before = try? memory
      let error = #expect(throws: WitnessError.self, sourceLocation: location) { try cosign() }
      guard case .refused(let failure) = error else {
        Issue.record("\(String(describing: error))", sourceLocation: location)
        return
      }
      #expect(failure.reason == reason, sourceLocation: location)
      #expect(failure.detail.contains(words), "\(failure)", sourceLocation: location)
      #expect((try? memory) == before, sourceLocation: location)
      #expect(try home.names().contains { $0.contains("evidence") } == evidence, sourceLocation: location)
    }
  }

  @Test func followsALedger() throws {
    let desk = try Desk()
    var log = try SketchedLog(leaves: 1)
    try desk.met(log)
    for growth in [1, 5, 0, 250, 3] {
      let old = log.tree.size
      log.append(growth)
      try desk.cosign(log.request(from: old), log)
      let memory = try WitnessMemory(parsing: desk.memory, named: "memory")
      #expect(memory[log.origin]?.size == log.tree.size)
      #expect(memory[log.origin]?.root == log.tree.root)
    }
    var facts = stat()
    #expect(stat(desk.home.path("memory"), &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
  }

  /// The appliance's own words, from its ledger.
  @Test func followsARealLedger() throws {
    let desk = try Desk()
    let rig = try LedgerRig(desk.home.path)
    let ledger = try rig.create()
    func cosign(from old: UInt64, firstSight: Bool) throws {
      let request = try WitnessRequest(
        old: old, path: try ledger.consistencyPath(from: old) ?? [], checkpoint: ledger.checkpoint())
      _ = try desk.witness.cosign(
        WitnessRequest(parsing: request.serialized()), commitKey: rig.signer.publicKey.spki, firstSight: firstSight,
        at: CosignerTests.time)
    }
    try cosign(from: 0, firstSight: true)
    _ = try ledger.commit((1..<30).map { LedgerRig.leaf($0) }, LedgerRig.state())
    try cosign(from: 1, firstSight: false)
  }

  @Test func wantsAPersonsWordForANewLedger() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 5)
    try desk.expectRefusal(.witnessLogUnknown, "nothing of it") { try desk.cosign(log.request(from: 0), log) }
    try desk.expectRefusal(.witnessSizeUnknown, "nothing yet") {
      try desk.cosign(log.request(from: 3), log, firstSight: true)
    }
    try desk.met(log)
    try desk.expectRefusal(.witnessLogKnown, "size was 5") { try desk.met(log) }
  }

  @Test func refusesALedgerThatWasSetBack() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 9)
    try desk.met(log)
    for old in [0, 5, 8] as [UInt64] {
      try desk.expectRefusal(.witnessRollback, "size is 8, and 9") {
        try desk.cosign(log.cut(to: 8).request(from: old), log)
      }
    }
  }

  @Test func keepsBothSidesOfAFork() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 9)
    try desk.met(log)
    var fork = log.cut(to: 8)
    fork.append(1, flavour: "other")
    try desk.expectRefusal(.witnessFork, "two root hashes at size 9", evidence: true) {
      try desk.cosign(fork.request(from: 9), log)
    }
    // Each verifies by itself, so that the pair convinces anybody who has the commit key.
    let kept = try desk.home.names().filter { $0.contains("evidence") }
    #expect(kept.count == 2)
    let notes = try kept.map { try Checkpoint(parsing: desk.home.read($0)) }
    #expect(notes.map(\.root) == [log.tree.root, fork.tree.root])
    for note in notes {
      try log.key.publicKey.verify(note.note.signatures[0].bytes, over: note.note.text, .ecdsa(.sha256))
    }
    #expect(kept[0].hasSuffix("-cosigned") && kept[1].hasSuffix("-offered"))
  }

  @Test func keepsALaterStateThatContinuesAnother() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 9)
    try desk.met(log)
    var fork = log.cut(to: 8)
    fork.append(5, flavour: "other")
    try desk.expectRefusal(.logConsistencyProofMismatch, "both checkpoints are kept", evidence: true) {
      try desk.cosign(fork.request(from: 9), log)
    }
  }

  @Test func wantsAProof() throws {
    let desk = try Desk()
    var log = try SketchedLog(leaves: 9)
    try desk.met(log)
    log.append(5)
    let path = try #require(log.tree.consistencyPath(from: 9, to: 14))
    for wrong in [[], Array(path.dropLast()), path + [path[0]], path.reversed()] {
      #expect(throws: WitnessError.self) { try desk.cosign(log.request(from: 9, path: wrong), log) }
    }
    // And none where nothing was added.
    let same = log.cut(to: 9)
    #expect(throws: WitnessError.self) { try desk.cosign(same.request(from: 9, path: [path[0]]), same) }
    try desk.cosign(log.request(from: 9), log)
  }

  @Test func wantsTheSizeThatItRemembers() throws {
    let desk = try Desk()
    var log = try SketchedLog(leaves: 9)
    try desk.met(log)
    log.append(5)
    for old in [0, 8, 10, 14] as [UInt64] {
      try desk.expectRefusal(.witnessSizeUnknown, "cosigned size 9; the request starts from \(old)") {
        try desk.cosign(log.request(from: old), log)
      }
    }
  }

  // MARK: Whose checkpoint

  @Test func wantsTheCommitKeysSignature() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 3)
    let other = try SketchedLog(leaves: 3)
    let request = try other.request(from: 0)
    try desk.expectRefusal(.logCheckpointInvalid, "did not sign") { try desk.cosign(request, log, firstSight: true) }
    try desk.met(log)
    // The same name under another key: what is remembered was signed by the first.
    try desk.expectRefusal(.logCheckpointInvalid, "another commit key") {
      try desk.cosign(other.request(from: 3), other)
    }
  }

  @Test(arguments: [
    "urn:x-assay:ledger:07", "example.com/log", "urn:x-assay:ledger:" + String(repeating: "0g", count: 16),
  ])
  func wantsALedgersName(_ origin: String) throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 3)
    let text = Checkpoint.text(origin: Array(origin.utf8), size: 3, root: log.tree.root)
    let signature = (Array(origin.utf8), NoteKeyID.ecdsa(spki: log.key.publicKey.spki), try log.key.sign(text))
    let request = try WitnessRequest(
      old: 0, path: [], checkpoint: SignedNote.serialized(text: text, signatures: [signature]))
    try desk.expectRefusal(.logCheckpointInvalid, "no ledger's") { try desk.cosign(request, log, firstSight: true) }
  }

  @Test func refusesEmptyLedgersAndExtensions() throws {
    let desk = try Desk()
    let empty = try SketchedLog()
    try desk.expectRefusal(.logCheckpointInvalid, "empty") { try desk.met(empty) }
    let log = try SketchedLog(leaves: 1)
    let text = Checkpoint.text(origin: log.origin, size: 1, root: log.tree.root) + Array("more\n".utf8)
    let request = try WitnessRequest(old: 0, path: [], checkpoint: log.checkpoint(text: text))
    try desk.expectRefusal(.logCheckpointInvalid, "extension") { try desk.cosign(request, log, firstSight: true) }
  }

  @Test func ignoresStrangersSignaturesAndForgetsThem() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 2)
    let note = try log.checkpoint() + Array("— stranger AAAAAAAA\n".utf8)
    try desk.cosign(WitnessRequest(old: 0, path: [], checkpoint: note), log, firstSight: true)
    #expect(
      try WitnessMemory(parsing: desk.memory, named: "m").checkpoints[0].note.signatures.map(\.name) == [log.origin])
  }

  // MARK: Memory

  @Test func remembersManyLedgers() throws {
    let desk = try Desk()
    var logs = try [9, 3, 7].map { try SketchedLog(storeID: [UInt8](repeating: $0, count: 16), leaves: Int($0)) }
    for log in logs { try desk.met(log) }
    for index in logs.indices {
      let old = logs[index].tree.size
      logs[index].append(2)
      try desk.cosign(logs[index].request(from: old), logs[index])
    }
    let memory = try WitnessMemory(parsing: desk.memory, named: "memory")
    #expect(memory.checkpoints.map(\.size) == [5, 9, 11])
    #expect(try memory.serialized() == desk.memory)
  }

  /// A cosignature that is not remembered is never given.
  @Test func givesNothingThatItCannotRemember() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 2)
    let request = try log.request(from: 0)
    for memory in ["absent/memory", "."] {
      let witness = Witness(memory: desk.home.path(memory), cosigner: desk.cosigner)
      let error = #expect(throws: WitnessError.self) {
        try witness.cosign(request, commitKey: log.key.publicKey.spki, firstSight: true, at: CosignerTests.time)
      }
      guard case .file = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    // Only the writing fails: its neighbour's name is a folder's.
    try desk.home.write("memory.new/x", [])
    let error = #expect(throws: WitnessError.self) { try desk.met(log) }
    guard case .file = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!DurableFile.isTaken(desk.home.path("memory")))
  }

  @Test func refusesWhileAnotherProcessJudges() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 2)
    let lock = try FileLock(desk.home.path("memory.lock"), waiting: .zero)
    #expect(throws: WitnessError.held(memory: desk.home.path("memory"), by: getpid())) { try desk.met(log) }
    withExtendedLifetime(lock) {}
  }

  static let spoiled: [(String, @Sendable (String) -> String)] = [
    ("empty", { _ in "" }), ("another line", { $0.replacing("memory/1", with: "memory/2") }),
    ("cut short", { String($0.dropLast()) }), ("one twice", { $0 + $0.dropFirst(23) }),
    ("a larger size", { $0.replacing("log 2", with: "log 3") }), ("behind the last", { $0 + "x\n" }),
    ("a zero before", { $0.replacing("log ", with: "log 0") }), ("no size", { $0.replacing("log ", with: "log x") }),
    ("negative", { $0.replacing("log ", with: "log -") }), ("nothing", { _ in "assay-witness-memory/1\nlog 0\n" }),
    ("too large", { $0.replacing("log ", with: "log 9999") }),
  ]

  @Test(arguments: spoiled.indices) func refusesAnotherMemory(_ index: Int) throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 2)
    try desk.met(log)
    let text = String(decoding: try desk.memory, as: UTF8.self)
    try desk.home.write("memory", Array(Self.spoiled[index].1(text).utf8))
    try desk.expectRefusal(.witnessMemoryMalformed, "") { try desk.cosign(log.request(from: 2), log) }
  }

  /// Whole in all else.
  @Test func refusesAMemoryOfALongCheckpoint() throws {
    for (count, isRead) in [(3_000, true), (4_000, false)] {
      let text = Checkpoint.text(origin: [0x6c], size: 1, root: [UInt8](repeating: 1, count: 32))
      let signature = [UInt8](repeating: 1, count: count)
      var memory = WitnessMemory()
      _ = memory.remember(
        try Checkpoint(parsing: SignedNote.serialized(text: text, signatures: [([0x6b], [1, 2, 3, 4], signature)])))
      let bytes = memory.serialized()
      if isRead {
        #expect(try WitnessMemory(parsing: bytes, named: "m") == memory)
      } else {
        #expect(throws: Failure(.witnessMemoryMalformed, "m", at: 23)) { try WitnessMemory(parsing: bytes, named: "m") }
      }
    }
  }

  @Test func refusesAMemoryThatIsNotTheLogsWord() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 2)
    try desk.met(log)
    let text = String(decoding: try desk.memory, as: UTF8.self).replacing("\n2\n", with: "\n1\n")
    try desk.home.write("memory", Array(text.utf8))
    try desk.expectRefusal(.logCheckpointInvalid, "another commit key") { try desk.cosign(log.request(from: 1), log) }
  }

  @Test func refusesAMemoryThatIsALink() throws {
    let desk = try Desk()
    let log = try SketchedLog(leaves: 2)
    #expect(symlink(try desk.home.write("elsewhere", []), desk.home.path("memory")) == 0)
    let error = #expect(throws: WitnessError.self) { try desk.met(log) }
    guard case .file(_, let file) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file.code == ELOOP)
  }

  @Test func hasRoomForSoManyLedgers() throws {
    let desk = try Desk()
    var memory = WitnessMemory()
    let log = try SketchedLog(leaves: 1)
    for number in 0..<WitnessMemory.mostLogs {
      let origin = Array("log \(number)".utf8)
      let text = Checkpoint.text(origin: origin, size: 1, root: log.tree.root)
      #expect(
        memory.remember(
          try Checkpoint(parsing: SignedNote.serialized(text: text, signatures: [([0x6b], [1, 2, 3, 4], [5])]))))
    }
    try desk.home.write("memory", memory.serialized())
    #expect(try WitnessMemory(parsing: desk.memory, named: "m") == memory)
    try desk.expectRefusal(.witnessMemoryMalformed, "more than 256") { try desk.met(log) }
  }
}
