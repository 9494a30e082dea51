import Cryptography
import Files
import Glibc
import OCIImage
import Octets
import Reasons
import StrictJSON

/// The way from a digest down to the last blob, through copies alone: each document is hashed before it is read, and each
/// content at the end.
struct ImageWalk {
  /// Bytes of a document; `MediaLimits.keptEntryBytes`.
  static let documentBytes = 16 << 20
  /// Descriptors followed, and indexes inside indexes: those of the reading that judged the image (`OCIImage`).
  static let visits = 100_000
  static let nesting = 8

  private let blobs: BlobFolder
  private let absence: Absence
  private var visits = 0
  /// Documents that were hashed and read, in the order in which they were met.
  private(set) var documents: [(digest: ClaimedDigest, status: FileStatus)] = []
  private(set) var read: Set<ClaimedDigest> = []
  /// Configurations and layers, and what their descriptors say of their size.
  private(set) var contents: [(digest: ClaimedDigest, size: UInt64?)] = []
  private var sizes: [ClaimedDigest: UInt64] = [:]

  /// What need not be there.
  enum Absence {
    case nothing
    /// What the verdict knew that it was not carried.
    case known(Set<ClaimedDigest>)
    /// What a verdict may have known: manifests that an index lists, and foreign layers.
    case whatMayBe
  }

  init(_ blobs: BlobFolder, without absence: Absence = .nothing) {
    self.blobs = blobs
    self.absence = absence
  }

  /// - Parameter mayBeLeftOut: whether it is of a kind that an archive may lack.
  private func mayLack(_ digest: ClaimedDigest, mayBeLeftOut: Bool) -> Bool {
    switch absence {
    case .nothing: return false
    case .known(let absent): guard absent.contains(digest) else { return false }
    case .whatMayBe: guard mayBeLeftOut else { return false }
    }
    return blobs.status(digest) == nil
  }

  /// - Parameter size: what the descriptor says; nil at the root, which nothing describes.
  mutating func follow(_ digest: ClaimedDigest, size: UInt64?, depth: Int = 0) throws(Failure) {
    visits += 1
    guard visits <= Self.visits else {
      throw Failure(.archiveLimitExceeded, "\(digest)", "manifests are named more than \(Self.visits) times")
    }
    guard depth <= Self.nesting else {
      throw Failure(.imageNestingTooDeep, "\(digest)", "indexes nest deeper than \(Self.nesting)")
    }
    if mayLack(digest, mayBeLeftOut: depth > 0) { return }
    let bytes = try document(digest, size: size)
    // Its size was compared; what is below it needs no second look.
    guard read.insert(digest).inserted else { return }
    switch try Manifest(parsing: bytes, named: "\(digest)") {
    case .image(let image):
      for blob in image.blobs { try want(blob.digest, size: blob.size, isForeign: blob.isForeign) }
    case .index(let index):
      for child in index.manifests { try follow(child.digest, size: child.size, depth: depth + 1) }
    }
  }

  /// The image of a docker-archive, which goes by its configuration: layers by `rootfs.diff_ids`.
  /// - Returns: the configuration and its layers, in order.
  mutating func followConfiguration(_ digest: ClaimedDigest) throws(Failure) -> [ClaimedDigest] {
    let bytes = try document(digest, size: nil)
    read.insert(digest)
    let layers = try ImageConfiguration(parsing: bytes, named: "\(digest)").contents
    for layer in layers { try want(layer, size: nil) }
    return layers
  }

  /// Hashes and reads a document.
  mutating func document(_ digest: ClaimedDigest, size: UInt64?) throws(Failure) -> [UInt8] {
    let bytes: [UInt8]
    let status: FileStatus
    do throws(FileError) {
      let file = try blobs.open(digest)
      status = try file.status()
      guard status.kind == .regular else { throw FileError("open", code: EINVAL) }
      guard status.size <= UInt64(Self.documentBytes) else { throw FileError("read", code: EFBIG) }
      var buffer = [UInt8](repeating: 0, count: Int(status.size))
      let count = try file.read(into: &buffer, 0..<buffer.count, at: 0)
      bytes = Array(buffer[..<count])
    } catch {
      throw Failure(.blobMissing, "\(digest)", "no document in the quarantine: \(error)")
    }
    let computed = Cryptography.digest(bytes, digest.algorithm)
    guard digest == computed else { throw BlobFolder.altered(digest, computed) }
    try Self.verify(digest, has: status.size, said: size)
    if !read.contains(digest) { documents.append((digest, status)) }
    return bytes
  }

  private mutating func want(_ digest: ClaimedDigest, size: UInt64?, isForeign: Bool = false) throws(Failure) {
    if let known = sizes[digest] { return try Self.verify(digest, has: known, said: size) }
    if mayLack(digest, mayBeLeftOut: isForeign) { return }
    if let size { sizes[digest] = size }
    contents.append((digest, size))
  }

  /// - Parameter said: what a descriptor says; nil where none does.
  static func verify(_ digest: ClaimedDigest, has size: UInt64, said: UInt64?) throws(Failure) {
    guard let said, said != size else { return }
    throw Failure(.blobSizeMismatch, "\(digest)", "the descriptor says \(said) bytes, the blob has \(size)")
  }
}
