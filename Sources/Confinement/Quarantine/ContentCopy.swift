import Cryptography
import Files
import Glibc
import MediaReader
import Octets
import Reasons

/// One content on its way: written under a name of its own, and called by what it hashes to when it is
/// whole. Small ones are not synced here: all of a medium are, at once, before its record says that they are there.
///
/// Where its name, or an interrupted copy, says what it will hash to, and that is here, nothing is written while the bytes
/// are the same: so that what is shared by many media lies here once. With the first other byte it is written after all.
final class ContentCopy: ContentWriter {
  /// Bytes from which on a content is synced by itself, so that the last sync finds little to do: 1 MiB.
  static let largeSize: UInt64 = 1 << 20

  private let copying: MediumCopy
  private let content: MediumContent
  private var twin: Twin?
  private var file: NewFile?
  private var name: [UInt8]?
  private var written: UInt64 = 0
  /// Only contents that are compared need one.
  private var buffer: [UInt8] = []

  /// A content that is here already, and is perhaps the same.
  private struct Twin {
    let file: OpenFile
    let size: UInt64
    let digest: ClaimedDigest
  }

  init(_ content: MediumContent, in copying: MediumCopy, expecting digest: ClaimedDigest?) throws(Failure) {
    self.copying = copying
    self.content = content
    if let digest, digest.algorithm == content.algorithm, let file = try? copying.folder.open(digest),
      let status = try? file.status(), status.kind == .regular, status.size == content.size
    {
      twin = Twin(file: file, size: status.size, digest: digest)
    } else {
      try begin()
    }
  }

  deinit { if let name { try? copying.folder.root.remove(name) } }

  func write(_ piece: ArraySlice<UInt8>) throws(Failure) {
    if let twin {
      if isSame(piece, twin) {
        written += UInt64(piece.count)
        return
      }
      try part(from: twin)
    }
    try append(piece)
  }

  func finish(_ digest: ComputedDigest) throws(Failure) {
    let claimed = ClaimedDigest(digest)
    if let twin {
      if twin.digest == claimed, written == twin.size { return try copying.note(content, claimed) }
      // It is called by something else than it hashes to, or the medium's content ended before it.
      try part(from: twin)
    }
    guard let file, let name else { return }
    try copying.storing(content, missing: 0) { () throws(FileError) in
      if written >= Self.largeSize { try file.sync() }
      try copying.folder.root.rename(
        name, to: copying.folder.blobs.folder(of: claimed), as: BlobFolder.name(claimed))
    }
    self.name = nil
    try copying.note(content, claimed)
  }

  // MARK: Bytes

  private func begin() throws(Failure) {
    try copying.verifySpace(for: content.size)
    let name = copying.nextName()
    file = try copying.storing(content, missing: content.size) { () throws(FileError) in
      try copying.folder.root.create(name)
    }
    self.name = name
  }

  private func append(_ piece: ArraySlice<UInt8>) throws(Failure) {
    guard let file else { return }
    try copying.storing(content, missing: content.size - min(content.size, written)) { () throws(FileError) in
      try file.append(piece)
    }
    written += UInt64(piece.count)
  }

  private func isSame(_ piece: ArraySlice<UInt8>, _ twin: Twin) -> Bool {
    (try? twin.file.holds(piece, at: written, using: &buffer)) ?? false
  }

  /// Writes what was the same so far, and goes on alone.
  private func part(from twin: Twin) throws(Failure) {
    let same = written
    written = 0
    self.twin = nil
    try begin()
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while written < same {
      let wanted = Int(min(same - written, UInt64(buffer.count)))
      let count = try copying.storing(content, missing: content.size) { () throws(FileError) in
        let count = try twin.file.read(into: &buffer, 0..<wanted, at: written)
        // Somebody shortened it meanwhile: the bytes that were compared are gone.
        guard count == wanted else { throw FileError("read", code: EIO) }
        return count
      }
      try append(buffer[..<count])
    }
  }
}
