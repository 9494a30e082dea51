import Base64
import LogSnapshot
import Octets
import Reasons
import Testing

/// The small files of a log snapshot.
@Suite struct SnapshotFileTests {
  static func describe(_ members: String) throws -> LogDescription {
    try LogDescription(parsing: Array(#"{"format": "assay-log-snapshot/1", \#(members)}"#.utf8), named: "a/log.json")
  }

  @Test func readsADescription() throws {
    let description = try Self.describe(
      #""origin": "rekor.example - 7", "kind": "rekor-v1", "minimumIndex": 5, "treeID": "7", "keys": ["x"]"#)
    #expect(description.kind == .rekorVersion1)
    #expect(description.origin == Array("rekor.example - 7".utf8))
    #expect(description.minimumIndex == 5)
    #expect(try Self.describe(#""origin": "o", "kind": "tlog""#).kind == .other)
  }

  @Test(arguments: [
    #""origin": "o""#, #""kind": "tlog""#, #""origin": "o", "kind": "ct""#, #""origin": "", "kind": "tlog""#,
    #""origin": "a\nb", "kind": "tlog""#, #""origin": "o", "kind": "tlog", "minimumIndex": -1"#,
    #""origin": "o", "kind": "tlog", "url": "x""#, #""origin": "o", "kind": "tlog", "keys": "x""#,
  ])
  func refusesOtherDescriptions(_ members: String) {
    #expect { try Self.describe(members) } throws: { ($0 as? Failure)?.reason == .logSnapshotMalformed }
  }

  @Test func refusesAnotherFormat() {
    let bytes = Array(#"{"format": "assay-log-snapshot/2", "origin": "o", "kind": "tlog"}"#.utf8)
    #expect(throws: Failure(.logSnapshotMalformed, "x: format")) { try LogDescription(parsing: bytes, named: "x") }
  }

  @Test func readsPaths() throws {
    let line = Base64.encode([UInt8](repeating: 5, count: 32)) + "\n"
    #expect(try ConsistencyFile.path(parsing: [], named: "c").isEmpty)
    #expect(try ConsistencyFile.path(parsing: Array((line + line).utf8), named: "c").count == 2)
    for text in ["\n", line + "\n", String(line.dropLast()), "AAAA\n", " " + line, String(repeating: line, count: 65)] {
      #expect(throws: Failure(.logSnapshotMalformed, "c")) {
        try ConsistencyFile.path(parsing: Array(text.utf8), named: "c")
      }
    }
  }

  @Test func readsEntries() throws {
    func read(_ text: String) throws -> CarriedEntry { try CarriedEntry(parsing: Array(text.utf8), named: "e") }
    let id = String(repeating: "ab", count: 32)
    let entry = try read(
      #"{"body": "QUJD", "integratedTime": 7, "logID": "\#(id)", "logIndex": 9, "signedEntryTimestamp": "AAAA"}"#)
    #expect(entry.body == Array("ABC".utf8))
    #expect(
      entry.promise
        == .init(
          signature: [0, 0, 0], integratedTime: UnixTime(7), logID: [UInt8](repeating: 0xab, count: 32), logIndex: 9))
    #expect(try read(#"{"body": "QUJD", "integratedTime": 7, "logID": "\#(id)", "logIndex": 9}"#).promise == nil)
    for text in [
      #"{"body": ""}"#, #"{"body": "QUI"}"#, #"{}"#, #"{"body": "QUJD", "more": 1}"#,
      #"{"body": "QUJD", "signedEntryTimestamp": "AAAA"}"#,
      #"{"body": "QUJD", "integratedTime": 7, "logID": "ab", "logIndex": 9, "signedEntryTimestamp": "AAAA"}"#,
      #"{"body": "QUJD", "integratedTime": 7, "logID": "\#(id)", "logIndex": -9, "signedEntryTimestamp": "AAAA"}"#,
    ] {
      #expect { try read(text) } throws: { ($0 as? Failure)?.reason == .logSnapshotMalformed }
    }
  }

  @Test func readsHeads() throws {
    let heads = [
      LogHead(size: 3, root: [UInt8](repeating: 1, count: 32)),
      LogHead(size: 70, root: [UInt8](repeating: 2, count: 32)),
    ]
    let bytes = LogHeads.serialized(heads.reversed())
    #expect(try LogHeads.parse(bytes, named: "h") == heads)
    #expect(try LogHeads.parse([], named: "h").isEmpty)
    for edited in [bytes + bytes, Array(bytes.dropLast()), [0x0a], Array(bytes.dropFirst()), bytes + [0x20]] {
      #expect(throws: Failure(.logSnapshotMalformed, "h")) { try LogHeads.parse(edited, named: "h") }
    }
  }
}
