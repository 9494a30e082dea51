import Files
import Octets
import Reasons

/// The folder of an export, and which of its files were asked for: in the end there must be no others.
struct ExportFiles: Sendable {
  /// Names in one folder: a thousand files, a thousand folders of more, one with the partial file.
  private static let mostNames = 2_048

  private let folder: Directory
  private var wanted: Set<String> = []
  private var folders: Set<String> = []

  /// - Parameter path: what the operator named; this last name may be a link.
  init(_ path: String) throws(Failure) {
    do throws(FileError) { folder = try Directory(path: path) } catch {
      throw Failure(.archiveUnreadable, path, error.description)
    }
  }

  /// All bytes of a file.
  mutating func read(_ name: String, atMost limit: Int) throws(Failure) -> [UInt8] {
    wanted.insert(name)
    var above = name[...]
    while let slash = above.lastIndex(of: "/") {
      above = above[..<slash]
      guard folders.insert(String(above)).inserted else { break }
    }
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try contents(name, atMost: limit) } catch { throw Self.failure(name, error) }
    guard let bytes else { throw Failure(.exportMalformed, name, "no file of at most \(limit) bytes") }
    return bytes
  }

  /// Nil for what is no regular file, or a longer one.
  private func contents(_ name: String, atMost limit: Int) throws(FileError) -> [UInt8]? {
    let file = try folder.file(at: Array(name.utf8))
    let status = try file.status()
    guard status.kind == .regular, status.size <= UInt64(limit) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.size))
    let count = try file.read(into: &bytes, 0..<bytes.count, at: 0)
    return Array(bytes.prefix(count))
  }

  /// That the folder holds nothing but what was read.
  func verifyNoOthers() throws(Failure) { try verifyNoOthers(in: folder, named: "") }

  private func verifyNoOthers(in folder: Directory, named path: String) throws(Failure) {
    let place = path.isEmpty ? "the export" : path
    let names: [[UInt8]]?
    do throws(FileError) { names = try folder.names(atMost: Self.mostNames) } catch { throw Self.failure(place, error) }
    guard let names else { throw Failure(.exportMalformed, place, "more than \(Self.mostNames) names") }
    for bytes in names {
      // Compared as bytes: two spellings of one text are two names here.
      let name = path.isEmpty ? bytes : Array("\(path)/".utf8) + bytes
      let text = String(decoding: name, as: UTF8.self)
      guard text.utf8.elementsEqual(name), text.utf8.allSatisfy({ $0 < 0x80 }) else { throw Self.stranger(name) }
      if wanted.contains(text) { continue }
      guard folders.contains(text) else { throw Self.stranger(name) }
      let below: Directory
      do throws(FileError) { below = try folder.directory(bytes) } catch { throw Self.failure(text, error) }
      try verifyNoOthers(in: below, named: text)
    }
  }

  private static func stranger(_ name: [UInt8]) -> Failure {
    Failure(.exportMalformed, printable(name), "no file of an export of this size")
  }

  private static func failure(_ name: String, _ error: FileError) -> Failure {
    // ELOOP, ENOTDIR: what a link is to those who follow none.
    if [40, 20].contains(error.code) {
      return Failure(.exportMalformed, name, "a link, or something in a folder's place")
    }
    if error.isAbsence { return Failure(.exportFileMissing, name, "there is no such file") }
    return Failure(.archiveUnreadable, name, error.description)
  }
}
