import Cryptography
import Files
import Octets
import Reasons

/// A log snapshot's copy on our own disk, so that what was hashed is what is read: gone with its last reference.
final class SnapshotSpool {
  let path: String
  private let file: GrowingFile
  private var digester: Digester? = Digester(.sha256)

  private var left: UInt64
  /// Snapshots of one bundle: each is a file that stays open.
  private static let most = 64

  private init(_ path: String, size: UInt64) throws(FileError) {
    self.path = path
    left = size
    file = try GrowingFile(path)
  }

  /// - Throws: `archive.unreadable` where more comes than was hashed before.
  private func take(_ piece: ArraySlice<UInt8>) throws {
    guard UInt64(piece.count) <= left else { throw Failure(.archiveUnreadable, "", "it grew while it was read") }
    left -= UInt64(piece.count)
    digester?.update(piece)
    try file.append(piece)
  }

  private func digest() -> ComputedDigest? { digester.take()?.finish() }

  /// Removes what an import that was killed left behind.
  static func clear(_ directory: String) throws(FileError) {
    for name in try Directory(path: directory).names(atMost: .max) ?? [] {
      let text = String(decoding: name, as: UTF8.self)
      guard text.hasPrefix("incoming-"), UInt32(text.dropFirst(9)) != nil else { continue }
      try DurableFile.remove("\(directory)/\(text)")
    }
  }

  /// - Returns: a copy of each, with the file's name for people.
  /// - Throws: `archive.…` where the medium fails, or gives other bytes than it did; `FileError` where the disk is full.
  static func fill(
    _ files: [TrustBundle.PassedFile], of bundle: TrustBundle, in directory: String
  ) throws -> [(name: String, spool: SnapshotSpool)] {
    guard files.count <= most else {
      throw Failure(.trustBundleMalformed, bundle.name, "more than \(most) log snapshots in one bundle")
    }
    var spools: [[UInt8]: SnapshotSpool] = [:]
    for (number, file) in files.enumerated() {
      spools[file.name] = try SnapshotSpool("\(directory)/incoming-\(number)", size: file.size)
    }
    try bundle.copy(files) { name, piece in try spools[name]?.take(piece) }
    return try files.map { file in
      let name = printable(file.name, limit: 200)
      guard let spool = spools[file.name], let digest = spool.digest(), file.digest == digest else {
        throw Failure(.archiveUnreadable, name, "it was changed while it was read")
      }
      return (name, spool)
    }
  }
}
