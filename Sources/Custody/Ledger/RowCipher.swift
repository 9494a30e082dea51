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
    let (nonce, associated) = framing(index, salt)
    return try cipher.withLock { cipher throws(CryptographyError) in
      try cipher.seal(leaf, nonce: nonce, authenticating: associated)
    }
  }

  /// - Throws: `invalidSignature` where the row is not the one that was sealed for this place.
  func open(_ row: [UInt8], at index: UInt64, salt: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let (nonce, associated) = framing(index, salt)
    return try cipher.withLock { cipher throws(CryptographyError) in
      try cipher.open(row, nonce: nonce, authenticating: associated)
    }
  }

  private func framing(_ index: UInt64, _ salt: [UInt8]) -> (nonce: [UInt8], associated: [UInt8]) {
    var nonce = salt
    var associated = storeID
    nonce.reserveCapacity(AuthenticatedEncryption.nonceSize)
    associated.reserveCapacity(storeID.count + 8)
    for _ in 0..<4 { nonce.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      let byte = UInt8(truncatingIfNeeded: index >> UInt64(shift))
      nonce.append(byte)
      associated.append(byte)
    }
    return (nonce, associated)
  }
}
