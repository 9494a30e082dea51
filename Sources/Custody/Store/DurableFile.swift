import Glibc

/// Files that are there whole after a power cut, or not at all.
enum DurableFile {
  /// Writes beside, `fdatasync`, `rename`, then `fsync` of the folder. Mode 0600; replaces what was there.
  static func write(_ bytes: [UInt8], to path: String) throws(StoreError) {
    let temporary = path + ".new-" + uniqueSuffix()
    let file = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(temporary) }
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(file, Array(bytes[written...]), bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
    guard written == bytes.count, fdatasync(file) == 0 else {
      let failure = failure(path)
      Glibc.close(file)
      unlink(temporary)
      throw failure
    }
    Glibc.close(file)
    guard rename(temporary, path) == 0 else {
      let failure = failure(path)
      unlink(temporary)
      throw failure
    }
    try sync(folder: parent(of: path))
  }

  /// All bytes of a regular file; nil where there is none. Follows no link at the last step.
  static func read(_ path: String, atMost limit: Int) throws(StoreError) -> [UInt8]? {
    let file = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure(path)
    }
    defer { Glibc.close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw failure(path) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw .malformed(path: path, "it is not a file") }
    // One byte beyond the bound shows that a file is longer, whatever its size was a moment ago.
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = Glibc.read(file, &bytes, bytes.count)
    guard count >= 0 else { throw failure(path) }
    guard count <= limit else { throw .malformed(path: path, "it is longer than \(limit) bytes") }
    return Array(bytes.prefix(count))
  }

  /// Makes a folder that must not be there yet, for this user alone.
  static func makeFolder(_ path: String) throws(StoreError) {
    guard mkdir(path, 0o700) == 0 else { throw failure(path) }
  }

  /// Makes the folders above a path that are not there.
  static func makeParents(of path: String) throws(StoreError) {
    let parent = parent(of: path)
    if access(parent, F_OK) == 0 { return }
    try makeParents(of: parent)
    guard mkdir(parent, 0o700) == 0 || errno == EEXIST else { throw failure(parent) }
  }

  /// Makes a folder's entries last.
  static func sync(folder path: String) throws(StoreError) {
    let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(path) }
    defer { Glibc.close(folder) }
    guard fsync(folder) == 0 else { throw failure(path) }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// 64 random bits: two writers never share a temporary file, in one process or in several.
  static func uniqueSuffix() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }

  static func failure(_ path: String) -> StoreError { .unusable(path: path, words(for: errno)) }

  private static func words(for error: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    guard strerror_r(error, &text, text.count) == 0 else { return "error \(error)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
