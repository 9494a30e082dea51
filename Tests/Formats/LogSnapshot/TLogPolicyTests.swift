import Base64
import LogSnapshot
import Octets
import Reasons
import SignedNote
import Testing

@Suite struct TLogPolicyTests {
  static func vkey(_ name: String, _ seed: UInt8, _ type: NoteSignatureType = .cosignature) -> String {
    let key = NoteVerifierKey(name: Array(name.utf8), type: type, key: [UInt8](repeating: seed, count: 32))!
    return String(decoding: key.serialized, as: UTF8.self)
  }

  static func read(_ text: String) throws -> TLogPolicy { try TLogPolicy(parsing: Array(text.utf8), named: "p") }

  static let witnesses = (1...6).map { "witness X\($0) \(vkey("x\($0).example", UInt8($0)))\n" }.joined()

  static func names(_ numbers: Int...) -> Set<[UInt8]> { Set(numbers.map { Array("X\($0)".utf8) }) }

  /// The specification's example: two groups, and both are wanted.
  @Test func readsTwoLevelsOfGroups() throws {
    let policy = try Self.read(
      """
      # logs
      \tlog \(Self.vkey("log.example", 9, .ed25519)) https://log.example/ \t

      \(Self.witnesses)group X-witnesses 2 X1 X2 X3
        # and the others
      group Y-witnesses any X4 X5 X6
      group X-and-Y\tall  X-witnesses Y-witnesses
      quorum X-and-Y

      """)
    #expect(policy.logs.map(\.name) == [Array("log.example".utf8)])
    #expect(policy.witnesses.count == 6)
    #expect(policy.isMet(by: Self.names(1, 3, 6)))
    #expect(policy.isMet(by: Self.names(1, 2, 3, 4, 5, 6)))
    for few in [[], [1], [1, 2, 3], [1, 4, 5, 6], [4, 5, 6]] {
      #expect(!policy.isMet(by: Set(few.map { Array("X\($0)".utf8) })))
    }
  }

  @Test func readsTheSimplest() throws {
    #expect(try Self.read("quorum none\n").isMet(by: []))
    let policy = try Self.read("\(Self.witnesses)quorum X2\n")
    #expect(policy.isMet(by: Self.names(2)) && !policy.isMet(by: Self.names(1, 3, 4, 5, 6)))
    // What nobody asks for may stand behind.
    #expect(try Self.read("quorum none\n\(Self.witnesses)").witnesses.count == 6)
  }

  /// A witness's ML-DSA key: it is there, and never cosigns.
  @Test func takesAWitnessWhoseKeyItDoesNotVerify() throws {
    let key = Base64.encode([6] + [UInt8](repeating: 1, count: 1312))
    let policy = try Self.read("witness Q q.example+00000000+\(key)\n\(Self.witnesses)group G any Q X1\nquorum G\n")
    #expect(policy.witnesses.first?.key == nil)
    #expect(policy.isMet(by: Self.names(1)))
  }

  @Test func comparesNamesByBytes() throws {
    #expect(throws: Failure(.witnessPolicyMalformed, "p: line 2")) {
      try Self.read("witness K \(Self.vkey("k.example", 1))\nquorum \u{212a}\n")
    }
  }

  @Test(
    arguments: [
      (1, ""), (1, "quorum\n"), (1, "quorum X1\n"), (1, "quorum none none\n"), (2, "quorum none\nquorum none\n"),
      (1, "Quorum none\n"), (1, "quorum none\r\n"), (1, "quorum none\0\n"), (1, "quorum none\u{7f}\n"), (1, "log\n"),
      (1, "log x\n"), (1, "log \(vkey("l.example", 1, .cosignature))\n"),
      (1, "log \(vkey("l.example", 1, .ed25519)) a b\n"),
      (2, "log \(vkey("l.example", 1, .ed25519))\nlog \(vkey("m.example", 1, .ed25519))\n"),
      (1, "witness W\n"), (1, "witness W x\n"), (1, "witness W \(vkey("l.example", 1, .ed25519))\n"),
      (1, "witness none \(vkey("w.example", 1))\n"), (1, "witness W \(vkey("w.example", 1)) a b\n"),
      (2, "witness W \(vkey("w.example", 1))\nwitness W \(vkey("v.example", 2))\n"),
      (2, "witness W \(vkey("w.example", 1))\nwitness V \(vkey("v.example", 1))\n"),
      (7, "\(witnesses)group G any\n"), (7, "\(witnesses)group G any none\n"), (7, "\(witnesses)group G any G\n"),
      (7, "\(witnesses)group X1 any X2\n"), (7, "\(witnesses)group none any X2\n"), (7, "\(witnesses)group G 0 X1\n"),
      (7, "\(witnesses)group G 3 X1 X2\n"), (7, "\(witnesses)group G 01 X1\n"), (7, "\(witnesses)group G some X1\n"),
      (7, "\(witnesses)group G 2 X1 X1\n"), (7, "\(witnesses)group G -1 X1\n"),
      (7, "\(witnesses)group G 99999999999999999999 X1\n"),
      (8, "\(witnesses)group G any X1\ngroup H all X1 G\n"), (7, "\(witnesses)group G any H\ngroup H any X1\n"),
      (7, "\(witnesses)quorum G\ngroup G any X1\n"),
    ] as [(Int, String)])
  func namesTheLineThatItRefuses(_ line: Int, _ text: String) {
    let subject = text.isEmpty ? "p" : "p: line \(line)"
    #expect(throws: Failure(.witnessPolicyMalformed, subject)) { try Self.read(text) }
  }

  @Test func refusesAFileThatWasCutShort() {
    #expect(throws: Failure(.witnessPolicyMalformed, "p")) { try Self.read("quorum none") }
    #expect(throws: Failure(.witnessPolicyMalformed, "p")) { try Self.read(Self.witnesses) }
  }

  @Test func hasBounds() throws {
    func many(_ count: Int) -> String {
      (0..<count).map { number in
        let key = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        let vkey = NoteVerifierKey(
          name: Array("w\(number)".utf8), type: .cosignature, key: key + [UInt8](repeating: 0, count: 30))!
        return "witness w\(number) \(String(decoding: vkey.serialized, as: UTF8.self))\n"
      }.joined()
    }
    #expect(try Self.read(many(256) + "quorum none\n").witnesses.count == 256)
    #expect(throws: Failure(.witnessPolicyMalformed, "p: line 257")) { try Self.read(many(257) + "quorum none\n") }
    #expect(throws: Failure(.witnessPolicyMalformed, "p")) {
      try Self.read(String(repeating: "#\n", count: 200_000) + "quorum none\n")
    }
  }
}
