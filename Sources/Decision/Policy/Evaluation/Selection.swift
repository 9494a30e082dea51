package import OCIImage
package import Octets
package import Reasons

/// Which images of an archive are asked about, `--image` and `--platform`.
package struct Selection: Sendable {
  package enum Target: Sendable {
    case all
    case named(String)
    case digest(ClaimedDigest)
  }

  package let target: Target
  package let platform: Platform?

  package init(_ target: Target, platform: Platform?) {
    self.target = target
    self.platform = platform
  }

  /// The parts to judge, by image; never an empty list of parts.
  /// - Throws: `image.not-found`, `image.none-carried`.
  package func parts(of images: [Image]) throws(Failure) -> [(image: Image, parts: [Part])] {
    guard !images.isEmpty else { throw Failure(.imageNoneCarried, "archive", "it holds no image") }
    var selected: [(image: Image, parts: [Part])] = []
    for image in images {
      let parts = image.parts.filter { matches($0, in: image) }
      if !parts.isEmpty { selected.append((image, parts)) }
    }
    guard !selected.isEmpty else { throw Failure(.imageNotFound, wording, "the archive holds no such image") }
    return selected
  }

  private func matches(_ part: Part, in image: Image) -> Bool {
    switch target {
    case .all: break
    case .named(let name): guard Self.has(image, name) else { return false }
    case .digest(let digest): guard part.coveringDigests.contains(digest) else { return false }
    }
    guard let platform else { return true }
    return part.platform?.satisfies(platform) ?? part.isForAnyMachine
  }

  private var wording: String {
    let image: String =
      switch target {
      case .all: "any image"
      case .named(let name): "image “\(printable(name))”"
      case .digest(let digest): "image \(digest)"
      }
    return platform.map { "\(image) for \($0)" } ?? image
  }

  private static func has(_ image: Image, _ name: String) -> Bool {
    let wanted = CompletedName(name)
    return (image.names + image.tags).contains { CompletedName($0) == wanted }
  }

  /// Names that stand for two digests, so that two importers would pull two images, by image; among them what ends with the
  /// digest of something else. Asking for a digest is unambiguous. A bare tag beside a full name counts where it is asked
  /// for, or is all the name that another image has: `docker save` gives one tag to many.
  package func ambiguousNames(among images: [Image]) -> [ClaimedDigest: [Failure]] {
    if case .digest = target { return [:] }
    var claims: [CompletedName: (digests: Set<ClaimedDigest>, counts: Bool)] = [:]
    for image in images {
      for name in image.names { claims[CompletedName(name), default: ([], true)].counts = true }
      for name in image.names + image.tags {
        claims[CompletedName(name), default: ([], false)].digests.insert(image.digest)
      }
    }
    if case .named(let name) = target { claims[CompletedName(name)]?.counts = true }
    var failures: [ClaimedDigest: [Failure]] = [:]
    for image in images {
      for name in image.names + image.tags {
        let words: String
        if let claim = claims[CompletedName(name)], claim.counts, claim.digests.count > 1 {
          words = "stands for two or more digests"
        } else if let other = ImageReference.digest(in: name), !image.parts.contains(where: { $0.digest == other }) {
          words = "stands for \(image.digest)"
        } else if !CompletedName.isBareTag(name), !CompletedName.isUnmistakable(name) {
          words = "is no name that all tools read alike"
        } else {
          continue
        }
        failures[image.digest, default: []].append(
          Failure(.imageAmbiguousName, printable(name), "\(words); choose one with --image"))
      }
    }
    return failures
  }
}
