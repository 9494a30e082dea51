import COpenSSL

/// Hashes neighbours in a flat buffer, without an object or an array for each: what a tree of millions of nodes needs.
///
/// For one thread at a time.
package final class PairHasher {
  private let context: OpaquePointer

  package init() {
    context = EVP_MD_CTX_new()
    guard let digest = Provider.shared.digest(.sha256), EVP_DigestInit_ex2(context, digest, nil) == 1 else {
      fatalError("OpenSSL cannot start SHA-256")
    }
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Replaces each two neighbouring hashes of 32 bytes by the SHA-256 of `prefix || left || right`. The results stand at
  /// the buffer's beginning; what is behind them is left over.
  /// - Precondition: 64 · pairs ≤ buffer.count.
  package func fold(_ buffer: inout [UInt8], pairs: Int, prefix: UInt8) {
    precondition(pairs >= 0 && pairs <= buffer.count / 64)
    let done = buffer.withUnsafeMutableBufferPointer { assay_hash_pairs(context, prefix, $0.baseAddress, pairs) }
    guard done == 1 else { fatalError("OpenSSL cannot hash") }
  }
}
