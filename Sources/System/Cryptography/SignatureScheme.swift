import DER

/// How a signature was made, beside the key that made it.
package enum SignatureScheme: Hashable, Sendable {
  /// FIPS 186-5 §6, signature as DER `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
  case ecdsa(HashAlgorithm)
  /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
  case rsaPKCS1(HashAlgorithm)
  /// RSASSA-PSS, MGF1 of the same hash, salt of the hash's size (RFC 8017 §8.1).
  case rsaPSS(HashAlgorithm)
  /// RFC 8032 §5.1, over the message itself.
  case ed25519
  /// RFC 8032 §5.1, over the message's SHA-512; empty context.
  case ed25519ph

  /// What signers use with such a key where nothing says otherwise (Sigstore's `PublicKeyDetails` defaults).
  package static func usual(for kind: PublicKey.Kind) -> SignatureScheme {
    switch kind {
    case .ecdsa(.p256): .ecdsa(.sha256)
    case .ecdsa(.p384): .ecdsa(.sha384)
    case .ecdsa(.p521): .ecdsa(.sha512)
    case .rsa: .rsaPKCS1(.sha256)
    case .ed25519: .ed25519
    }
  }

  /// The hash of the message that is signed; nil where the algorithm takes the message.
  var hash: HashAlgorithm? {
    switch self {
    case .ecdsa(let hash), .rsaPKCS1(let hash), .rsaPSS(let hash): hash
    case .ed25519ph: .sha512
    case .ed25519: nil
    }
  }

  func fits(_ kind: PublicKey.Kind) -> Bool {
    switch (self, kind) {
    case (.ecdsa, .ecdsa), (.rsaPKCS1, .rsa), (.rsaPSS, .rsa), (.ed25519, .ed25519), (.ed25519ph, .ed25519): true
    default: false
    }
  }
}

// MARK: - AlgorithmIdentifier

extension SignatureScheme {
  /// Every `AlgorithmIdentifier` that Assay reads, whole: a table of encodings leaves no room for odd parameters.
  ///
  /// RFC 5758 §3.2, RFC 4055 §§3, 5 (which lets NULL be absent), RFC 8410 §3.
  private static let byIdentifier: [[UInt8]: SignatureScheme] = {
    let pkcs1: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
    let null: [UInt8] = [0x05, 0x00]
    let hashes: [(HashAlgorithm, ecdsa: UInt8, rsa: UInt8, sha2: UInt8)] = [
      (.sha256, 2, 11, 1), (.sha384, 3, 12, 2), (.sha512, 4, 13, 3),
    ]
    func value(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
      let contents = parts.flatMap { $0 }
      return [tag, UInt8(contents.count)] + contents
    }
    func object(_ contents: [UInt8]) -> [UInt8] { value(DERTag.objectIdentifier, contents) }
    var table: [[UInt8]: SignatureScheme] = [value(DERTag.sequence, object([0x2b, 0x65, 0x70])): .ed25519]
    for (hash, ecdsa, rsa, sha2) in hashes {
      let ecdsaName = object([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, ecdsa])
      table[value(DERTag.sequence, ecdsaName)] = .ecdsa(hash)
      for parameters in [null, []] {
        table[value(DERTag.sequence, object(pkcs1 + [rsa]), parameters)] = .rsaPKCS1(hash)
        let hashName = object([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, sha2])
        let hashIdentifier = value(DERTag.sequence, hashName, parameters)
        let mask = value(DERTag.sequence, object(pkcs1 + [8]), hashIdentifier)
        let salt = value(DERTag.integer, [UInt8(hash.size)])
        let pss = value(DERTag.sequence, value(0xa0, hashIdentifier), value(0xa1, mask), value(0xa2, salt))
        table[value(DERTag.sequence, object(pkcs1 + [10]), pss)] = .rsaPSS(hash)
      }
    }
    return table
  }()

  /// - Parameter der: an `AlgorithmIdentifier`, tag and length included.
  /// - Throws: `.unsupported`
  init(algorithmIdentifier der: [UInt8]) throws(CryptographyError) {
    guard let scheme = Self.byIdentifier[der] else {
      var reader = DERWalker(der)
      let sequence = try reader.next(DERTag.sequence, "algorithm identifier")
      var inside = reader.inside(sequence)
      throw .unsupported("signature algorithm \(try inside.nextIdentifier("algorithm name"))")
    }
    self = scheme
  }
}
