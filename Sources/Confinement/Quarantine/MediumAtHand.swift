import Cryptography
import Files
import OCIImage
import Octets
import Reasons
import StrictJSON

/// A medium whose images are let out, one after the other: what it lists and what hangs on what is looked up once, and each
/// content is hashed once, however many images it belongs to. (Whatever is let out is hashed again while it is copied.)
package final class MediumAtHand {
  package let id: String
  let outline: MediumOutline
  let blobs: BlobFolder
  private let unlistedBytes: Int
  private var looked: Result<Hanging, Failure>?
  private var hashed: [ClaimedDigest: Result<FileStatus, Failure>] = [:]
  private var areNotesTold = false
  /// Contents that lie in the layout of admitted images, and were found to be what they say.
  var admitted: Set<ClaimedDigest> = []

  init(_ id: String, _ outline: MediumOutline, _ blobs: BlobFolder, unlistedBytes: Int = mostUnlistedBytes) {
    self.id = id
    self.unlistedBytes = unlistedBytes
    self.outline = outline
    self.blobs = blobs
  }

  /// What hangs on something, and what is in the way of knowing it.
  struct Hanging {
    /// What the medium's index lists; nothing in shapes that have none.
    let listed: [Descriptor]
    /// Manifests with `subject`, and it.
    let subjects: [(digest: ClaimedDigest, subject: ClaimedDigest)]
    /// What could not be looked at.
    let notes: [Failure]
  }

  /// - Throws: what is wrong with the medium's index.
  func hanging() throws(Failure) -> Hanging {
    let result = looked ?? Result { () throws(Failure) in try look() }
    looked = result
    return try result.get()
  }

  /// What could not be looked at, for the first who asks: it is no single image's.
  func untoldNotes() -> [Failure] {
    guard !areNotesTold, case .success(let hanging)? = looked else { return [] }
    areNotesTold = true
    return hanging.notes
  }

  /// Contents by what they hash to.
  /// - Returns: in the order of the digests, what is there, or what is wrong with it.
  func hash(
    _ digests: [ClaimedDigest], progress: @escaping @Sendable (Int) -> Void
  ) -> [Result<FileStatus, Failure>] {
    let unknown = digests.filter { hashed[$0] == nil }
    for (digest, result) in zip(unknown, blobs.hash(unknown, progress: progress)) {
      hashed[digest] = result.map(\.status)
    }
    return digests.map { hashed[$0]! }
  }

  // MARK: Looking

  /// Bytes of documents that no index lists, together: as much as a reader keeps of such, twice.
  static let mostUnlistedBytes = 128 << 20

  private func look() throws(Failure) -> Hanging {
    let listed = try listed()
    var notes: [Failure] = []
    var subjects: [(ClaimedDigest, ClaimedDigest)] = []
    var seen: Set<ClaimedDigest> = []
    var room = unlistedBytes
    let top = Set(listed.map(\.digest))
    for digest in listed.map(\.digest) + outline.small where seen.insert(digest).inserted && startsAsObject(digest) {
      if !top.contains(digest) {
        room -= Int(clamping: blobs.status(digest)?.size ?? 0)
        guard room >= 0 else {
          notes.append(
            Failure(
              .archiveLimitExceeded, "medium \(id)",
              "of documents that no index lists, only the first \(unlistedBytes) bytes were looked at"))
          break
        }
      }
      var reading = ImageWalk(blobs)
      let bytes: [UInt8]
      do throws(Failure) { bytes = try reading.document(digest, size: nil) } catch {
        // It might have hung on an image before it was altered.
        notes.append(error)
        continue
      }
      if let subject = (try? Manifest(parsing: bytes, named: "\(digest)"))?.subject {
        subjects.append((digest, subject.digest))
      }
    }
    return Hanging(listed: listed, subjects: subjects, notes: notes)
  }

  private func listed() throws(Failure) -> [Descriptor] {
    guard let index = outline.index else { return [] }
    var reading = ImageWalk(blobs)
    let bytes = try reading.document(index, size: nil)
    guard case .index(let top) = try Manifest(parsing: bytes, named: "index.json") else { return [] }
    return top.manifests
  }

  private func startsAsObject(_ digest: ClaimedDigest) -> Bool {
    var first: [UInt8] = [0]
    guard let file = try? blobs.open(digest), (try? file.read(into: &first, 0..<1, at: 0)) == 1 else { return false }
    return first[0] == UInt8(ascii: "{")
  }
}

extension Quarantine {
  /// Opens what is remembered of a medium, and what was taken in of it.
  package func atHand(_ id: String) throws(QuarantineError) -> MediumAtHand {
    let lock = try lock(.together, waiting: Self.usualWait)
    defer { withExtendedLifetime(lock) {} }
    return MediumAtHand(id, try MediumOutline(self, try record(of: id)), blobs)
  }
}
