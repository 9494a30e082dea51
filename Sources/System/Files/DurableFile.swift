import Glibc

/// Files of our own that are there whole after a power cut, or not at all.
package enum DurableFile {
  /// Writes beside, `fsync`, `rename`, then `fsync` of the folder. Replaces what was there.
  ///
  /// The neighbour has one name, so that a crash leaves one at the most, and the next writing replaces it: for files
  /// that one process writes at a time.
  /// - Parameters:
  ///   - syncingFolder: false where the caller syncs the folder itself, behind many files.
  ///   - mode: who may read it.
  package static func write(
    _ bytes: [UInt8], to path: String, syncingFolder: Bool = true, mode: UInt32 = 0o600
  ) throws(FileError) {
    let temporary = path + ".new"
    try remove(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileError("create") }
    defer { close(file) }
    do throws(FileError) {
      try write(bytes[...], to: file)
      guard fsync(file) == 0 else { throw FileError("sync") }
      try rename(temporary, to: path)
    } catch {
      // A full disk leaves nothing.
      try? remove(temporary)
      throw error
    }
    if syncingFolder { try sync(folder: parent(of: path)) }
  }

  /// Gives a file or folder another name; a file there is replaced, and so is an empty folder by a folder. The caller
  /// syncs the folder.
  package static func rename(_ path: String, to other: String) throws(FileError) {
    guard Glibc.rename(path, other) == 0 else { throw FileError("rename") }
  }

  /// Removes a file; one that is not there is no error.
  package static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove") }
  }

  /// Removes a folder with everything in it: one of our own making, which nobody else writes to.
  package static func removeTree(_ path: String) throws(FileError) {
    let folder = try Directory(path: path)
    for name in try folder.names(atMost: .max) ?? [] {
      let child = path + "/" + String(decoding: name, as: UTF8.self)
      if try folder.status(of: name).kind == .directory { try removeTree(child) } else { try remove(child) }
    }
    guard rmdir(path) == 0 else { throw FileError("remove folder") }
  }

  /// Writes over a file's beginning, in place, by one sync; what was longer keeps its end. Makes the file, mode 0600,
  /// where there is none of this one name.
  ///
  /// A crash leaves any part of it: for bytes that say themselves whether they are whole, and that something else holds
  /// meanwhile.
  /// - Parameter spare: bytes behind the new ones from which on the end is cut off.
  package static func overwrite(
    _ bytes: [UInt8], at path: String, cuttingBeyond spare: Int
  ) throws(FileError) {
    let file = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    var facts = stat()
    // A link, or a file of two names, would lead elsewhere.
    guard file >= 0, fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_nlink == 1 else {
      if file >= 0 { close(file) }
      return try write(bytes, to: path)
    }
    defer { close(file) }
    try write(bytes[...], to: file)
    if facts.st_size > bytes.count + spare, ftruncate(file, off_t(bytes.count)) != 0 { throw FileError("truncate") }
    guard fdatasync(file) == 0 else { throw FileError("sync") }
  }

  /// All bytes of a regular file; nil where there is none. Follows no link at the last step.
  /// - Throws: `EFBIG` for a file of more than `limit` bytes, `EINVAL` for what is no file, `ELOOP` for a link.
  package static func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError("open")
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw FileError("stat") }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw FileError("open", code: EINVAL) }
    guard facts.st_size <= limit else { throw FileError("read", code: EFBIG) }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var filled = 0
    while filled < bytes.count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + filled, $0.count - filled) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileError("read") }
      // It became shorter meanwhile.
      if got == 0 { break }
      filled += got
    }
    return Array(bytes.prefix(filled))
  }

  /// Whether anything has this name, a link to nowhere included.
  package static func isTaken(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0
  }

  /// Makes a folder that must not be there yet, for this user alone, and makes it last.
  package static func makeFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o700) == 0 else { throw FileError("make folder") }
    try sync(folder: parent(of: path))
  }

  /// Makes the folders above a path that are not there, for this user alone, and makes them last.
  package static func makeParents(of path: String) throws(FileError) {
    let parent = parent(of: path)
    if access(parent, F_OK) == 0 { return }
    try makeParents(of: parent)
    guard mkdir(parent, 0o700) == 0 || errno == EEXIST else { throw FileError("make folder") }
    try sync(folder: Self.parent(of: parent))
  }

  /// The same between a folder and a path below it, through no symbolic link: what lies in a folder that came on a stick
  /// cannot lead out of it.
  /// - Parameter path: names joined by `/`, of which the last one is not made.
  /// - Throws: `ELOOP` or `ENOTDIR` where one of the names is a link or a file.
  package static func makeParents(of path: String, below folder: String) throws(FileError) {
    var place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard place >= 0 else { throw FileError("open") }
    defer { close(place) }
    for name in path.split(separator: "/").dropLast() {
      if mkdirat(place, String(name), 0o700) == 0 {
        guard fsync(place) == 0 else { throw FileError("sync") }
      } else if errno != EEXIST {
        throw FileError("make folder")
      }
      let next = openat(place, String(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else { throw FileError("open") }
      close(place)
      place = next
    }
  }

  /// Makes a folder's entries last.
  package static func sync(folder path: String) throws(FileError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw FileError("open") }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw FileError("sync") }
  }

  /// A new file that others may read; its folder is the caller's to sync.
  /// - Parameter syncing: false for what can be made again.
  package static func create(_ path: String, _ bytes: [UInt8], syncing: Bool = true) throws(FileError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError("create") }
    defer { close(file) }
    try write(bytes[...], to: file)
    if syncing { guard fsync(file) == 0 else { throw FileError("sync") } }
  }

  static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, $0.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("write") }
      written += count
    }
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
