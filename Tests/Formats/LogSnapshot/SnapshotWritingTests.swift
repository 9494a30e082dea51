import LogSnapshot
import Octets
import Reasons
import Testing

/// What the connected side writes is what appliances read.
@Suite struct SnapshotWritingTests {
  @Test func descriptions() throws {
    for description in [
      LogDescription(origin: Array("rekor.example - 7".utf8), kind: .rekorVersion1, treeID: Array("7".utf8)),
      LogDescription(origin: Array("é “x”\u{202e}".utf8), kind: .other, minimumIndex: 5, keys: [Array("a+b+c".utf8)]),
    ] {
      #expect(try LogDescription(parsing: description.serialized(), named: "log.json") == description)
    }
  }

  @Test func entries() throws {
    let promise = CarriedEntry.Promise(
      signature: [1, 2], integratedTime: UnixTime(1_700_000_000), logID: [UInt8](repeating: 9, count: 32), logIndex: 7)
    for entry in [CarriedEntry(body: [0], promise: promise), CarriedEntry(body: [1, 2, 3], promise: nil)] {
      #expect(try CarriedEntry(parsing: entry.serialized(), named: "entry") == entry)
    }
  }

  @Test(arguments: [0, 1, 63]) func paths(_ count: Int) throws {
    let path = (0..<count).map { [UInt8](repeating: UInt8($0), count: 32) }
    #expect(try ConsistencyFile.path(parsing: ConsistencyFile.serialized(path), named: "path") == path)
  }

  @Test(arguments: [
    ("log2025-1.rekor.sigstore.dev", "log2025-1.rekor.sigstore.dev"),
    ("rekor.sigstore.dev - 2605736670972794746", "rekor.sigstore.dev-2605736670972794746"),
    ("example.com/log/testdata", "example.com-log-testdata"), ("é", "-"), (".", "log."), ("../x", "log..-x"),
    (String(repeating: "a", count: 200), String(repeating: "a", count: 100)),
  ])
  func folders(_ origin: String, _ folder: String) {
    #expect(SnapshotPath.folder(of: Array(origin.utf8)) == folder)
  }
}
