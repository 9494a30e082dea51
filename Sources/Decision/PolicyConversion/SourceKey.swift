import Base64
import Cryptography
import Octets
import StrictJSON

/// Public keys of a source: one or more PEM blocks, as alternatives.
enum SourceKey {
  /// Blocks in one text.
  private static let most = 64

  /// - Throws: `PEMError` or `CryptographyError`, for their words.
  static func keys(pem text: [UInt8]) throws -> [PublicKey] {
    let blocks = try PEM.blocks(text, label: "PUBLIC KEY", atMost: most)
    guard !blocks.isEmpty else { throw CryptographyError.malformed("no PEM block") }
    return try blocks.map { try PublicKey(spki: $0) }
  }

  static func words(_ error: any Error) -> String {
    switch error {
    case let error as PEMError: error.detail
    case CryptographyError.malformed(let words), CryptographyError.unsupported(let words): words
    default: "\(error)"
    }
  }
}

extension PolicyDraft {
  /// An authority of one key. One key has one authority, however often the source names it: what two authorities accept
  /// speaks for the first of them only.
  mutating func authority(of key: PublicKey, called wanted: String) -> String {
    authority(
      ["keys": .text(PEM.encode(key.spki, label: "PUBLIC KEY"))], called: wanted, "\(ClaimedDigest(key.fingerprint))")
  }
}
