package import Cryptography
package import Reasons

/// A digest that somebody wrote down. It proves nothing until a `ComputedDigest` equals it.
///
/// Wire form `sha256:<64 hex>` or `sha512:<128 hex>` (OCI image-spec 1.1 descriptor.md, Digests).
package struct ClaimedDigest: Hashable, Sendable, CustomStringConvertible {
  package let algorithm: HashAlgorithm
  package let bytes: [UInt8]

  /// - Throws: `blob.digest-unsupported` for an algorithm other than sha256 and sha512, otherwise `malformed`.
  package init(_ text: [UInt8], in subject: String, malformed: Reason) throws(Failure) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
      throw Failure(malformed, subject, "a digest is ALGORITHM:HEX, not “\(printable(text, limit: 80))”")
    }
    let name = String(decoding: text[..<colon], as: UTF8.self)
    guard Self.isAlgorithmName(text[..<colon]) else {
      throw Failure(malformed, subject, "“\(printable(text, limit: 80))” is no digest")
    }
    guard let algorithm = HashAlgorithm(rawValue: name), algorithm != .sha384 else {
      throw Failure(.blobDigestUnsupported, subject, "digest algorithm “\(printable(name, limit: 40))”")
    }
    guard let bytes = Hex.decode(text[(colon + 1)...]), bytes.count == algorithm.size else {
      throw Failure(malformed, subject, "\(name) digests are \(algorithm.size * 2) lower-case hexadecimal digits")
    }
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// descriptor.md: components of `[a-z0-9]+` with one of `+._-` between them.
  private static func isAlgorithmName(_ name: ArraySlice<UInt8>) -> Bool {
    let components = name.split(omittingEmptySubsequences: false) { "+._-".utf8.contains($0) }
    return components.allSatisfy { component in
      !component.isEmpty && component.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
    }
  }

  package init(_ computed: ComputedDigest) {
    algorithm = computed.algorithm
    bytes = computed.bytes
  }

  /// Nil unless `bytes.count == algorithm.size`.
  package init?(_ algorithm: HashAlgorithm, _ bytes: [UInt8]) {
    guard bytes.count == algorithm.size else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }

  package var hex: String { Hex.encode(bytes) }
  package var description: String { "\(algorithm.rawValue):\(hex)" }

  package static func == (claimed: ClaimedDigest, computed: ComputedDigest) -> Bool {
    claimed.algorithm == computed.algorithm && claimed.bytes == computed.bytes
  }
}
