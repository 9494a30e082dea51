import Cryptography
import Glibc
import Ledger
import LedgerRig

/// A database that anybody may have written is opened without being written to, and is no ledger that runs: its anchor is
/// another one.
enum LedgerInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    var name = Array("/dev/shm/assay-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw Broken("no folder: \(errno)") }
    let folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db-journal", "lock"] {
        unlink("\(folder)/\(file)")
      }
      rmdir(folder)
    }
    let path = folder + "/ledger.db"
    try write(bytes, to: path)
    let signer = try RigSigner(pkcs8: key)
    var leaves = 0
    let isReadable = try open(folder, signer) { leaves += 1 }
    try hold(try read(path, most: bytes.count + 1) == bytes, "what was not proven was written to")
    return isReadable && leaves > 0
  }

  private static func open(_ folder: String, _ signer: RigSigner, _ visit: () -> Void) throws -> Bool {
    var store = LedgerRig.key()
    // Not at its beginning, from where a first commit would lead on.
    let anchor = MemoryAnchor()
    _ = try anchor.extend(digest([]), from: [UInt8](repeating: 0, count: 32))
    let opening: LedgerOpening
    do {
      opening = try Ledger.open(
        in: folder, storeID: LedgerRig.storeID, wiping: &store, anchor: anchor, signer: signer, waiting: .zero
      ) { _, _ in visit() }
    } catch { return false }
    guard case .refused(let forensic) = opening else {
      throw Broken("a ledger runs under an anchor that is not its own")
    }
    guard let last = forensic.lastRecord else { return false }
    for index in 0..<min(last.size, 8) { _ = forensic.leaf(at: index) }
    return true
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Broken("no file: \(errno)") }
    defer { close(file) }
    try hold(Glibc.write(file, bytes, bytes.count) == bytes.count, "the file takes nothing")
  }

  private static func read(_ path: String, most: Int) throws -> [UInt8] {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Broken("the file is gone: \(errno)") }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: most)
    let count = Glibc.read(file, &bytes, most)
    return Array(bytes.prefix(max(0, count)))
  }

  /// PKCS #8 of the key that signed the seeds' commits.
  static let key: [UInt8] = [
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
    0xda, 0x4d, 0xa0, 0xca, 0x1b, 0x1a, 0xf6, 0xd7, 0xeb, 0x91, 0xcc, 0xd4, 0xc7, 0x46, 0xaf, 0xe1, 0x6b, 0xcb,
    0xb1, 0xe3, 0x9b, 0x85, 0x92, 0x36, 0x23, 0xa7, 0x02, 0xf0, 0x36, 0x2b, 0xff, 0x16, 0xa1, 0x44, 0x03, 0x42,
    0x00, 0x04, 0x6f, 0xa4, 0xcd, 0x4b, 0xf3, 0x24, 0x09, 0x7d, 0x81, 0xb7, 0xdf, 0xf3, 0x41, 0x06, 0xf0, 0x86,
    0xf0, 0x70, 0x09, 0x1c, 0xde, 0x94, 0xbe, 0x33, 0x94, 0x36, 0x65, 0x76, 0x38, 0xf8, 0xfe, 0x6f, 0x6b, 0xa1,
    0xfe, 0xef, 0x92, 0x04, 0x2f, 0x98, 0x0b, 0x95, 0x63, 0xd8, 0xe7, 0xe1, 0x11, 0x94, 0xa0, 0x5d, 0xa4, 0x4b,
    0x62, 0x3b, 0xb4, 0xb4, 0xbc, 0xbc, 0x72, 0x09, 0x07, 0x39, 0x77, 0x2e,
  ]
}
