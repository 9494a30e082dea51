import Cryptography
import Files
import OCIImage
import Octets
import Reasons
import StrictJSON

/// What on a medium hangs on an image: manifests whose `subject` it is, listed or not, and those under cosign's tags and
/// the referrers tags. What hangs on one of these hangs on the image, too.
struct Attachments {
  /// Attachments of attachments.
  static let rounds = 8

  private let medium: MediumAtHand
  private var blobs: BlobFolder { medium.blobs }
  private(set) var found: [(digest: ClaimedDigest, tag: String?)] = []
  /// What could not be looked at.
  private(set) var notes: [Failure] = []

  init(_ medium: MediumAtHand) { self.medium = medium }

  /// - Parameter image: the digests of its index and manifests.
  /// - Throws: what is wrong with the medium's index.
  mutating func find(on image: Set<ClaimedDigest>) throws(Failure) {
    let hanging = try medium.hanging()
    let top = hanging.listed
    notes += medium.untoldNotes()
    // `cosign save` writes one image, and does not say whose signatures these are. Beside other images the word would say
    // nothing.
    let images = top.filter { $0.attachmentTag == nil }
    let sole = images.allSatisfy { image.contains($0.digest) } ? images.first?.digest : nil
    var targets = image
    var taken = image
    for _ in 0..<Self.rounds {
      let before = found.count
      for descriptor in top where !taken.contains(descriptor.digest) {
        guard let tag = tag(descriptor, on: targets, sole) else { continue }
        taken.insert(descriptor.digest)
        if isAttachment(descriptor.digest, mayBeIndex: true) { found.append((descriptor.digest, tag)) }
      }
      for (digest, subject) in hanging.subjects where targets.contains(subject) && taken.insert(digest).inserted {
        if isAttachment(digest, mayBeIndex: false) { found.append((digest, nil)) }
      }
      guard found.count > before else { return }
      targets.formUnion(found[before...].map(\.digest))
    }
  }

  /// An image that passes itself off as an attachment was judged as an image, and is let out as one, or not.
  private mutating func isAttachment(_ digest: ClaimedDigest, mayBeIndex: Bool) -> Bool {
    var reading = ImageWalk(blobs)
    do throws(Failure) {
      switch try Manifest(parsing: try reading.document(digest, size: nil), named: "\(digest)") {
      case .image(let image): return image.isAttachment { isDocument($0.digest) }
      case .index(let index):
        // Referrers that a tag lists.
        guard mayBeIndex else { return false }
        for child in index.manifests where !isAttachment(child.digest, mayBeIndex: false) { return false }
        return true
      }
    } catch {
      notes.append(error)
      return false
    }
  }

  private mutating func isDocument(_ digest: ClaimedDigest) -> Bool {
    guard blobs.status(digest) != nil else {
      notes.append(Failure(.blobMissing, "\(digest)", "what hangs on an image needs it, and it was not carried"))
      return false
    }
    var reading = ImageWalk(blobs)
    guard let bytes = try? reading.document(digest, size: nil),
      let node = try? JSONNode(parsing: bytes, named: "", malformed: .bundleMalformed)
    else { return false }
    if case .object = node.value { return true }
    return false
  }

  /// The tag under which a descriptor of the index hangs on one of the targets; nil where it does not.
  /// - Parameter sole: the root of the one image of the index.
  private func tag(
    _ descriptor: Descriptor, on targets: Set<ClaimedDigest>, _ sole: ClaimedDigest?
  ) -> String? {
    switch descriptor.attachmentTag {
    case .cosign(let tag, let target):
      // The medium's own words end here: what stands before a tag, and an end of any length.
      let end = tag.split(separator: ".").last ?? ""
      guard targets.contains(target), end.utf8.count <= 16, end.utf8.allSatisfy({ (0x61...0x7a).contains($0) }) else {
        return nil
      }
      return "\(Self.tag(of: target)).\(end)"
    case .referrers(_, let target?): return targets.contains(target) ? Self.tag(of: target) : nil
    // The tag that cosign looks for.
    case .kind(let kind): return sole.map { "\(Self.tag(of: $0)).\(kind == "atts" ? "att" : "sig")" }
    case .referrers(_, nil), nil: return nil
    }
  }

  private static func tag(of target: ClaimedDigest) -> String { "\(target.algorithm.rawValue)-\(target.hex)" }
}
