import Octets
import Reasons
import SignedNote
import Testing

@Suite struct WitnessRequestTests {
  static let hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
  static let note = "example.com/log\n7\n\(hash)\n\n— example.com/log Az3grlgtzPI=\n— w jWbPPwAA\n"

  static func read(_ text: String) throws -> WitnessRequest { try WitnessRequest(parsing: Array(text.utf8)) }

  @Test(
    arguments: [
      ("old 0\n\n\(note)", 0, 0), ("old 7\n\n\(note)", 7, 0), ("old 5\n\(hash)\n\(hash)\n\n\(note)", 5, 2),
      ("old 1\n" + String(repeating: "\(hash)\n", count: 63) + "\n\(note)", 1, 63),
    ] as [(String, UInt64, Int)])
  func writesWhatItReads(_ text: String, _ old: UInt64, _ hashes: Int) throws {
    let request = try Self.read(text)
    #expect(request.old == old)
    #expect(request.path.count == hashes)
    #expect(request.checkpoint.size == 7)
    #expect(String(decoding: request.serialized(), as: UTF8.self) == text)
    let again = try WitnessRequest(old: old, path: request.path, checkpoint: Array(Self.note.utf8))
    #expect(again == request)
  }

  /// The specification's example.
  @Test func readsTheExample() throws {
    let request = try Self.read(
      """
      old 20852014
      PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
      jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
      5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
      /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

      example.com/behind-the-sofa
      20852163
      CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

      — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
      — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

      """)
    #expect(request.old == 20_852_014)
    #expect(request.path.count == 4)
    #expect(request.checkpoint.size == 20_852_163)
    #expect(request.checkpoint.note.signatures.count == 2)
  }

  @Test(arguments: [
    "", "\n", "old 0", "old 0\n", "old\n\n\(note)", "old \n\n\(note)", "old 00\n\n\(note)", "old 01\n\n\(note)",
    "old -1\n\n\(note)", "old  0\n\n\(note)", "Old 0\n\n\(note)", "old 0 \n\n\(note)", "old 0\r\n\n\(note)",
    "old 9223372036854775808\n\n\(note)", "\(hash)\n\n\(note)", "old 8\n\n\(note)",
    // From no leaves, and a proof.
    "old 0\n\(hash)\n\n\(note)",
    "old 5\nAAAA\n\n\(note)", "old 5\n\(hash)=\n\n\(note)", "old 5\n \(hash)\n\n\(note)",
    "old 1\n" + String(repeating: "\(hash)\n", count: 64) + "\n\(note)",
    "old 5\n\n" + String(repeating: "x", count: WitnessRequest.mostBytes),
  ])
  func refuses(_ text: String) {
    #expect(throws: Failure(.witnessRequestMalformed, "witness request")) { try Self.read(text) }
  }

  @Test(arguments: ["old 0\n\n", "old 0\n\n\n\(note)", "old 5\n\nexample.com/log\n7\n\(hash)\n"])
  func refusesWhatHasNoCheckpoint(_ text: String) {
    let failure = #expect(throws: Failure.self) { try Self.read(text) }
    #expect(failure?.reason == .logCheckpointMalformed)
  }

  @Test func refusesToBeMadeOfThem() {
    for (old, path) in [(8, []), (0, [[UInt8](repeating: 0, count: 32)]), (5, [[1]])] as [(UInt64, [[UInt8]])] {
      #expect(throws: Failure(.witnessRequestMalformed, "witness request")) {
        try WitnessRequest(old: old, path: path, checkpoint: Array(Self.note.utf8))
      }
    }
  }

  // MARK: What a witness answers

  @Test func readsSignatureLines() throws {
    let note = try SignedNote(parsing: Array(Self.note.utf8))
    let lines = Array("— example.com/log Az3grlgtzPI=\n— w jWbPPwAA\n".utf8)
    #expect(try SignedNote.signatures(parsing: lines, named: "answer") == note.signatures)
    #expect(note.signatures.flatMap(\.line) == lines)
    #expect(note.serialized() == Array(Self.note.utf8))
    #expect(note.serialized(adding: [note.signatures[1]]) == Array((Self.note + "— w jWbPPwAA\n").utf8))
  }

  @Test(arguments: ["", "\n", "— w jWbPPwAA", "— w jWbPPwAA\n\n— w jWbPPwAA\n", "x\n\n— w jWbPPwAA\n", "x\n"])
  func refusesOtherLines(_ text: String) {
    let failure = #expect(throws: Failure.self) {
      try SignedNote.signatures(parsing: Array(text.utf8), named: "answer")
    }
    #expect(failure?.reason == .logCheckpointMalformed)
    #expect(failure?.subject == "answer")
  }
}
