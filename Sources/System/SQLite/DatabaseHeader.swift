import CSQLite
import Glibc

/// The first 100 bytes (sqlite.org/fileformat.html §1.3) and the journal beside the file, looked at before SQLite is
/// let near them.
enum DatabaseHeader {
  private static let size = 100
  private static let magic = Array("SQLite format 3\0".utf8)
  /// sqlite.org/fileformat.html §3, "super-journal": the last eight bytes of a journal that names another file.
  private static let namesAnother: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]

  static func check(_ path: String, applicationID: UInt32) throws(SQLiteError) {
    guard let bytes = try read(path, size, from: SEEK_SET) else {
      throw SQLiteError(SQLITE_CANTOPEN, "there is no file")
    }
    guard bytes.count == size, bytes.starts(with: magic) else {
      throw SQLiteError(SQLITE_NOTADB, "it is no SQLite file")
    }
    let pageSize = Int(bytes[16]) << 8 | Int(bytes[17])
    let encoding = bytes[56..<60].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let application = bytes[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    // Versions 1: a write-ahead log would be read from yet another file.
    guard pageSize == Database.pageSize, bytes[18] == 1, bytes[19] == 1, bytes[20] == 0, encoding == 1,
      application == applicationID
    else { throw .malformed("its header is not the one that Assay writes") }
    // Whatever a journal names, SQLite removes in the end.
    if let journal = try read(path + "-journal", 8, from: SEEK_END), journal == namesAnother {
      throw .malformed("its journal names another file")
    }
  }

  /// Nil where there is no file; fewer bytes where it is shorter. Follows no link.
  private static func read(_ path: String, _ count: Int, from whence: Int32) throws(SQLiteError) -> [UInt8]? {
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
    if whence == SEEK_END, lseek(file, off_t(-count), SEEK_END) < 0 { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = Glibc.read(file, &bytes, count)
    guard got >= 0 else { throw SQLiteError(SQLITE_IOERR, String(cString: strerror(errno))) }
    return Array(bytes.prefix(got))
  }
}
