package import Cryptography
package import Octets

/// A manifest or index of an image; in a docker-archive, which has none, an image's configuration. By its bytes anybody
/// knows what the image consists of, and what a signature on it covers (`ImageStructure`).
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

  /// Those of all parts that were carried, each once, in the order in which parts first name them.
  package static func names(in images: [Image]) -> [ClaimedDigest] {
    var seen: Set<ClaimedDigest> = []
    return images.flatMap(\.parts).filter { !$0.isAbsent && seen.insert($0.digest).inserted }.map(\.digest)
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
