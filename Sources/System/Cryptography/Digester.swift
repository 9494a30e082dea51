import COpenSSL

/// A digest that this program computed over bytes that it had. The one other way to make one is to take it over from a
/// part of this program that computed it (`Findings` and `Readings` do, and nobody else may).
package struct ComputedDigest: Hashable, Sendable {
  package let algorithm: HashAlgorithm
  package let bytes: [UInt8]

  fileprivate init(_ algorithm: HashAlgorithm, _ bytes: [UInt8]) {
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// As another part of this program computed it and handed it over. Who calls this answers for where it comes from.
  /// - Returns: nil unless the size is the algorithm's.
  package init?(handedOver algorithm: HashAlgorithm, _ bytes: [UInt8]) {
    guard bytes.count == algorithm.size else { return nil }
    self.init(algorithm, bytes)
  }
}

/// Hashes a stream, piece by piece.
package struct Digester: ~Copyable {
  private let context: OpaquePointer
  private let algorithm: HashAlgorithm

  package init(_ algorithm: HashAlgorithm) {
    self.algorithm = algorithm
    context = EVP_MD_CTX_new()
    guard let digest = Provider.shared.digest(algorithm), EVP_DigestInit_ex2(context, digest, nil) == 1 else {
      fatalError("OpenSSL cannot start \(algorithm)")
    }
  }

  deinit { EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }
  package mutating func update(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { update($0) } }

  package consuming func finish() -> ComputedDigest {
    var bytes = [UInt8](repeating: 0, count: algorithm.size)
    EVP_DigestFinal_ex(context, &bytes, nil)
    return ComputedDigest(algorithm, bytes)
  }
}

/// The digest of bytes in memory.
package func digest(_ bytes: [UInt8], _ algorithm: HashAlgorithm = .sha256) -> ComputedDigest {
  var digester = Digester(algorithm)
  digester.update(bytes)
  return digester.finish()
}
