package import Cryptography

extension HashAlgorithm {
  /// `dev.sigstore.common.v1.HashAlgorithm`; nil for names that Assay does not compute (SHA-3 among them).
  package init?(sigstoreName name: [UInt8]) {
    switch String(decoding: name, as: UTF8.self) {
    case "SHA2_256": self = .sha256
    case "SHA2_384": self = .sha384
    case "SHA2_512": self = .sha512
    default: return nil
    }
  }
}
