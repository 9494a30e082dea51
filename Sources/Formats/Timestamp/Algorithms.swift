import Cryptography
import Octets
import Reasons

/// Algorithm identifiers that a token may name (RFC 5754, RFC 5480, RFC 8419). SHA-1 and MD5 are none of them.
enum AlgorithmIdentifier {
  static let hashes: [(OID, HashAlgorithm)] = [
    (OID(2, 16, 840, 1, 101, 3, 4, 2, 1), .sha256),
    (OID(2, 16, 840, 1, 101, 3, 4, 2, 2), .sha384),
    (OID(2, 16, 840, 1, 101, 3, 4, 2, 3), .sha512),
  ]
  static let signatures: [(OID, SignatureScheme)] = [
    (OID(1, 2, 840, 10045, 4, 3, 2), .ecdsa(.sha256)),
    (OID(1, 2, 840, 10045, 4, 3, 3), .ecdsa(.sha384)),
    (OID(1, 2, 840, 10045, 4, 3, 4), .ecdsa(.sha512)),
    (OID(1, 2, 840, 113549, 1, 1, 11), .rsaPKCS1(.sha256)),
    (OID(1, 2, 840, 113549, 1, 1, 12), .rsaPKCS1(.sha384)),
    (OID(1, 2, 840, 113549, 1, 1, 13), .rsaPKCS1(.sha512)),
    (OID(1, 3, 101, 112), .ed25519),
  ]
  /// Names the key type only; the hash is the digest algorithm's (RFC 3370 §3.2).
  static let rsaEncryption = OID(1, 2, 840, 113549, 1, 1, 1)
}

extension DERReader {
  /// `AlgorithmIdentifier` with parameters absent or NULL.
  private mutating func algorithm(_ name: StaticString) throws(Failure) -> ArraySlice<UInt8> {
    var fields = try sequence(name)
    let identifier = try fields.objectIdentifier(name)
    if let parameters = try fields.optional(DERTag.null), !parameters.contents.isEmpty {
      throw fields.failure("\(name): NULL with contents")
    }
    guard fields.isAtEnd else { throw unsupported(identifier, name) }
    return identifier
  }

  mutating func hashAlgorithm(_ name: StaticString) throws(Failure) -> HashAlgorithm {
    let identifier = try algorithm(name)
    for (known, algorithm) in AlgorithmIdentifier.hashes where known == identifier { return algorithm }
    throw unsupported(identifier, name)
  }

  /// - Parameter hash: the signer's digest algorithm.
  mutating func signatureScheme(_ name: StaticString, hash: HashAlgorithm) throws(Failure) -> SignatureScheme {
    let identifier = try algorithm(name)
    for (known, scheme) in AlgorithmIdentifier.signatures where known == identifier { return scheme }
    if AlgorithmIdentifier.rsaEncryption == identifier { return .rsaPKCS1(hash) }
    throw unsupported(identifier, name)
  }

  private func unsupported(_ identifier: ArraySlice<UInt8>, _ name: StaticString) -> Failure {
    Failure(
      .signatureAlgorithmUnsupported, "timestamp", at: UInt64(position), "\(name) \(OID(contents: identifier))")
  }
}
