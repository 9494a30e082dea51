import Cryptography
import SQLite

/// The commit records, each proven to follow from the one before. 60 bytes of memory a commit.
struct CommitChain: Sendable {
  private(set) var last: SignedCommit?
  /// Leaves behind each record.
  private(set) var sizes: [UInt64] = []
  /// `AuthenticatedEncryption.saltSize` bytes for each record.
  private var salts: [UInt8] = []
  /// The anchor before the first record, then that behind each; 32 bytes each.
  private var anchors: [UInt8] = []

  init() {}

  /// Only the last record's signature is verified by whoever reads: its body names its whole past.
  init(_ file: LedgerFile, storeID: [UInt8]) throws(History.Damage) {
    let rows = try sqlite { () throws(SQLiteError) in try file.records() }
    while try sqlite({ () throws(SQLiteError) in try rows.step() }) {
      let (number, body, salt, signature, anchor) = try sqlite { () throws(SQLiteError) in
        (try rows.integer(0), try rows.blob(1), try rows.blob(2), try rows.blob(3), try rows.blob(4))
      }
      let expected = UInt64(sizes.count) + 1
      let altered = History.Damage.finding(.recordAltered(number: expected))
      guard number == expected, let record = CommitRecord(decoding: body), record.number == expected else {
        throw altered
      }
      guard record.storeID == storeID else { throw .finding(.otherStore(id: record.storeID)) }
      guard salt.count == AuthenticatedEncryption.saltSize, record.anchor == anchor, follows(record) else {
        throw altered
      }
      append(SignedCommit(record: record, salt: salt, signature: signature))
    }
  }

  /// The next number, on the last anchor, with at least one leaf more.
  func follows(_ record: CommitRecord) -> Bool {
    guard let last = last?.record else { return record.number == 1 && record.size > 0 }
    return record.storeID == last.storeID && record.number == last.number + 1 && record.size > last.size
      && record.previousAnchor == last.anchor && record.state.policyVersion >= last.state.policyVersion
      && record.state.timeFloor >= last.state.timeFloor
  }

  mutating func append(_ commit: SignedCommit) {
    if last == nil { anchors = commit.record.previousAnchor }
    anchors += commit.record.anchor
    sizes.append(commit.record.size)
    salts += commit.salt
    last = commit
  }

  /// Leaves behind the record before the last one.
  var sizeBeforeLast: UInt64 { sizes.dropLast().last ?? 0 }

  /// The salt of the commit that brought a leaf, which must be there.
  func salt(ofLeafAt index: UInt64) -> [UInt8] {
    var (low, high) = (0, sizes.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if index < sizes[middle] { high = middle } else { low = middle + 1 }
    }
    let size = AuthenticatedEncryption.saltSize
    return Array(salts[low * size..<(low + 1) * size])
  }

  /// The number of the record behind which the anchor had this value, 0 before the first; nil where it never had.
  func number(ofAnchor value: [UInt8]) -> UInt64? {
    guard value.count == CommitRecord.hashSize else { return nil }
    let starts = stride(from: 0, to: anchors.count, by: CommitRecord.hashSize)
    return starts.first { anchors[$0..<$0 + CommitRecord.hashSize] == value[...] }
      .map { UInt64($0 / CommitRecord.hashSize) }
  }
}
