import COpenSSL
import Synchronization

/// The one place that algorithms come from: our own library context and property query, so that a site can put its
/// FIPS provider behind every operation. OpenSSL's default context is never used.
///
/// Lives as long as what was made with it.
final class Provider: Sendable {
  static let shared = Provider()

  nonisolated(unsafe) let library: OpaquePointer
  /// The property query of every fetch; NULL asks for nothing.
  nonisolated(unsafe) let properties: UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) private let loaded: OpaquePointer?
  nonisolated(unsafe) private let digests: [HashAlgorithm: OpaquePointer]
  /// Curves by OpenSSL's name, each made when a key on it is first met.
  private let curves = Mutex<[String: Curve]>([:])

  /// - Parameters:
  ///   - name: the OpenSSL provider to load. Loading one by name keeps OpenSSL from falling back to its default.
  ///   - properties: the property query, such as `fips=yes`; empty asks for nothing.
  ///   - lender: whose digests to take in place of fetching. Tests alone give one.
  init(loading name: String = "default", properties: String = "", digestsFrom lender: Provider? = nil) {
    assay_openssl_start()
    guard let library = OSSL_LIB_CTX_new() else { fatalError("OpenSSL has no memory for a library context") }
    loaded = OSSL_PROVIDER_load(library, name)
    self.library = library
    self.properties = properties.isEmpty ? nil : CRYPTO_strdup(properties, nil, 0)
    var digests: [HashAlgorithm: OpaquePointer] = [:]
    for algorithm in HashAlgorithm.allCases {
      if let lent = lender?.digest(algorithm) {
        EVP_MD_up_ref(lent)
        digests[algorithm] = lent
      } else {
        digests[algorithm] = EVP_MD_fetch(library, algorithm.rawValue, self.properties)
      }
    }
    self.digests = digests
    ERR_clear_error()
  }

  deinit {
    for digest in digests.values { EVP_MD_free(digest) }
    curves.withLock { for curve in $0.values { EVP_PKEY_free(curve.key) } }
    CRYPTO_free(properties, nil, 0)
    if let loaded { OSSL_PROVIDER_unload(loaded) }
    OSSL_LIB_CTX_free(library)
  }

  /// Nil where the provider does not have the algorithm.
  func digest(_ algorithm: HashAlgorithm) -> OpaquePointer? { digests[algorithm] }

  /// A key of this curve that has no point yet; nil where the provider does not have the curve. Lives as long as the
  /// provider; only ever copied.
  func curve(_ group: String) -> OpaquePointer? {
    curves.withLock { curves in
      if let known = curves[group] { return known.key }
      guard let key = assay_key_ec_curve(library, properties, group) else { return nil }
      curves[group] = Curve(key: key)
      return key
    }
  }

  private struct Curve: @unchecked Sendable { let key: OpaquePointer }

  /// Whether only a validated module will do: then what OpenSSL lacks is unsupported, and nothing stands in for it.
  var requiresValidatedModule: Bool {
    guard let properties else { return false }
    return String(cString: properties).contains("fips=yes")
  }

  /// SHA-1, for the one place where a format names a certificate by it (RFC 2634 ESSCertID). Signs nothing.
  func sha1(_ bytes: [UInt8]) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: 20)
    var size = 0
    guard EVP_Q_digest(library, "SHA1", properties, bytes, bytes.count, &digest, &size) == 1, size == 20 else {
      ERR_clear_error()
      return nil
    }
    return digest
  }

  /// Where certificates are decoded, which takes no algorithm. With key decoders in reach, OpenSSL builds a key for every
  /// certificate that it decodes, wanted or not, at several times the cost of all the rest; `PublicKey` is where keys
  /// are built.
  nonisolated(unsafe) static let withoutAlgorithms: OpaquePointer = {
    assay_openssl_start()
    guard let library = OSSL_LIB_CTX_new() else { fatalError("OpenSSL has no memory for a library context") }
    OSSL_PROVIDER_load(library, "null")
    return library
  }()
}
