import Cryptography
package import Files
import MediumRecord
import Octets
import Reasons

/// The folder that one medium is copied into: all that its reader may write. When the reader has ended, the keeper takes
/// over what it names (`Quarantine.takeOver`).
///
/// ```
/// incoming/ID/
///   lock                held by the reader while it copies
///   ID.json, ID.files   as in `media`
///   blobs/sha256/HEX    contents that were not in the quarantine yet; blobs/sha512/HEX
///   N.part              a content on its way
/// ```
package struct IncomingFolder: Sendable {
  static let lockName = "lock"
  static let partEnding = Array(".part".utf8)

  let id: String
  let root: Directory
  let records: RecordFolder
  let blobs: BlobFolder
  /// The quarantine's contents, which are read from here and never written.
  let present: BlobFolder
  let reserve: UInt64

  /// Opens what was made before; makes nothing.
  /// - Parameters:
  ///   - root: the folder `incoming/ID`.
  ///   - contents: the folder `blobs` of the quarantine.
  package init(
    _ id: String, _ root: OpenFile, beside contents: OpenFile, reserving reserve: UInt64 = Quarantine.reserve
  ) throws(QuarantineError) {
    self.id = id
    self.reserve = reserve
    present = try storing("blobs") { () throws(FileError) in try BlobFolder(reading: Directory(contents)) }
    let name = "incoming/\(id)"
    self.root = try storing(name) { () throws(FileError) in try Directory(root) }
    records = RecordFolder(ofIncoming: id, self.root)
    let own = self.root
    blobs = try storing(name) { () throws(FileError) in
      try BlobFolder(reading: own.directory(Array(BlobFolder.folderName.utf8)))
    }
  }

  /// Whether nothing lies there but what copies leave: a reader in foreign hands may have left what the next one stumbles on,
  /// or more than anybody reads.
  static func isOrderly(_ root: Directory) -> Bool {
    func holds(_ folder: Directory, folders: [String]) throws(FileError) -> Bool {
      guard let names = try folder.names(atMost: Int(RecordFolder.mostFiles)) else { return false }
      for name in names {
        let status = try folder.status(of: name)
        let isFolder = folders.contains { name.elementsEqual($0.utf8) }
        guard isFolder ? status.kind == .directory : status.isOfOneName else { return false }
      }
      return true
    }
    do throws(FileError) {
      let blobs = try root.directory(Array(BlobFolder.folderName.utf8))
      let algorithms = BlobFolder.algorithms.map(\.rawValue)
      guard try holds(root, folders: [BlobFolder.folderName]), try holds(blobs, folders: algorithms) else {
        return false
      }
      for name in algorithms {
        guard try holds(blobs.directory(Array(name.utf8)), folders: []) else { return false }
      }
      return true
    } catch { return false }
  }

  /// A content that this copy brought, or that is in the quarantine; nothing is said of its bytes.
  func open(_ digest: ClaimedDigest) throws(FileError) -> OpenFile {
    do throws(FileError) { return try blobs.open(digest) } catch {
      guard error.isAbsence else { throw error }
      return try present.open(digest)
    }
  }

  /// The size of such a content; nil where it is not there.
  func size(of digest: ClaimedDigest) -> UInt64? { (blobs.status(digest) ?? present.status(digest))?.size }

  /// Removes contents on their way and, where they are none of this medium's, those that are whole, and the list.
  func clear(keepingContents: Bool) throws(QuarantineError) {
    try storing("incoming/\(id)") { () throws(FileError) in
      for name in try root.names(atMost: .max) ?? [] where name.suffix(Self.partEnding.count) == Self.partEnding[...] {
        try root.remove(name)
      }
      guard !keepingContents else { return }
      try root.remove(RecordFolder.listName(id))
      for algorithm in BlobFolder.algorithms {
        let folder = blobs.folder(algorithm)
        for name in try folder.names(atMost: .max) ?? [] { try folder.remove(name) }
      }
    }
  }
}
