import COpenSSL

/// The hash functions that occur in Sigstore, with the names that its formats give them.
package enum SampleHash: String, Sendable, CaseIterable {
  case sha256, sha384, sha512

  /// As OpenSSL knows it.
  var openSSLName: String {
    switch self {
    case .sha256: "SHA2-256"
    case .sha384: "SHA2-384"
    case .sha512: "SHA2-512"
    }
  }

  /// protobuf-specs `HashAlgorithm`.
  package var sigstoreName: String {
    switch self {
    case .sha256: "SHA2_256"
    case .sha384: "SHA2_384"
    case .sha512: "SHA2_512"
    }
  }

  var oid: String {
    switch self {
    case .sha256: "2.16.840.1.101.3.4.2.1"
    case .sha384: "2.16.840.1.101.3.4.2.2"
    case .sha512: "2.16.840.1.101.3.4.2.3"
    }
  }

  package func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: 64)
    var length = 0
    let done = EVP_Q_digest(nil, openSSLName, nil, bytes, bytes.count, &out, &length)
    precondition(done == 1, "OpenSSL has no \(openSSLName)")
    return Array(out.prefix(length))
  }
}

/// SHA-256.
package func sha256(_ bytes: [UInt8]) -> [UInt8] { SampleHash.sha256(bytes) }

/// `sha256:<hex>`, as OCI writes digests.
package func digestText(_ bytes: [UInt8], _ hash: SampleHash = .sha256) -> String {
  "\(hash.rawValue):\(hexText(hash(bytes)))"
}
