import COpenSSL
package import Cryptography
import Ledger

/// A commit key in the clear, kept as PKCS #8 where another process is to have it too.
package final class RigSigner: CommitSigner, @unchecked Sendable {
  package let publicKey: PublicKey
  private let key: OpaquePointer
  /// Run before each signature.
  package var beforeSigning: () throws -> Void = {}
  /// Gives signatures over something else, as a faulty chip would.
  package var errs = false

  package init(pkcs8: [UInt8]? = nil) throws {
    var made: OpaquePointer?
    if let pkcs8 {
      made = pkcs8.withUnsafeBufferPointer { bytes in
        var position = bytes.baseAddress
        return d2i_AutoPrivateKey(nil, &position, bytes.count)
      }
    } else {
      let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
      defer { EVP_PKEY_CTX_free(context) }
      _ = EVP_PKEY_keygen_init(context)
      _ = EVP_PKEY_CTX_set_group_name(context, "P-256")
      _ = EVP_PKEY_generate(context, &made)
    }
    guard let made else { throw FileAnchor.Broken() }
    key = made
    publicKey = try PublicKey(spki: Self.encoded { i2d_PUBKEY(made, $0) })
  }

  deinit { EVP_PKEY_free(key) }

  package var pkcs8: [UInt8] {
    let info = EVP_PKEY2PKCS8(key)
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    return Self.encoded { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
  }

  package func sign(_ digest: ComputedDigest) throws -> [UInt8] {
    try beforeSigning()
    var bytes = digest.bytes
    if errs { bytes[0] ^= 1 }
    let context = EVP_PKEY_CTX_new(key, nil)
    defer { EVP_PKEY_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 128)
    var size = signature.count
    guard EVP_PKEY_sign_init(context) == 1, EVP_PKEY_sign(context, &signature, &size, bytes, bytes.count) == 1 else {
      throw FileAnchor.Broken()
    }
    return Array(signature.prefix(size))
  }

  private static func encoded(
    _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(max(0, write(nil))))
    bytes.withUnsafeMutableBufferPointer { buffer in
      var position = buffer.baseAddress
      _ = write(&position)
    }
    return bytes
  }
}
