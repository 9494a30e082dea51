package import Cryptography
package import Octets

/// What a signature is said to be about: bytes at hand, or only digests of it.
package struct Artifact: Sendable {
  private let digests: [ClaimedDigest]
  let bytes: [UInt8]?

  /// - Parameter digest: as somebody else states it, on a command line or in an image index.
  package init(digest: ClaimedDigest) {
    digests = [digest]
    bytes = nil
  }

  /// - Parameter digests: of one file, by several algorithms. Keys other than P-256 may sign over SHA-384 or SHA-512.
  package init(_ digests: [ComputedDigest]) {
    self.digests = digests.map { ClaimedDigest($0) }
    bytes = nil
  }

  package init(bytes: [UInt8]) {
    digests = []
    self.bytes = bytes
  }

  /// Nil where neither the digest nor the bytes are known.
  func digest(_ algorithm: HashAlgorithm) -> ClaimedDigest? {
    if let bytes { return ClaimedDigest(Cryptography.digest(bytes, algorithm)) }
    return digests.first { $0.algorithm == algorithm }
  }

  /// Every digest that is known.
  var known: [ClaimedDigest] { bytes == nil ? digests : HashAlgorithm.allCases.compactMap { digest($0) } }

  /// Whether one of these names the artifact.
  func isNamed(by subjects: [ClaimedDigest]) -> Bool { subjects.contains { digest($0.algorithm) == $0 } }
}
