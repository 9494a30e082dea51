import Octets

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
      guard let der = Self.block(label, in: pem) else { continue }
      self = make(der)
      return
    }
    return nil
  }

  private static func block(_ label: String, in pem: [UInt8]) -> [UInt8]? {
    let head = Array("-----BEGIN \(label)-----".utf8)
    let foot = Array("-----END \(label)-----".utf8)
    guard pem.starts(with: head) else { return nil }
    var base64: [UInt8] = []
    base64.reserveCapacity(pem.count)
    var index = head.count
    while index < pem.count, pem[index] != UInt8(ascii: "-") {
      if pem[index] != 0x0a && pem[index] != 0x0d { base64.append(pem[index]) }
      index += 1
    }
    guard pem[index...].starts(with: foot), let der = Base64.decode(base64), !der.isEmpty else { return nil }
    return der
  }
}
