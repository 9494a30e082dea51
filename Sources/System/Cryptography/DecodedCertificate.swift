import DER
import COpenSSL
import Synchronization

/// Owns OpenSSL's certificate and what was read from it. Never changed after it is made, so that any thread may read.
final class DecodedCertificate: @unchecked Sendable {
  let fields: CertificateFields
  let notBefore: Int64
  let notAfter: Int64
  /// OpenSSL's reading of the standard extensions, `EXFLAG_…`.
  let flags: UInt32
  /// `KU_…` bits; nil without the extension.
  let keyUsage: UInt32?
  /// Bound on CA certificates below; nil without one.
  let pathLength: Int?
  /// Purposes by the contents of their identifiers; nil without the extension.
  let extendedKeyUsage: [[UInt8]]?
  let subjectKeyIdentifier: [UInt8]?
  let authorityKeyIdentifier: [UInt8]?
  /// OpenSSL's name constraints; nil without the extension.
  let nameConstraints: UnsafeMutablePointer<NAME_CONSTRAINTS>?
  let pointer: OpaquePointer
  private let key = Mutex<PublicKey?>(nil)

  init(_ der: [UInt8]) throws(CryptographyError) {
    fields = try CertificateFields(der)
    let certificate = assay_x509_decode(Provider.withoutAlgorithms, der, der.count)
    ERR_clear_error()
    guard let certificate else { throw .malformed("OpenSSL takes these bytes for no certificate") }
    var isKept = false
    defer { if !isKept { X509_free(certificate) } }
    flags = X509_get_extension_flags(certificate)
    guard let start = Self.seconds(X509_get0_notBefore(certificate)),
      let end = Self.seconds(X509_get0_notAfter(certificate))
    else { throw .malformed("validity that is no UTC time in whole seconds") }
    notBefore = start
    notAfter = end
    let usage = X509_get_key_usage(certificate)
    keyUsage = usage == UInt32.max ? nil : usage
    let length = X509_get_pathlen(certificate)
    pathLength = length < 0 ? nil : length
    subjectKeyIdentifier = Self.bytes(X509_get0_subject_key_id(certificate))
    authorityKeyIdentifier = Self.bytes(X509_get0_authority_key_id(certificate))
    extendedKeyUsage = try fields.value(ExtensionName.extendedKeyUsage, in: der).map {
      value throws(CryptographyError) in try Self.purposes(value)
    }
    if fields.value(ExtensionName.nameConstraints, in: der) != nil {
      guard let constraints = X509_get_ext_d2i(certificate, NID_name_constraints, nil, nil) else {
        ERR_clear_error()
        throw .malformed("name constraints")
      }
      nameConstraints = constraints.assumingMemoryBound(to: NAME_CONSTRAINTS.self)
    } else {
      nameConstraints = nil
    }
    pointer = certificate
    isKept = true
  }

  deinit {
    NAME_CONSTRAINTS_free(nameConstraints)
    X509_free(pointer)
  }

  /// The key, built at the first call.
  func publicKey(of der: [UInt8]) throws(CryptographyError) -> PublicKey {
    if let known = key.withLock({ $0 }) { return known }
    let made = try PublicKey(spki: Array(der[fields.publicKey]))
    key.withLock { $0 = made }
    return made
  }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    var seconds: Int64 = 0
    guard let time, assay_x509_time(time, &seconds) == 1 else {
      ERR_clear_error()
      return nil
    }
    return seconds
  }

  private static func bytes(_ string: UnsafePointer<ASN1_OCTET_STRING>?) -> [UInt8]? {
    guard let string else { return nil }
    return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
  }

  /// `ExtKeyUsageSyntax` (RFC 5280 §4.2.1.12).
  private static func purposes(_ value: [UInt8]) throws(CryptographyError) -> [[UInt8]] {
    var outer = DERWalker(value)
    let list = try outer.next(DERTag.sequence, "extended key usage")
    try outer.end("extended key usage")
    var reader = outer.inside(list)
    var purposes: [[UInt8]] = []
    while !reader.isAtEnd {
      let name = try reader.next(DERTag.objectIdentifier, "purpose")
      purposes.append(reader.bytes(of: name.contents))
    }
    return purposes
  }
}
