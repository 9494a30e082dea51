import Cryptography
import Files
import MediumRecord
package import OCIImage
package import Octets
package import Reasons
import StrictJSON

/// An image of which every byte that it needs was hashed again, from the copy, by the process that holds this value. Only
/// the walk below makes one, and nothing is admitted without one.
package struct RehashedImage: Sendable {
  /// The digest that was judged. Of an image from a docker-archive it is the configuration's.
  package let digest: ClaimedDigest
  /// The medium that it came on.
  package let medium: String
  let root: Entry
  /// What its layout needs, each once; without what attachments need.
  let blobs: [Blob]
  /// The manifest that was made for an image that came without one.
  let made: [UInt8]?
  let attachments: [Attachment]
  /// What hung on the image and is not admitted with it, and why: it is gone, or is not what it was.
  package let leftBehind: [Failure]

  struct Blob: Sendable {
    let digest: ClaimedDigest
    let status: FileStatus
  }

  struct Attachment: Sendable {
    let entry: Entry
    let blobs: [Blob]
  }

  /// What the index of a layout says of a manifest.
  struct Entry: Sendable {
    let mediaType: String
    let digest: ClaimedDigest
    let size: UInt64
    /// The tag that makes other tools find it.
    var tag: String?
  }

  /// What the layout calls the image.
  package var manifest: ClaimedDigest { root.digest }

  // MARK: The walk

  /// - Parameter absent: what the verdict knew that was not carried: other platforms of an index, foreign layers.
  /// - Throws: what is absent beside, or is not what its digest says, by that digest.
  fileprivate init(
    _ image: ClaimedDigest, in shape: ImageArchive.Shape, of medium: MediumAtHand,
    without absent: Set<ClaimedDigest>, progress: @escaping @Sendable (Int) -> Void
  ) throws(Failure) {
    guard medium.outline.digests.contains(image) else {
      throw Failure(.imageNotFound, "\(image)", "medium \(medium.id) does not have it")
    }
    digest = image
    self.medium = medium.id
    let store = medium.blobs
    let goesByConfiguration = shape == .dockerArchive
    var walk = ImageWalk(store, without: .known(absent))
    var layers: [ClaimedDigest] = []
    if goesByConfiguration {
      layers = try walk.followConfiguration(image)
    } else {
      try walk.follow(image, size: nil)
    }
    let found = try Self.hashed(walk, of: medium, progress)
    if goesByConfiguration {
      // A docker-archive has lost the manifest that the registry had, and a layout needs one. It is made here of what the
      // digest vouches for and of nothing else, so that the same image always gets the same: the configuration's bytes,
      // and the layers that it names. It is another digest than the one that was judged, which stands in it as `config`.
      let made = try Self.manifest(of: image, layers, found)
      root = Entry(
        mediaType: Self.imageType, digest: ClaimedDigest(Cryptography.digest(made)), size: UInt64(made.count))
      self.made = made
    } else {
      root = try Self.entry(image, in: store)
      made = nil
    }
    var hanging = Attachments(medium)
    try hanging.find(on: walk.read.union([root.digest]))
    var leftBehind = hanging.notes
    var attachments: [Attachment] = []
    for attachment in hanging.found.prefix(Self.mostAttachments) {
      do throws(Failure) {
        var walk = ImageWalk(store)
        try walk.follow(attachment.digest, size: nil)
        let blobs = try Self.hashed(walk, of: medium, progress)
        var entry = try Self.entry(attachment.digest, in: store)
        entry.tag = attachment.tag
        attachments.append(Attachment(entry: entry, blobs: Array(blobs.values)))
      } catch {
        leftBehind.append(error)
      }
    }
    if hanging.found.count > Self.mostAttachments {
      leftBehind.append(
        Failure(
          .archiveLimitExceeded, "\(image)",
          "\(hanging.found.count) things hang on it, and at most \(Self.mostAttachments) are let out with an image"))
    }
    self.attachments = attachments
    self.leftBehind = leftBehind
    blobs = found.values.sorted {
      ($0.digest.algorithm.rawValue, $0.digest.hex) < ($1.digest.algorithm.rawValue, $1.digest.hex)
    }
  }

  /// Hashes what a walk met, and gives what is there and right.
  private static func hashed(
    _ walk: ImageWalk, of medium: MediumAtHand, _ progress: @escaping @Sendable (Int) -> Void
  ) throws(Failure) -> [ClaimedDigest: Blob] {
    var found: [ClaimedDigest: Blob] = [:]
    for document in walk.documents {
      found[document.digest] = Blob(digest: document.digest, status: document.status)
    }
    let contents = walk.contents.filter { found[$0.digest] == nil }
    // Before anything is hashed: a file may be as large as it likes.
    for content in contents {
      guard let there = medium.blobs.status(content.digest)?.size else { continue }
      try ImageWalk.verify(content.digest, has: there, said: content.size)
    }
    for (content, result) in zip(contents, medium.hash(contents.map(\.digest), progress: progress)) {
      let status = try result.get()
      try ImageWalk.verify(content.digest, has: status.size, said: content.size)
      found[content.digest] = Blob(digest: content.digest, status: status)
    }
    return found
  }

  /// Anybody can hang things on an image, and those of all images share one index. A large image has some dozens.
  static let mostAttachments = 256

  private static let imageType = "application/vnd.oci.image.manifest.v1+json"
  private static let indexType = "application/vnd.oci.image.index.v1+json"

  private static func entry(_ digest: ClaimedDigest, in store: BlobFolder) throws(Failure) -> Entry {
    var walk = ImageWalk(store)
    let bytes = try walk.document(digest, size: nil)
    let stated = try JSONNode(parsing: bytes, named: "\(digest)", malformed: .imageManifestMalformed)
      .optional("mediaType")?.string()
    let isIndex = if case .index = try Manifest(parsing: bytes, named: "\(digest)") { true } else { false }
    return Entry(
      mediaType: stated ?? (isIndex ? indexType : imageType), digest: digest, size: UInt64(bytes.count))
  }

  private static func manifest(
    of config: ClaimedDigest, _ layers: [ClaimedDigest], _ blobs: [ClaimedDigest: Blob]
  ) throws(Failure) -> [UInt8] {
    func descriptor(_ mediaType: String, _ digest: ClaimedDigest) -> JSON {
      [
        "digest": .text("\(digest)"), "mediaType": .text(mediaType),
        "size": .integer(Int64(clamping: blobs[digest]?.status.size ?? 0)),
      ]
    }
    let manifest: JSON = [
      "schemaVersion": 2, "mediaType": .text(imageType),
      "config": descriptor("application/vnd.oci.image.config.v1+json", config),
      "layers": .array(layers.map { descriptor("application/vnd.oci.image.layer.v1.tar", $0) }),
    ]
    return try manifest.canonical()
  }
}

extension Quarantine {
  /// Hashes an image again, from the copy of the medium that it came on, with what hangs on it.
  ///
  /// - Parameters:
  ///   - image: the digest that was judged.
  ///   - shape: of the archive, as it was judged: what lies there does not say again what the image goes by.
  ///   - absent: digests that the verdict knew were not carried.
  ///   - progress: bytes that were just hashed; from any thread.
  package func rehash(
    _ image: ClaimedDigest, in shape: ImageArchive.Shape, of medium: MediumAtHand,
    without absent: Set<ClaimedDigest> = [],
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(QuarantineError) -> RehashedImage {
    let lock = try lock(.together, waiting: Self.usualWait)
    defer { withExtendedLifetime(lock) {} }
    return try judging { () throws(Failure) in
      try RehashedImage(image, in: shape, of: medium, without: absent, progress: progress)
    }
  }
}
