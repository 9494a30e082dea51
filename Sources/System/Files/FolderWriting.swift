import CLinux
import Glibc

// Writing below an open folder, name by name: no path leads anywhere else, and a process that may open nothing but this
// folder needs no more.

extension Directory {
  /// A new file, mode 0600. Its name is the caller's to make last (`sync`).
  /// - Throws: `EEXIST` where something has the name.
  package func create(_ name: [UInt8]) throws(FileError) -> NewFile {
    let file = named(name) { openat(descriptor, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600) }
    guard file >= 0 else { throw FileError("create") }
    return NewFile(owning: file)
  }

  /// A file to write on at its end; made, mode 0600, where there is none. A link, or no regular file, is an error.
  package func append(to name: [UInt8]) throws(FileError) -> NewFile {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    let file = named(name) { openat(descriptor, $0, flags, 0o600) }
    guard file >= 0 else { throw FileError("open") }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw FileError("open", code: EINVAL)
    }
    return NewFile(owning: file)
  }

  /// Writes a small file beside, syncs it, and puts it in the place of what has the name. The caller syncs the folder.
  package func replace(_ name: [UInt8], with bytes: [UInt8]) throws(FileError) {
    let beside = name + Array(".new".utf8)
    try remove(beside)
    // A full disk leaves nothing; when it has its name, nothing is there any more.
    defer { try? remove(beside) }
    let file = try create(beside)
    try file.append(bytes[...])
    try file.sync()
    try rename(beside, to: self, as: name)
  }

  /// The folder of this name, made for this user alone where there is none. Its name is the caller's to make last.
  package func makeDirectory(_ name: [UInt8]) throws(FileError) -> Directory {
    guard named(name, { mkdirat(descriptor, $0, 0o700) }) == 0 || errno == EEXIST else {
      throw FileError("make folder")
    }
    return try directory(name)
  }

  /// Gives a file another place on this file system; a file there is replaced.
  package func rename(_ name: [UInt8], to folder: Directory, as other: [UInt8]) throws(FileError) {
    let done = named(name) { from in folder.named(other) { renameat(descriptor, from, folder.descriptor, $0) } }
    guard done == 0 else { throw FileError("rename") }
  }

  /// Removes a file; one that is not there is no error.
  package func remove(_ name: [UInt8]) throws(FileError) {
    guard named(name, { unlinkat(descriptor, $0, 0) }) == 0 || errno == ENOENT else { throw FileError("remove") }
  }

  /// Removes what has this name, with everything below it; what is not there is no error.
  ///
  /// Folders inside are moved up beside it and emptied there one after the other, so that neither a path nor a pile of open
  /// folders grows with the depth that somebody gave them, and names are taken some at a time, so that memory does not grow
  /// with their number. Ended in the middle, it leaves names that begin with this one.
  /// - Parameter most: names that are taken at a time.
  package func removeTree(_ name: [UInt8], namesAtOnce most: Int = 4096) throws(FileError) {
    var waiting = [name]
    var moved = 0
    while let next = waiting.popLast() {
      guard named(next, { unlinkat(descriptor, $0, 0) }) != 0, errno != ENOENT else { continue }
      guard errno == EISDIR || errno == EPERM else { throw FileError("remove") }
      let folder = try directory(next)
      var some: [[UInt8]] = []
      try folder.forEachName { name in
        some.append(name)
        return some.count < most
      }
      // Behind what is moved out of it now, the rest.
      if some.count == most { waiting.append(next) }
      for child in some {
        guard folder.named(child, { unlinkat(folder.descriptor, $0, 0) }) != 0, errno != ENOENT else { continue }
        guard errno == EISDIR || errno == EPERM else { throw FileError("remove") }
        moved += 1
        let beside = name + Array(".\(moved)".utf8)
        try folder.rename(child, to: self, as: beside)
        waiting.append(beside)
      }
      guard some.count < most else { continue }
      guard named(next, { unlinkat(descriptor, $0, AT_REMOVEDIR) }) == 0 else { throw FileError("remove folder") }
    }
  }

  /// Makes the names in it last.
  package func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError("sync") }
  }

  /// Makes everything on its file system last: names and bytes of all files, whoever wrote them.
  /// - Throws: what could not be written back, too (Linux 5.8 and later).
  package func syncFileSystem() throws(FileError) {
    guard assay_sync_file_system(descriptor) == 0 else { throw FileError("sync") }
  }

  /// Bytes that this user may still write on the file system.
  package func freeBytes() throws(FileError) -> UInt64 {
    var facts = statvfs()
    guard fstatvfs(descriptor, &facts) == 0 else { throw FileError("stat") }
    let (bytes, isTooMany) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
    return isTooMany ? .max : bytes
  }

  /// All bytes of a small regular file; nil where there is none.
  /// - Throws: `EFBIG` for a file of more than `limit` bytes, `EINVAL` for what is no file, `ELOOP` for a link.
  package func contents(of name: [UInt8], atMost limit: Int) throws(FileError) -> [UInt8]? {
    let file: OpenFile
    do throws(FileError) { file = try self.file(name) } catch {
      if error.isAbsence { return nil }
      throw error
    }
    let status = try file.status()
    guard status.kind == .regular else { throw FileError("open", code: EINVAL) }
    guard status.size <= UInt64(limit) else { throw FileError("read", code: EFBIG) }
    var bytes = [UInt8](repeating: 0, count: Int(status.size))
    let count = try file.read(into: &bytes, 0..<bytes.count, at: 0)
    return Array(bytes.prefix(count))
  }
}

/// A file of our own that grows at its end. Writes may come from any thread, one at a time.
package final class NewFile: Sendable {
  private let descriptor: Int32

  init(owning descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  package func append(_ bytes: ArraySlice<UInt8>) throws(FileError) {
    try DurableFile.write(bytes, to: descriptor)
  }

  /// Makes its contents last, and its size; not its name.
  package func sync() throws(FileError) {
    guard fdatasync(descriptor) == 0 else { throw FileError("sync") }
  }
}
