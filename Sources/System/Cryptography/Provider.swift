import COpenSSL

/// The one place where algorithms are fetched: our own library context and property query, so that a site can put
/// its FIPS provider behind every operation.
struct Provider: @unchecked Sendable {
  static let shared = Provider()

  let library: OpaquePointer
  private let digests: [HashAlgorithm: OpaquePointer]

  private init() {
    let library = OSSL_LIB_CTX_new()!
    self.library = library
    var digests: [HashAlgorithm: OpaquePointer] = [:]
    for algorithm in HashAlgorithm.allCases {
      digests[algorithm] = EVP_MD_fetch(library, algorithm.rawValue, nil)
    }
    self.digests = digests
  }

  func digest(_ algorithm: HashAlgorithm) -> OpaquePointer { digests[algorithm]! }
}
