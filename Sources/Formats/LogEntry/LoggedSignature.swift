import Base64

/// A signature as a log entry records it.
package struct LoggedSignature: Hashable, Sendable {
  package let bytes: [UInt8]
  package let verifier: LoggedVerifier

  package init(bytes: [UInt8], verifier: LoggedVerifier) {
    self.bytes = bytes
    self.verifier = verifier
  }
}

/// The key or certificate that an entry records. Compared by DER with what the evidence carries, and never parsed: only a
/// certificate that was verified elsewhere is of use.
package enum LoggedVerifier: Hashable, Sendable {
  /// A certificate's DER.
  case certificate([UInt8])
  /// A SubjectPublicKeyInfo's DER.
  case publicKey([UInt8])

  /// The first block of PEM text (RFC 7468); an entry may record a chain, whose first certificate is the signer's. Nil for
  /// other labels, and for text that is no PEM.
  init?(pem: [UInt8]) {
    for (label, make) in [("CERTIFICATE", Self.certificate), ("PUBLIC KEY", Self.publicKey)] {
      guard let der = PEM.firstBlock(pem, label: label) else { continue }
      self = make(der)
      return
    }
    return nil
  }
}
