import Glibc

/// An open directory. Everything below it is reached from it, name by name, and no symbolic link is ever followed: what
/// is on the medium cannot lead out of it, whatever is renamed meanwhile.
package final class Directory: Sendable {
  let descriptor: Int32

  private init(owning descriptor: Int32) { self.descriptor = descriptor }

  /// The directory that the operator named; this last name may be a symbolic link.
  package convenience init(path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { throw FileError("open") }
    self.init(owning: descriptor)
  }

  /// The directory that is open as a file.
  package convenience init(_ file: OpenFile) throws(FileError) {
    let descriptor = openat(file.descriptor, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { throw FileError("open") }
    self.init(owning: descriptor)
  }

  deinit { close(descriptor) }

  /// The names in it, without `.` and `..`, sorted by bytes; nil if there are more than `limit`.
  package func names(atMost limit: Int) throws(FileError) -> [[UInt8]]? {
    var names: [[UInt8]] = []
    var isWhole = true
    try forEachName { name in
      isWhole = names.count < limit
      if isWhole { names.append(name) }
      return isWhole
    }
    return isWhole ? names.sorted { $0.lexicographicallyPrecedes($1) } : nil
  }

  /// Passes the names in it, without `.` and `..`, in no order: a folder may hold more than memory does.
  /// - Parameter body: whether to go on.
  package func forEachName(_ body: ([UInt8]) throws(FileError) -> Bool) throws(FileError) {
    let copy = openat(descriptor, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard copy >= 0, let stream = fdopendir(copy) else { throw FileError("open") }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw FileError("list") }
        return
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == [0x2e] || name == [0x2e, 0x2e] { continue }
      guard try body(name) else { return }
    }
  }

  package func status(of name: [UInt8]) throws(FileError) -> FileStatus {
    var status = stat()
    guard named(name, { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else { throw FileError("stat") }
    return FileStatus(status)
  }

  package func directory(_ name: [UInt8]) throws(FileError) -> Directory {
    Directory(owning: try opened(name, O_DIRECTORY))
  }

  package func file(_ name: [UInt8]) throws(FileError) -> OpenFile {
    OpenFile(owning: try opened(name, O_NOCTTY | O_NONBLOCK))
  }

  /// Opens the file at a path of several names, joined by `/`.
  package func file(at path: [UInt8]) throws(FileError) -> OpenFile {
    let (folder, name) = try place(at: path)
    return try folder.file(name)
  }

  /// The same of a file or folder, and of nothing that does something when it is opened.
  package func fileOrFolder(at path: [UInt8]) throws(FileError) -> OpenFile {
    let (folder, name) = try place(at: path)
    let kind = try folder.status(of: name).kind
    guard kind == .regular || kind == .directory else { throw FileError("open", code: EINVAL) }
    return try folder.file(name)
  }

  private func place(at path: [UInt8]) throws(FileError) -> (folder: Directory, name: [UInt8]) {
    var folder = self
    var names = path.split(separator: 0x2f)
    guard let last = names.popLast() else { throw FileError("open", code: ENOENT) }
    for name in names { folder = try folder.directory(Array(name)) }
    return (folder, Array(last))
  }

  /// Where a symbolic link points; at most 4096 bytes.
  package func linkTarget(_ name: [UInt8]) throws(FileError) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: 4096)
    let count = named(name) { path in
      target.withUnsafeMutableBytes { bytes in
        Int32(readlinkat(descriptor, path, bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count))
      }
    }
    guard count >= 0 else { throw FileError("read link") }
    return Array(target.prefix(Int(count)))
  }

  private func opened(_ name: [UInt8], _ flags: Int32) throws(FileError) -> Int32 {
    let opened = named(name) { openat(descriptor, $0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags) }
    guard opened >= 0 else { throw FileError("open") }
    return opened
  }

  /// A name with a NUL inside would be another name to the system.
  func named(_ name: [UInt8], _ call: (UnsafePointer<CChar>) -> Int32) -> Int32 {
    guard !name.contains(0) else {
      errno = EINVAL
      return -1
    }
    return (name + [0]).withUnsafeBytes { call($0.bindMemory(to: CChar.self).baseAddress!) }
  }
}
