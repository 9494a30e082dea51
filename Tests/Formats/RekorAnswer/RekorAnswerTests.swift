import Base64
import RekorAnswer
import Reasons
import Testing

@Suite struct RekorAnswerTests {
  static let leaf = String(repeating: "ab", count: 32)
  static let entry = """
    {"24296fb24b8ad77a\(leaf)": {"attestation": {}, "body": "AA==", "integratedTime": 5, "logID": "\(leaf)",
     "logIndex": 7, "verification": {"signedEntryTimestamp": "AQ==", "inclusionProof": {"checkpoint": "o\\n1\\n",
     "hashes": ["\(leaf)"], "logIndex": 1, "rootHash": "\(leaf)", "treeSize": 2}}}}
    """

  static func read(_ text: String) throws -> [RekorEntry] { try RekorEntry.read(Array(text.utf8), named: "a.json") }

  @Test func readsAnEntry() throws {
    let entry = try #require(Self.read(Self.entry).first)
    #expect(entry.statedTree == 2_605_736_670_972_794_746)
    #expect(entry.statedLeafHash == [UInt8](repeating: 0xab, count: 32))
    #expect(entry.body == [0])
    #expect(entry.integratedTime == 5)
    #expect(entry.logIndex == 7)
    #expect(entry.promise == [1])
    #expect(entry.proof.index == 1)
    #expect(entry.proof.treeSize == 2)
    #expect(entry.proof.hashes.count == 1)
    #expect(entry.proof.checkpoint == Array("o\n1\n".utf8))
    #expect(entry.subject == "a.json: 24296fb24b8ad77a\(Self.leaf)")
  }

  @Test func readsOtherShapes() throws {
    #expect(try Self.read("[\(Self.entry), \(Self.entry)]").count == 2)
    let short = Self.entry.replacing("24296fb24b8ad77a", with: "")
    #expect(try Self.read(short).map(\.statedTree) == [nil])
    let unpromised = Self.entry.replacing("\"signedEntryTimestamp\": \"AQ==\", ", with: "")
    #expect(try Self.read(unpromised).map(\.promise) == [nil])
  }

  /// What is left out or changed, one at a time.
  @Test(arguments: [
    ("\"body\": \"AA==\"", "\"body\": \"\""), ("\"body\": \"AA==\"", "\"body\": \"AB==\""),
    ("\"body\": \"AA==\", ", ""), ("\"integratedTime\": 5, ", ""),
    ("\"integratedTime\": 5", "\"integratedTime\": \"5\""),
    ("\"logID\": \"ab", "\"logID\": \""), ("\"logIndex\": 7", "\"logIndex\": -7"),
    ("\"logIndex\": 7", "\"logIndex\": 7.0"),
    ("\"logIndex\": 1, ", ""), ("\"logIndex\": 1", "\"logIndex\": -1"), ("\"treeSize\": 2", "\"treeSize\": null"),
    ("\"rootHash\": \"ab", "\"rootHash\": \"AB"), ("\"hashes\": [\"ab", "\"hashes\": [\""),
    ("\"hashes\": [\"\(leaf)\"]", "\"hashes\": \"\""), ("\"checkpoint\": ", "\"other\": "),
    ("24296fb24b8ad77a", "24"), ("24296fb24b8ad77a", "24296FB24B8AD77A"), ("\"verification\"", "\"other\""),
    (entry, "{}"), (entry, "[]"), (entry, "7"), (entry, "{\"code\": 400, \"message\": \"no\"}"),
    ("\"hashes\": [", "\"hashes\": [" + String(repeating: "\"\(leaf)\",", count: 63)),
  ])
  func refuses(_ old: String, _ new: String) throws {
    #expect(Self.entry.contains(old))
    let text = Self.entry.replacing(old, with: new, maxReplacements: 1)
    do {
      _ = try Self.read(text)
      Issue.record("\(new) was read")
    } catch let failure as Failure {
      #expect([.rekorAnswerMalformed, .jsonLimitExceeded].contains(failure.reason), "\(failure)")
      #expect(failure.subject.hasPrefix("a.json"))
    }
  }

  @Test func sizesAreBounded() throws {
    let most = Base64.encode([UInt8](repeating: 0, count: RekorEntry.bodyLimit))
    #expect(try Self.read(Self.entry.replacing("AA==", with: most)).count == 1)
    let more = Base64.encode([UInt8](repeating: 0, count: RekorEntry.bodyLimit + 1))
    let failure = #expect(throws: Failure.self) { try Self.read(Self.entry.replacing("AA==", with: more)) }
    #expect(failure?.subject.hasSuffix(".body") == true)
    let many = (0...RekorEntry.entryLimit).map { _ in "{}" }.joined(separator: ",")
    let other = #expect(throws: Failure.self) { try Self.read("[\(many)]") }
    #expect(other?.reason == .jsonLimitExceeded)
  }

  @Test func entriesAreCounted() throws {
    let entry = Self.entry.dropFirst("{\"24296fb24b8ad77a".count).drop { $0 != "\"" }.dropLast()
    func answer(_ count: Int) -> String {
      let members = (0..<count).map {
        "\"\(String(repeating: "0", count: 58))\(String(100_000 + $0))\(entry)"
      }
      return "{\(members.joined(separator: ","))}"
    }
    #expect(try Self.read(answer(RekorEntry.entryLimit)).count == RekorEntry.entryLimit)
    let failure = #expect(throws: Failure.self) { try Self.read(answer(RekorEntry.entryLimit + 1)) }
    #expect(failure == Failure(.rekorAnswerMalformed, "a.json"))
  }

  @Test func saysWhatTheLogSaid() throws {
    let failure = #expect(throws: Failure.self) { try Self.read(#"{"code": 400, "message": "no\u0007"}"#) }
    #expect(failure?.detail == "the log answered with an error: no\\u{7}")
  }

  // MARK: Heads and proofs

  @Test func readsHeads() throws {
    let text = #"{"signedTreeHead": "a", "inactiveShards": [{"signedTreeHead": "b"}], "treeID": "1"}"#
    #expect(try RekorTreeHeads.read(Array(text.utf8), named: "") == [Array("a".utf8), Array("b".utf8)])
    #expect(try RekorTreeHeads.read(Array(#"{"signedTreeHead": "a"}"#.utf8), named: "") == [Array("a".utf8)])
  }

  @Test(arguments: [
    "{}", "[]", #"{"signedTreeHead": 1}"#, #"{"signedTreeHead": "a", "inactiveShards": [{}]}"#,
    #"{"signedTreeHead": "a", "inactiveShards": 1}"#, #"{"signedTreeHead": "a", "code": 1, "message": "m"}"#,
  ])
  func refusesHeads(_ text: String) {
    let failure = #expect(throws: Failure.self) { try RekorTreeHeads.read(Array(text.utf8), named: "h") }
    #expect(failure?.reason == .rekorAnswerMalformed)
  }

  @Test func readsProofs() throws {
    let text = #"{"hashes": ["\#(Self.leaf)", "\#(Self.leaf)"], "rootHash": "of another time"}"#
    #expect(try RekorConsistency.read(Array(text.utf8), named: "").count == 2)
    #expect(try RekorConsistency.read(Array(#"{"hashes": []}"#.utf8), named: "").isEmpty)
  }

  @Test(arguments: [
    "{}", #"{"hashes": null}"#, #"{"hashes": ["ab"]}"#, #"{"hashes": [1]}"#,
    #"{"code": 1, "message": "m", "hashes": []}"#,
  ])
  func refusesProofs(_ text: String) {
    let failure = #expect(throws: Failure.self) { try RekorConsistency.read(Array(text.utf8), named: "p") }
    #expect(failure?.reason == .rekorAnswerMalformed)
  }
}
