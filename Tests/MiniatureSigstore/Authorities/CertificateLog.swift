/// A certificate transparency log that signs timestamps for precertificates, RFC 6962 §3.2.
package final class CertificateLog: Sendable {
  package let url: String
  package let key: SampleKey

  init(_ url: String, key: SampleKey = SampleKey(.p256)) {
    self.url = url
    self.key = key
  }

  /// - Parameters:
  ///   - tbs: the TBSCertificate without the extension that will hold the list.
  ///   - milliseconds: since 1970.
  ///   - extensions: opaque, up to 65,535 bytes.
  func timestamp(
    tbs: [UInt8], issuerSPKI: [UInt8], milliseconds: UInt64, extensions: [UInt8], flipped: Bool
  ) -> [UInt8] {
    let extensionField = bigEndian(UInt64(extensions.count), count: 2) + extensions
    // version v1, signature_type certificate_timestamp, entry_type precert_entry.
    let signed =
      [0, 0] + bigEndian(milliseconds, count: 8) + [0, 1] + sha256(issuerSPKI)
      + bigEndian(UInt64(tbs.count), count: 3) + tbs + extensionField
    var signature = key.sign(signed)
    if flipped { signature[signature.count - 1] ^= 1 }
    // sha256 (4), ecdsa (3).
    return [0] + key.keyID + bigEndian(milliseconds, count: 8) + extensionField + [4, 3]
      + bigEndian(UInt64(signature.count), count: 2) + signature
  }

  /// SignedCertificateTimestampList as an X.509 extension, §3.3.
  static func list(_ timestamps: [[UInt8]]) -> CertificateExtension {
    let entries = timestamps.flatMap { bigEndian(UInt64($0.count), count: 2) + $0 }
    return CertificateExtension(
      oid: "1.3.6.1.4.1.11129.2.4.2", critical: false,
      value: DER.octetString(bigEndian(UInt64(entries.count), count: 2) + entries))
  }
}
