import CSQLite
import Glibc

/// The first 100 bytes (sqlite.org/fileformat.html §1.3) and the journal and the log beside the file, looked at before
/// SQLite is let near them.
enum DatabaseHeader {
  private static let size = 100
  private static let magic = Array("SQLite format 3\0".utf8)
  /// Magic number without its lowest bit, which says how sums are made; format; size of a page (§4.1).
  private static let logMagic: [UInt8] = [0x37, 0x7f, 0x06, 0x82, 0x00, 0x2d, 0xe2, 0x18, 0x00, 0x00, 0x10, 0x00]
  private static let logHeaderSize = 32

  static func check(_ path: String, applicationID: UInt32) throws(SQLiteError) {
    guard let bytes = try read(path, size) else {
      throw SQLiteError(SQLITE_CANTOPEN, "there is no file")
    }
    guard bytes.count == size, bytes.starts(with: magic) else {
      throw SQLiteError(SQLITE_NOTADB, "it is no SQLite file")
    }
    let pageSize = Int(bytes[16]) << 8 | Int(bytes[17])
    let encoding = bytes[56..<60].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let application = bytes[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    // Versions 2: a write-ahead log.
    guard pageSize == Database.pageSize, bytes[18] == 2, bytes[19] == 2, bytes[20] == 0, encoding == 1,
      application == applicationID
    else { throw .malformed("its header is not the one that Assay writes") }
    // SQLite would play it back, and remove what other files it names.
    guard try read(path + "-journal", 0) == nil else { throw .malformed("a rollback journal lies beside it") }
    try checkLog(path + "-wal")
  }

  /// A log of ours, or one that a crash left before its header was on the disk. What it holds is looked at when SQLite
  /// has put it together.
  private static func checkLog(_ path: String) throws(SQLiteError) {
    guard var bytes = try read(path, logHeaderSize) else { return }
    guard bytes.count == logHeaderSize, bytes.contains(where: { $0 != 0 }) else { return }
    bytes[3] &= 0xfe
    guard bytes.starts(with: logMagic) else { throw .malformed("the log beside it is not one that Assay writes") }
  }

  /// Nil where there is no file; fewer bytes where it is shorter. Follows no link.
  private static func read(_ path: String, _ count: Int) throws(SQLiteError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      let link = errno == ELOOP
      let words = String(cString: strerror(errno))
      throw link ? .malformed("it is a symbolic link") : SQLiteError(SQLITE_CANTOPEN, words)
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .malformed("it is not a file") }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = Glibc.read(file, &bytes, count)
    guard got >= 0 else { throw SQLiteError(SQLITE_IOERR, String(cString: strerror(errno))) }
    return Array(bytes.prefix(got))
  }
}
