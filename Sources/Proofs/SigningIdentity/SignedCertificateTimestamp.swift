import DER
import Cryptography
import Octets
import Reasons
import TrustRoot

/// A certificate log's promise that the certificate is public (RFC 6962 §3.2):
/// ```
/// struct { Version sct_version; LogID id; uint64 timestamp; CtExtensions extensions; digitally-signed struct {…} }
/// ```
struct SignedCertificateTimestamp {
  /// Timestamps in one certificate. Fulcio writes one, browsers ask for two or three; each costs a signature check.
  static let countLimit = 16

  /// SHA-256 of the log's SubjectPublicKeyInfo.
  let logID: [UInt8]
  /// Milliseconds since 1970.
  let milliseconds: UInt64
  let extensions: ArraySlice<UInt8>
  let scheme: SignatureScheme?
  let signature: [UInt8]

  /// Reads the list that an embedded extension holds: `opaque SerializedSCT<1..2^16-1>; sct_list<1..2^16-1>`, within an
  /// OCTET STRING (RFC 6962 §3.3). Promises of other versions than v1 are left out: they are opaque to a v1 reader.
  ///
  /// - Throws: `sct.invalid`.
  static func list(_ value: ArraySlice<UInt8>) throws(Failure) -> [SignedCertificateTimestamp] {
    var document = DERReader([UInt8](value), of: "SCT list", failing: .sctInvalid)
    let contents = try document.octetString("SignedCertificateTimestampList")
    try document.finish("SignedCertificateTimestampList")
    var list = ByteCursor([UInt8](contents), of: "SCT list", failing: .sctInvalid)
    guard Int(try list.bigEndian(2)) == list.remaining, !list.isAtEnd else {
      throw list.failure("the list’s length is not its own")
    }
    var found: [SignedCertificateTimestamp] = []
    var count = 0
    while !list.isAtEnd {
      count += 1
      guard count <= countLimit else { throw list.failure("more than \(countLimit) timestamps") }
      let serialized = [UInt8](try list.take(Int(try list.bigEndian(2))))
      guard serialized.first == 0 else { continue }
      found.append(try SignedCertificateTimestamp(serialized))
    }
    return found
  }

  private init(_ bytes: [UInt8]) throws(Failure) {
    var cursor = ByteCursor(bytes, of: "SCT", failing: .sctInvalid)
    _ = try cursor.byte()
    logID = [UInt8](try cursor.take(32))
    milliseconds = try cursor.bigEndian(8)
    extensions = try cursor.take(Int(try cursor.bigEndian(2)))
    // RFC 5246 §7.4.1.4.1: hash 4 is SHA-256; signature 1 is RSA, 3 is ECDSA. RFC 6962 §2.1.4 allows no others.
    switch (try cursor.byte(), try cursor.byte()) {
    case (4, 1): scheme = .rsaPKCS1(.sha256)
    case (4, 3): scheme = .ecdsa(.sha256)
    default: scheme = nil
    }
    signature = [UInt8](try cursor.take(Int(try cursor.bigEndian(2))))
    guard cursor.isAtEnd else { throw cursor.failure("\(cursor.remaining) bytes too many") }
  }

  /// What the log signed: the certificate as it was before the promise was put in, and whose key was to sign it.
  ///
  /// - Parameter issuerKeyHash: SHA-256 of the issuer's SubjectPublicKeyInfo; 32 bytes. A log without it would vouch for
  ///   the same names under another authority.
  func signedBytes(precertificate: [UInt8], issuerKeyHash: [UInt8]) throws(Failure) -> [UInt8] {
    guard precertificate.count < 1 << 24 else {
      throw Failure(.sctInvalid, "SCT", "a certificate above 16 MiB")
    }
    var bytes: [UInt8] = [0, 0]  // v1, certificate_timestamp
    bytes.reserveCapacity(precertificate.count + extensions.count + 64)
    bytes.append(milliseconds, octets: 8)
    bytes += [0, 1]  // precert_entry
    bytes += issuerKeyHash
    bytes.append(UInt64(precertificate.count), octets: 3)
    bytes += precertificate
    bytes.append(UInt64(extensions.count), octets: 2)
    bytes += extensions
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ value: UInt64, octets: Int) {
    for octet in (0..<octets).reversed() { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(octet)))) }
  }
}
