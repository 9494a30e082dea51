import Base64
import LogSnapshot
import Octets
import Reasons
import Roles
import SignedNote
import StrictJSON
import Testing
import Verification

/// Log entries pass to a prover whole, and nothing else passes for them.
@Suite struct EntryAnswerTests {
  private static func note(_ size: Int) -> [UInt8] {
    let (root, signature) = (Base64.encode([UInt8](repeating: 7, count: 32)), Base64.encode([1, 2, 3, 4, 5]))
    return Array("log.example\n\(size)\n\(root)\n\n— log.example \(signature)\n".utf8)
  }

  private static func entry(
    _ body: [UInt8], promised: Bool = true, extra: [UInt8]? = nil, tooOld: Failure? = nil
  ) throws -> SnapshotEntry {
    let promise = CarriedEntry.Promise(
      signature: [9], integratedTime: UnixTime(.min), logID: [UInt8](repeating: 3, count: 32), logIndex: .max)
    let proof = try LogProof(index: 4, path: [[UInt8](repeating: 1, count: 32)], checkpoint: note(5), extra: extra)
    return SnapshotEntry(body: body, promise: promised ? promise : nil, proof: proof, tooOld: tooOld)
  }

  private static func entries() throws -> [SnapshotEntry] {
    [
      try entry([1, 2]), try entry([], promised: false, extra: [5]),
      try entry([3], tooOld: Failure(.trustTooOld, "log snapshot", at: 3, "words")),
    ]
  }

  @Test func allOfItReturns() throws {
    let entries = try Self.entries()
    let bytes = try EntryAnswer.serialized(entries)
    let back = try EntryAnswer.entries(parsing: bytes)
    #expect(back == entries && back[2].tooOld?.detail == "words")
    #expect(back.map { $0.proof.serialized() } == entries.map { $0.proof.serialized() })
    #expect(try EntryAnswer.entries(parsing: EntryAnswer.serialized([SnapshotEntry]())) == [])
  }

  @Test func anyOtherSpellingIsRefused() throws {
    let text = String(decoding: try EntryAnswer.serialized(Self.entries()), as: UTF8.self)
    for (one, other) in [
      (#""body":"AQI=""#, #""body":"AQI""#), (#""logIndex":"18446744073709551615""#, #""logIndex":"+1""#),
      (#""integratedTime":"-9223372036854775808""#, #""integratedTime":"00""#), (#""logID":"03"#, #""logID":"0"#),
      (#"[{"body""#, #"[{"also":null,"body""#), (#""promise":null,"#, ""), (#"[{"body""#, #"[ {"body""#),
      (#""reason":"trust.too-old""#, #""reason":"trust.young""#), (#"[{"body""#, #"[7,{"body""#),
    ] {
      #expect(text.contains(one), "\(one)")
      do {
        _ = try EntryAnswer.entries(parsing: Array(text.replacing(one, with: other, maxReplacements: 1).utf8))
        Issue.record("read: \(other)")
      } catch {
        #expect(error.reason == .proofRequestMalformed, "\(other): \(error)")
      }
    }
    let proof = Base64.encode(try Self.entry([1, 2]).proof.serialized())
    #expect(throws: Failure(.logInclusionProofMalformed, "entries")) {
      try EntryAnswer.entries(
        parsing: Array(text.replacing(proof, with: "AAAA", maxReplacements: 1).utf8))
    }
  }

  @Test func whatDoesNotFitIsLeftOut() throws {
    let (small, large) = (try Self.entry([1]), try Self.entry([UInt8](repeating: 1, count: EntryAnswer.limits.bytes)))
    #expect(try EntryAnswer.entries(parsing: EntryAnswer.serialized([large, small])) == [small])
    let many = Array(repeating: small, count: EntryAnswer.most + 1)
    #expect(try EntryAnswer.entries(parsing: EntryAnswer.serialized(many)).count == EntryAnswer.most)
    let half = try Self.entry([UInt8](repeating: 1, count: EntryAnswer.limits.bytes / 2))
    let answer = try EntryAnswer.serialized([half, half])
    #expect(try EntryAnswer.entries(parsing: answer) == [half] && answer.count <= EntryAnswer.limits.bytes)
  }

  @Test func answersAreBounded() throws {
    let one = try EntryAnswer.serialized([Self.entry([1])]).dropFirst().dropLast()
    let list = Array(repeating: Array(one), count: EntryAnswer.most + 1).joined(separator: [UInt8(ascii: ",")])
    #expect(throws: Failure(.jsonLimitExceeded, "entries")) {
      try EntryAnswer.entries(parsing: [UInt8(ascii: "[")] + Array(list) + [UInt8(ascii: "]")])
    }
    #expect(throws: Failure(.jsonLimitExceeded, "entries")) {
      try EntryAnswer.entries(parsing: [UInt8](repeating: 0x20, count: EntryAnswer.limits.bytes + 1))
    }
  }

  @Test func historiesReturn() throws {
    for check in [HistoryCheck.consistent, .unknown, .forked] {
      #expect(try EntryAnswer.history(parsing: EntryAnswer.serialized(check)) == check)
    }
    for bytes in [[], [3], [0, 0]] as [[UInt8]] {
      #expect(throws: Failure(.proofRequestMalformed, "history")) { try EntryAnswer.history(parsing: bytes) }
    }
  }

  /// A checkpoint is asked about by the bytes of its note.
  @Test func checkpointsReturn() throws {
    let checkpoint = try Checkpoint(parsing: Self.note(5))
    #expect(try Checkpoint(parsing: checkpoint.note.serialized(), named: "findings") == checkpoint)
  }
}
