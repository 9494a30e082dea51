import COpenSSL
import MiniatureSigstore

/// The signature checks of a keyless bundle and nothing else: straight OpenSSL, digests computed and keys decoded before.
final class BareChecks {
  private struct Check {
    let context: OpaquePointer
    let signature: [UInt8]
    let digest: [UInt8]
  }

  private let leaves: [Check]
  private let others: [[Check]]

  /// - Parameter count: how many bundles there are; as many different signatures are made of each kind.
  init(of count: Int) {
    let authority = SampleKey(.p384)
    leaves = (0..<count).map { Self.check(authority, Array("leaf \($0)".utf8)) }
    let services = (0..<3).map { _ in SampleKey(.p256) }
    others = (0..<count).map { number in
      (services + [SampleKey(.p256)]).map { Self.check($0, Array("other \(number)".utf8)) }
    }
  }

  deinit { for check in leaves + others.flatMap({ $0 }) { EVP_PKEY_CTX_free(check.context) } }

  func run(_ number: Int) {
    for check in [leaves[number]] + others[number] {
      let result = EVP_PKEY_verify(
        check.context, check.signature, check.signature.count, check.digest, check.digest.count)
      precondition(result == 1)
    }
  }

  private static func check(_ key: SampleKey, _ message: [UInt8]) -> Check {
    let hash: SampleHash = key.algorithm == .p384 ? .sha384 : .sha256
    var spki: UnsafePointer<UInt8>?
    let decoded = key.spki.withUnsafeBufferPointer { bytes in
      spki = bytes.baseAddress
      return d2i_PUBKEY(nil, &spki, bytes.count)
    }
    defer { EVP_PKEY_free(decoded) }
    let context = EVP_PKEY_CTX_new_from_pkey(nil, decoded, nil)
    precondition(EVP_PKEY_verify_init(context) == 1)
    return Check(context: context!, signature: key.sign(message), digest: hash(message))
  }
}
