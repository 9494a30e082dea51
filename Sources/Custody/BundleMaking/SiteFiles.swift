import Cryptography
import Files
import Octets
import Reasons

extension Site {
  /// Bytes of a file that every command hashes. What is larger, snapshots of logs, is looked at, and hashed by `pack`.
  static let hashedAlways: Int64 = 16 << 20

  /// That the files which the drafts name are there as the drafts have them: for whoever is about to sign.
  package func verifyDraftedFiles() throws(MakingError) {
    for role in SiteRole.carriers { try verifyFiles(of: drafts[role]) }
  }

  func verifyFiles(of sheet: Sheet?) throws(MakingError) {
    guard let files = sheet?.page.files, !files.isEmpty else { return }
    let place = folder + "/targets"
    let targets = try file(place) { () throws(FileError) in try Directory(path: place) }
    for (path, facts) in files.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      try verify(path, facts, in: targets)
    }
  }

  private func verify(_ path: [UInt8], _ facts: FileFacts, in targets: Directory) throws(MakingError) {
    let name = Self.storedName(path, facts)
    let place = "\(folder)/targets/\(name)"
    let input: OpenFile
    do throws(FileError) {
      input = try targets.file(at: Array(name.utf8))
    } catch {
      guard error.isAbsence else { throw .file(path: place, error) }
      throw .metadata(Failure(.tufFileMissing, printable(path), remedy(place)))
    }
    let size = try file(place) { () throws(FileError) in try input.status().size }
    guard size == UInt64(clamping: facts.length) else {
      throw .metadata(
        Failure(.tufLengthMismatch, printable(path), "\(size) bytes, where \(facts.length) are named; " + remedy(place))
      )
    }
    guard facts.length <= Self.hashedAlways else { return }
    var digester = Digester(.sha256)
    var buffer = [UInt8](repeating: 0, count: min(Int(facts.length), 1 << 20) + 1)
    while true {
      let count = try file(place) { () throws(FileError) in try input.readOn(into: &buffer, 0..<buffer.count) }
      guard count > 0 else { break }
      digester.update(buffer[..<count])
    }
    guard digester.finish().bytes == facts.sha256 else {
      throw .metadata(
        Failure(.tufHashMismatch, printable(path), "not \(Hex.encode(facts.sha256)); " + remedy(place)))
    }
  }

  private func remedy(_ place: String) -> String {
    "\(place): add the file again, or take it from the last bundle or from your copy of this folder"
  }
}
