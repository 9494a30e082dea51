package import Cryptography
package import Octets

/// A manifest, index or configuration of an image. By their bytes anybody knows what the image consists of, what it runs
/// on, and what a signature on it covers (`ImageStructure`).
package struct ImageDocument: Sendable {
  package let digest: ComputedDigest
  package let bytes: [UInt8]

  /// - Parameter bytes: what somebody says that it is; hashed here.
  package init(_ bytes: [UInt8], _ algorithm: HashAlgorithm) {
    self.bytes = bytes
    digest = Cryptography.digest(bytes, algorithm)
  }

  /// Nil where the file is too large to be one.
  init?(_ file: StoredFile) {
    guard let contents = file.contents else { return nil }
    (digest, bytes) = (file.digest, contents)
  }

  /// Those of all parts that were carried, each once, in the order in which parts first name them: a part's own, then its
  /// configuration.
  package static func names(in images: [Image]) -> [ClaimedDigest] {
    var names: [ClaimedDigest] = []
    var seen: Set<ClaimedDigest> = []
    for part in images.lazy.flatMap(\.parts) {
      if !part.isAbsent, seen.insert(part.digest).inserted { names.append(part.digest) }
      if let config = part.config, config.state == .read, seen.insert(config.digest).inserted {
        names.append(config.digest)
      }
    }
    return names
  }
}

extension Array where Element == ImageDocument {
  package var byDigest: [ClaimedDigest: ImageDocument] {
    Dictionary(map { (ClaimedDigest($0.digest), $0) }) { first, _ in first }
  }
}

extension Part {
  /// Whether it is listed, and its document was not carried.
  package var isAbsent: Bool { role.isAbsent }
}

extension Part.Role {
  var isAbsent: Bool { if case .absent = self { true } else { false } }
}
