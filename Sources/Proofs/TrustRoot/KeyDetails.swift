import Cryptography
import Reasons
import StrictJSON

/// `dev.sigstore.common.v1.PublicKeyDetails`: a key's encoding and how it signs, in one name.
enum KeyDetails {
  private enum Encoding { case subjectPublicKeyInfo, pkcs1 }
  private enum Family { case p256, p384, p521, rsa, ed25519 }

  /// Names that the algorithm registry marks deprecated stay readable: old logs keep their old trust roots.
  private static let known: [String: (Encoding, Family, SignatureScheme)] = [
    "PKIX_ECDSA_P256_SHA_256": (.subjectPublicKeyInfo, .p256, .ecdsa(.sha256)),
    "PKIX_ECDSA_P384_SHA_384": (.subjectPublicKeyInfo, .p384, .ecdsa(.sha384)),
    "PKIX_ECDSA_P384_SHA_256": (.subjectPublicKeyInfo, .p384, .ecdsa(.sha256)),
    "PKIX_ECDSA_P521_SHA_512": (.subjectPublicKeyInfo, .p521, .ecdsa(.sha512)),
    "PKIX_ECDSA_P521_SHA_256": (.subjectPublicKeyInfo, .p521, .ecdsa(.sha256)),
    "PKIX_ED25519": (.subjectPublicKeyInfo, .ed25519, .ed25519),
    "PKIX_ED25519_PH": (.subjectPublicKeyInfo, .ed25519, .ed25519ph),
    "PKIX_RSA_PKCS1V15_2048_SHA256": (.subjectPublicKeyInfo, .rsa, .rsaPKCS1(.sha256)),
    "PKIX_RSA_PKCS1V15_3072_SHA256": (.subjectPublicKeyInfo, .rsa, .rsaPKCS1(.sha256)),
    "PKIX_RSA_PKCS1V15_4096_SHA256": (.subjectPublicKeyInfo, .rsa, .rsaPKCS1(.sha256)),
    "PKIX_RSA_PSS_2048_SHA256": (.subjectPublicKeyInfo, .rsa, .rsaPSS(.sha256)),
    "PKIX_RSA_PSS_3072_SHA256": (.subjectPublicKeyInfo, .rsa, .rsaPSS(.sha256)),
    "PKIX_RSA_PSS_4096_SHA256": (.subjectPublicKeyInfo, .rsa, .rsaPSS(.sha256)),
    "PKIX_RSA_PKCS1V5": (.subjectPublicKeyInfo, .rsa, .rsaPKCS1(.sha256)),
    "PKIX_RSA_PSS": (.subjectPublicKeyInfo, .rsa, .rsaPSS(.sha256)),
    "PKCS1_RSA_PKCS1V5": (.pkcs1, .rsa, .rsaPKCS1(.sha256)),
    "PKCS1_RSA_PSS": (.pkcs1, .rsa, .rsaPSS(.sha256)),
  ]

  /// The key, or nil for a kind that Assay does not read.
  static func key(
    named details: String, _ rawBytes: JSONNode
  ) throws(Failure) -> (key: PublicKey, scheme: SignatureScheme)? {
    let bytes = try rawBytes.base64()
    guard let (encoding, family, scheme) = known[details] else { return nil }
    let key: PublicKey
    do {
      switch encoding {
      case .subjectPublicKeyInfo: key = try PublicKey(spki: bytes)
      case .pkcs1: key = try PublicKey(pkcs1: bytes)
      }
    } catch .unsupported {
      return nil
    } catch {
      throw rawBytes.failure("no public key: \(error)")
    }
    let fits: Bool
    switch (family, key.kind) {
    case (.p256, .ecdsa(.p256)), (.p384, .ecdsa(.p384)), (.p521, .ecdsa(.p521)), (.ed25519, .ed25519), (.rsa, .rsa):
      fits = true
    default: fits = false
    }
    guard fits else { throw rawBytes.failure("the key is not of the kind \(details)") }
    return (key, scheme)
  }
}
