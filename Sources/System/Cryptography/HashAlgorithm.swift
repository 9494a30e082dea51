/// The SHA-2 family members that the formats name. The raw value is the name in digests, `sha256:…`.
package enum HashAlgorithm: String, Sendable, CaseIterable {
  case sha256, sha384, sha512

  /// Size of a digest in bytes.
  package var size: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }
}
