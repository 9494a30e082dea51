import Cryptography
import Files
import LedgerLeaf

/// A commit once more, whole, beside the database: for a disk that lost the database's last transaction although it had
/// said that it was safe.
///
///     "assay-side-v1\n"  body (160)  salt (12)  signature (2-byte count)  count of rows (4)  rows (4-byte count each)
///
/// Two files take turns, each written over in place, so that a commit costs one sync here, and one that is torn leaves the
/// one before it whole. Behind a commit may lie the end of a longer one.
///
/// Believed no more than the database: its record is signed, and its rows must lead to the record's root.
struct SideFile: Hashable {
  /// Of commits with even and with odd numbers.
  static let names = ["last-commit-0", "last-commit-1"]
  /// Bytes of a longer commit that may stay behind a shorter one.
  static let spare = 1 << 20
  private static let magic = Array("assay-side-v1\n".utf8)
  /// Bytes of a whole file: as many leaves as a commit takes, and their frame.
  static let mostBytes = Ledger.mostBytes + Ledger.mostLeaves * (4 + AuthenticatedEncryption.tagSize) + 4096 + spare

  let commit: SignedCommit
  let rows: [[UInt8]]

  init(commit: SignedCommit, rows: [[UInt8]]) {
    self.commit = commit
    self.rows = rows
  }

  /// Nil where there is none, or none that can be read: it is needed in one case only, which then says so.
  init?(_ path: String) {
    guard let bytes = try? DurableFile.read(path, atMost: Self.mostBytes) else { return nil }
    self.init(decoding: bytes)
  }

  init?(decoding bytes: [UInt8]) {
    var rest = bytes[...]
    func take(_ count: Int) -> [UInt8]? {
      guard count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    func number(_ size: Int) -> Int? { take(size)?.reduce(0) { $0 << 8 | Int($1) } }
    guard take(Self.magic.count) == Self.magic, let body = take(CommitRecord.bodySize),
      let record = CommitRecord(decoding: body), let salt = take(AuthenticatedEncryption.saltSize),
      let signatureSize = number(2), let signature = take(signatureSize), let count = number(4),
      (1...Ledger.mostLeaves).contains(count), UInt64(count) <= record.size
    else { return nil }
    var rows: [[UInt8]] = []
    for _ in 0..<count {
      guard let size = number(4), let row = take(size) else { return nil }
      rows.append(row)
    }
    commit = SignedCommit(record: record, salt: salt, signature: signature)
    self.rows = rows
  }

  var encoded: [UInt8] {
    var bytes = Self.magic + commit.record.body + commit.salt
    func append(_ value: Int, _ size: Int) {
      for shift in stride(from: 8 * (size - 1), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    bytes.reserveCapacity(rows.reduce(512) { $0 + 4 + $1.count })
    append(commit.signature.count, 2)
    bytes += commit.signature
    append(rows.count, 4)
    for row in rows {
      append(row.count, 4)
      bytes += row
    }
    return bytes
  }

  /// The other half of step 1.
  func write(in folder: String) throws(LedgerError) {
    let path = folder + "/" + Self.names[Int(commit.record.number & 1)]
    do throws(FileError) {
      try DurableFile.overwrite(encoded, at: path, cuttingBeyond: Self.spare)
    } catch {
      throw .file(path, error)
    }
  }
}
