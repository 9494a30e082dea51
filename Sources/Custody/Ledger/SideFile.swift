import Cryptography
import Files
import LedgerLeaf

/// The last commit once more, whole, beside the database: for a disk that lost the database's last transaction although it
/// had said that it was safe.
///
///     "assay-side-v1\n"  body (160)  salt (12)  signature (2-byte count)  count of rows (4)  rows (4-byte count each)
///
/// Believed no more than the database: its record is signed, and its rows must lead to the record's root.
struct SideFile: Hashable {
  static let name = "last-commit"
  private static let magic = Array("assay-side-v1\n".utf8)
  /// Bytes of a whole file: as many leaves as a commit takes, and their frame.
  static let mostBytes = Ledger.mostBytes + Ledger.mostLeaves * (4 + AuthenticatedEncryption.tagSize) + 4096

  let commit: SignedCommit
  let rows: [[UInt8]]

  init(commit: SignedCommit, rows: [[UInt8]]) {
    self.commit = commit
    self.rows = rows
  }

  /// Nil where there is none, or none that can be read: it is needed in one case only, which then says so.
  init?(in folder: String) {
    guard let bytes = try? DurableFile.read(folder + "/" + Self.name, atMost: Self.mostBytes) else { return nil }
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
    guard rest.isEmpty else { return nil }
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

  /// Step 2 of a commit.
  func write(in folder: String) throws(LedgerError) {
    let path = folder + "/" + Self.name
    do throws(FileError) { try DurableFile.write(encoded, to: path) } catch { throw .file(path, error) }
  }
}
