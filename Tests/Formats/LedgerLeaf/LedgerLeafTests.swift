import Cryptography
import LedgerLeaf
import Octets
import Reasons
import Testing

@Suite struct LedgerLeafTests {
  @Test func readsWhatItWrites() throws {
    for leaf in SampleLeaves.full + SampleLeaves.sparse {
      #expect(try LedgerLeaf(decoding: leaf.encoded()) == leaf)
    }
    #expect(Set(SampleLeaves.full.map(\.event.kind)) == Set(LedgerEvent.Kind.allCases))
  }

  /// The oracle of a canonical format: whatever is read is written again as the same bytes.
  @Test func oneValueHasOneEncoding() throws {
    for leaf in SampleLeaves.full + SampleLeaves.sparse {
      let bytes = try leaf.encoded()
      for index in bytes.indices {
        for change: UInt8 in [0x01, 0x80, 0xff] {
          var changed = bytes
          changed[index] ^= change
          guard let other = try? LedgerLeaf(decoding: changed) else { continue }
          #expect(try other.encoded() == changed)
          #expect(other != leaf)
        }
      }
    }
  }

  @Test func refusesEveryTruncationAndAddition() throws {
    for leaf in SampleLeaves.full {
      let bytes = try leaf.encoded()
      for count in bytes.indices {
        #expect(throws: Failure.self) { try LedgerLeaf(decoding: Array(bytes.prefix(count))) }
      }
      #expect(throws: Failure(.ledgerLeafMalformed, "ledger leaf", at: UInt64(bytes.count))) {
        try LedgerLeaf(decoding: bytes + [0])
      }
    }
  }

  /// The bytes of docs/formats/LedgerLeaf.md.
  @Test func agreesWithThePage() throws {
    let report = LedgerLeaf(
      claimed: UnixTime(1_790_000_000),
      .reportIssued(
        ReportIssued(image: SampleLeaves.digests[0], report: SampleLeaves.digests[1], verdictIndex: 4711)))
    let expected =
      "01" + "04" + "000000006ab13b80" + "01" + SampleLeaves.digests[0].hex + "01" + SampleLeaves.digests[1].hex
      + "0000000000001267"
    #expect(Hex.encode(try report.encoded()) == expected)
  }

  /// Offsets are those of the change: each spoils one thing in the sample at hand.
  @Test(arguments: [
    ("format", [UInt8(2)] + bytes(3).dropFirst(), 1), ("kind", [1, 12] + bytes(3).dropFirst(2), 2),
    ("kind of none", [1, 0] + bytes(3).dropFirst(2), 2), ("digest algorithm", spoil(3, 10, 2), 11),
    ("enumeration", spoil(2, 10 + 33, 9), 44), ("optional mark", spoil(2, bytes(2).count - 9, 2), bytes(2).count - 8),
    ("digest twice", Array(bytes(1).replacing(second, with: first)), nil),
    ("unsorted digests", Array(bytes(1).replacing(first, with: last)), nil),
    ("descending indexes", spoil(4, bytes(4).count - 9, 9), nil),
    ("control character", Array(bytes(7 - 1).replacing(Array("Ada".utf8), with: Array("A\na".utf8))), nil),
    ("no UTF-8", Array(bytes(7 - 1).replacing(Array("Ada".utf8), with: [0x41, 0xff, 0x41])), nil),
    ("long text", longText, nil),
  ])
  func refuses(_ what: String, _ bytes: [UInt8], _ offset: Int?) {
    let failure = #expect(throws: Failure.self) { try LedgerLeaf(decoding: bytes) }
    #expect(failure?.reason == .ledgerLeafMalformed)
    if let offset { #expect(failure?.offset == UInt64(offset), "\(what)") }
  }

  static func bytes(_ index: Int) -> [UInt8] { (try? SampleLeaves.full[index].encoded()) ?? [] }

  static func spoil(_ index: Int, _ position: Int, _ byte: UInt8) -> [UInt8] {
    var bytes = bytes(index)
    bytes[position] = byte
    return bytes
  }

  static let sorted = DigestSet(SampleLeaves.digests).digests
  static var first: [UInt8] { [1] + sorted[0].bytes }
  static var second: [UInt8] { [1] + sorted[1].bytes }
  static var last: [UInt8] { [1] + sorted[2].bytes }

  /// An export whose recipient has one byte more than fits.
  static var longText: [UInt8] {
    let size = LedgerLeaf.mostText + 1
    return Array(bytes(8).dropLast(6)) + [UInt8(size >> 8), UInt8(size & 0xff)] + [UInt8](repeating: 0x61, count: size)
  }

  @Test func writesNothingBeyondItsBounds() {
    func leaf(_ event: LedgerEvent) -> LedgerLeaf { LedgerLeaf(claimed: UnixTime(0), event) }
    func export(root: Int = 32, recipient: [UInt8] = []) -> LedgerLeaf {
      leaf(.export(Export(size: 1, root: [UInt8](repeating: 0, count: root), recipient: recipient)))
    }
    func change(content: Int, approvals: [UInt64] = []) -> LedgerLeaf {
      leaf(
        .trustChange(
          ObjectChange(
            action: .add, kind: [], name: [], object: SampleLeaves.digests[0], previous: nil,
            content: [UInt8](repeating: 0, count: content), approvals: approvals)))
    }
    let many = (0...UInt64(LedgerLeaf.mostItems)).map { $0 }
    let beyond = [
      export(root: 31), export(recipient: [0x0a]), export(recipient: [0xff]),
      export(recipient: [UInt8](repeating: 0x61, count: LedgerLeaf.mostText + 1)),
      change(content: LedgerLeaf.mostContent + 1), change(content: 0, approvals: [2, 2]),
      change(content: 0, approvals: many),
      // Each field within its bounds, the whole beyond: 60,000 and 800 × 8.
      change(content: LedgerLeaf.mostContent, approvals: many.dropLast()),
    ]
    for leaf in beyond {
      let failure = #expect(throws: Failure.self) { try leaf.encoded() }
      #expect(failure?.reason == .ledgerLeafMalformed)
    }
    #expect(throws: Never.self) { try change(content: LedgerLeaf.mostContent).encoded() }
  }

  /// As many digests as an import puts into a leaf, of the longest kind, in both lists.
  @Test func anImportOfLongDigestsFits() throws {
    let digests = (0..<800).map { ClaimedDigest(digest([UInt8($0 & 0xff), UInt8($0 >> 8)], .sha512)) }
    let leaf = LedgerLeaf(
      claimed: UnixTime(0),
      .importing(
        Import(
          medium: digests[0], size: 0, label: [UInt8](repeating: 0x61, count: LedgerLeaf.mostText),
          clock: TPMClock(milliseconds: 0, resets: 0, restarts: 0, isSafe: true),
          images: DigestSet(Array(digests[..<400])), evidence: DigestSet(Array(digests[400...])))))
    #expect(try LedgerLeaf(decoding: leaf.encoded()) == leaf)
  }

  @Test func readsNothingLongerThanATileEntry() {
    let failure = #expect(throws: Failure.self) {
      try LedgerLeaf(decoding: [UInt8](repeating: 1, count: LedgerLeaf.mostBytes + 1))
    }
    #expect(failure?.offset == nil)
  }
}
