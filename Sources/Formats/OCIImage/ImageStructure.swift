import Octets
package import Reasons

/// What images consist of by their documents alone, for whoever has an image from somebody that may lie: which parts there
/// are, what stands under what, each part's configuration and layers, and what it runs on.
///
/// Documents do not say what was carried of the rest, and what an image is called.
package struct ImageStructure {
  private let blobs: BlobStore
  private var tree: ImageTree

  package init(_ documents: [ImageDocument]) {
    blobs = BlobStore(documents)
    tree = ImageTree(blobs)
  }

  /// What the documents themselves show to be wrong with the archive, such as a manifest that is listed as what it is not.
  package var failures: [Failure] { tree.failures.all }

  /// What an image says that its documents do not; nil where there is nothing.
  /// - Throws: `archive.limit-exceeded`, `image.nesting-too-deep`, beyond what is read of any archive; and where a document
  ///   is none.
  package mutating func contradiction(in image: Image, of shape: ImageArchive.Shape) throws(Failure) -> String? {
    let root = image.parts[0]
    guard !root.isAbsent else {
      let isBare = image.parts.count == 1 && root.ancestors.isEmpty && root.config == nil && root.layers.isEmpty
      return isBare ? concealment(in: root, []) : "what an image consists of whose document was not carried"
    }
    guard let file = blobs[image.digest] else { return "an image whose document is absent" }
    let known =
      shape == .dockerArchive
      ? [try DockerArchive.part(file)] : try tree.image(Descriptor(of: file), names: [], tags: []).parts
    // Not in the words of a digest: an image has a hundred thousand parts.
    guard image.parts.map(\.digest) == known.map(\.digest) else { return "other parts than its documents list" }
    for (told, known) in zip(image.parts, known) {
      guard told.ancestors == known.ancestors else {
        return "\(told.digest) under other indexes than those that list it"
      }
      // The size of a docker-archive's layer stands in no document.
      let isSame = told.layers.elementsEqual(known.layers) {
        $0.digest == $1.digest && $0.mediaType == $1.mediaType && ($0.size == $1.size || shape == .dockerArchive)
      }
      guard told.config == known.config, isSame else {
        return "\(told.digest) with other contents than its document names"
      }
      guard told.role == known.role, told.configuredPlatform == known.configuredPlatform else {
        return "\(told.digest) as something else than its configuration and the index above it say"
      }
      if let concealed = concealment(in: told, known.problems) { return concealed }
    }
    return nil
  }

  /// What was not carried, policies and denials do not see: so it is among what is wrong with the part, and by no reason
  /// that a policy may waive but for layers that are foreign by their descriptor.
  /// - Parameter nothing: what would be wrong with the part if nothing below it was carried.
  private func concealment(in part: Part, _ nothing: [Failure]) -> String? {
    func foreign(_ problems: [Failure]) -> Set<String> {
      Set(problems.filter { $0.reason == .blobForeignNotCarried }.map(\.subject))
    }
    let left = foreign(part.problems)
    guard left.isSubset(of: foreign(nothing)) else {
      return "a layer of \(part.digest) left out as foreign, which it is not"
    }
    // One that is listed twice, by two types, is foreign by none.
    let isLacking =
      part.isAbsent || part.config?.state == .unread
      || part.layers.contains { !$0.isCarried && !($0.isForeign && left.contains("\($0.digest)")) }
    let isSaid = part.problems.contains { $0.reason != .blobForeignNotCarried && $0.reason.effect != .note }
    return isLacking && !isSaid ? "\(part.digest) not carried, and nothing wrong with it" : nil
  }
}
