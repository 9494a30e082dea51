package import Octets

/// An index that parts of an image stand under, with its bytes: by them alone a signature on it covers those parts.
package struct CoveringIndex: Hashable, Sendable {
  package let digest: ClaimedDigest
  package let bytes: [UInt8]

  package init(digest: ClaimedDigest, bytes: [UInt8]) {
    self.digest = digest
    self.bytes = bytes
  }

  /// - Returns: each once, in the order in which parts first name them.
  static func all(above images: [Image], from known: [ClaimedDigest: [UInt8]]) -> [CoveringIndex] {
    var seen: Set<ClaimedDigest> = []
    return images.flatMap(\.parts).flatMap(\.ancestors).compactMap { digest in
      guard seen.insert(digest).inserted, let bytes = known[digest] else { return nil }
      return CoveringIndex(digest: digest, bytes: bytes)
    }
  }
}

/// What indexes must list for parts to stand where images say that they do.
package struct Lineage {
  private var listed: [ClaimedDigest: Set<ClaimedDigest>] = [:]
  /// In the order in which parts first name them.
  package private(set) var indexes: [ClaimedDigest] = []
  /// Whether a part stands beside its image, and not in it.
  package private(set) var isBroken = false

  package init(of images: [Image]) {
    for image in images {
      for (place, part) in image.parts.enumerated() {
        // The root stands under nothing, and everything else under the root.
        if part.ancestors.first != (place == 0 ? nil : image.digest) { isBroken = true }
        for (above, below) in zip(part.ancestors, part.ancestors.dropFirst() + [part.digest]) {
          if listed[above] == nil { indexes.append(above) }
          listed[above, default: []].insert(below)
        }
      }
    }
  }

  /// Whether these bytes are an index that lists what stands under it here. Their digest is the caller's to compute.
  package func isListed(in bytes: [UInt8], of index: ClaimedDigest) -> Bool {
    guard case .index(let read)? = try? Manifest(parsing: bytes, named: "\(index)") else { return false }
    return listed[index, default: []].isSubset(of: read.manifests.map(\.digest))
  }
}
