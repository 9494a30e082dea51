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
    case .named(let name): guard image.names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return false }
    case .digest(let digest): guard part.coveringDigests.contains(digest) else { return false }
    }
    guard let platform else { return true }
    return part.platform?.satisfies(platform) ?? false
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

  /// Names that stand for two digests, so that two importers would pull two images. Asking for a digest is unambiguous.
  package func ambiguousNames(of image: Image, among images: [Image]) -> [Failure] {
    if case .digest = target { return [] }
    return image.names.filter { name in
      images.contains { $0.digest != image.digest && $0.names.contains { $0.utf8.elementsEqual(name.utf8) } }
    }
    .map { Failure(.imageAmbiguousName, printable($0), "stands for two or more digests; choose one with --image") }
  }
}
