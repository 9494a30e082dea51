import Cryptography
import Files
package import Octets

/// Evidence and what else past verdicts rest on, each under the SHA-256 of its bytes: `evidence/<hex>`. Whatever comes
/// out is hashed again, so that nobody needs to believe the disk.
package struct ObjectStore: Sendable {
  static let name = "evidence"
  /// Bytes of one object: a Sigstore bundle has at most 64 MiB.
  package static let mostBytes = 64 << 20

  private let folder: String

  init(in directory: String) { folder = directory + "/" + Self.name }

  /// Keeps objects for good, before this returns. One that is there and whole is not written again.
  package func keep(_ objects: [[UInt8]]) throws(StoreError) {
    for bytes in objects {
      let digest = Cryptography.digest(bytes)
      if (try? read(ClaimedDigest(digest))) != nil { continue }
      let path = path(Hex.encode(digest.bytes))
      try withFiles(path) { () throws(FileError) in try DurableFile.write(bytes, to: path, syncingFolder: false) }
    }
    // Also where all were there: a run that was killed may have left them unsynced.
    if !objects.isEmpty { try withFiles(folder) { () throws(FileError) in try DurableFile.sync(folder: folder) } }
  }

  /// - Throws: `malformed` where the object is gone, or is not what its name says.
  package func read(_ digest: ClaimedDigest) throws(StoreError) -> [UInt8] {
    let path = path(digest.hex)
    let bytes = try withFiles(path) { () throws(FileError) in try DurableFile.read(path, atMost: Self.mostBytes) }
    guard let bytes else { throw .malformed(path: path, "it is gone") }
    guard digest == Cryptography.digest(bytes, digest.algorithm) else {
      throw .malformed(path: path, "its bytes are not those of its name")
    }
    return bytes
  }

  private func path(_ hex: String) -> String { folder + "/" + hex }
}
