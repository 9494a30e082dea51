extension SampleKey {
  /// AlgorithmIdentifier of a signature that this key makes (RFC 5758 §3.2, RFC 4055 §5, RFC 8410 §3).
  static func identifier(of method: SignatureMethod) -> [UInt8] {
    switch method {
    case .ecdsa(.sha256): DER.sequence(DER.oid("1.2.840.10045.4.3.2"))
    case .ecdsa(.sha384): DER.sequence(DER.oid("1.2.840.10045.4.3.3"))
    case .ecdsa(.sha512): DER.sequence(DER.oid("1.2.840.10045.4.3.4"))
    case .rsaPKCS1(.sha256): DER.sequence(DER.oid("1.2.840.113549.1.1.11"), DER.null)
    case .rsaPKCS1(.sha384): DER.sequence(DER.oid("1.2.840.113549.1.1.12"), DER.null)
    case .rsaPKCS1(.sha512): DER.sequence(DER.oid("1.2.840.113549.1.1.13"), DER.null)
    case .ed25519, .ed25519ph: DER.sequence(DER.oid("1.3.101.112"))
    case .rsaPSS(let hash):
      // RFC 4055 §3.1, all parameters explicit.
      DER.sequence(
        DER.oid("1.2.840.113549.1.1.10"),
        DER.sequence(
          DER.context(0, DER.sequence(DER.oid(hash.oid), DER.null)),
          DER.context(
            1, DER.sequence(DER.oid("1.2.840.113549.1.1.8"), DER.sequence(DER.oid(hash.oid), DER.null))),
          DER.context(2, DER.integer(UInt64(hash([]).count)))))
    }
  }

  /// protobuf-specs `PublicKeyDetails` for signatures by this key with this method.
  package func sigstoreDetails(_ method: SignatureMethod? = nil) -> String {
    switch (algorithm, method ?? usualMethod) {
    case (.p256, _): "PKIX_ECDSA_P256_SHA_256"
    case (.p384, _): "PKIX_ECDSA_P384_SHA_384"
    case (.p521, _): "PKIX_ECDSA_P521_SHA_512"
    case (.rsa(let bits), .rsaPSS): "PKIX_RSA_PSS_\(bits)_SHA256"
    case (.rsa(let bits), _): "PKIX_RSA_PKCS1V15_\(bits)_SHA256"
    case (.ed25519, .ed25519ph): "PKIX_ED25519_PH"
    case (.ed25519, _): "PKIX_ED25519"
    }
  }
}
