import Cryptography
import Synchronization

/// Rows on the disk: leaves under the store key, which the TPM keeps sealed.
///
/// The nonce is the commit's salt and the leaf's index, the associated bytes are the store's id and the index: a row opens
/// at its own place alone. It hides; what proves is the tree over the plaintext, and the anchor.
final class RowCipher: Sendable {
  private let cipher: Mutex<AuthenticatedEncryption>
  private let storeID: [UInt8]

  /// - Parameter key: 32 bytes; wiped.
  init(wiping key: inout [UInt8], storeID: [UInt8]) throws(LedgerError) {
    do throws(CryptographyError) {
      cipher = Mutex(try AuthenticatedEncryption(wiping: &key))
    } catch {
      throw .cryptography("\(error)")
    }
    self.storeID = storeID
  }

  func seal(_ leaf: [UInt8], at index: UInt64, salt: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let place = Self.bytes(index)
    return try cipher.withLock { cipher throws(CryptographyError) in
      try cipher.seal(leaf, nonce: salt + [0, 0, 0, 0] + place, authenticating: storeID + place)
    }
  }

  /// - Throws: `invalidSignature` where the row is not the one that was sealed for this place.
  func open(_ row: [UInt8], at index: UInt64, salt: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let place = Self.bytes(index)
    return try cipher.withLock { cipher throws(CryptographyError) in
      try cipher.open(row, nonce: salt + [0, 0, 0, 0] + place, authenticating: storeID + place)
    }
  }

  private static func bytes(_ index: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: index >> UInt64(56 - 8 * $0)) }
  }
}
