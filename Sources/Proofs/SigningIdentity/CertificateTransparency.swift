import DER
import Cryptography
import Octets
import Reasons
import TrustRoot

/// That a certificate log of the trust root promised to publish the certificate (RFC 6962 §3).
enum CertificateTransparency {
  private static let timestampList = OID(1, 3, 6, 1, 4, 1, 11129, 2, 4, 2)

  /// At least one promise by a known log; and every promise by a known log must hold, as one that does not was made
  /// for another certificate.
  ///
  /// - Parameter path: leaf first.
  /// - Returns: the names of the logs.
  /// - Throws: `sct.missing`, `sct.invalid`, `sct.log-unknown`, `log.key-outside-validity`.
  static func verify(_ layout: CertificateLayout, path: [Certificate], logs: [TrustedLog]) throws(Failure) -> [String] {
    guard let list = layout[timestampList] else {
      throw Failure(.sctMissing, "certificate", "no certificate timestamp is embedded")
    }
    let timestamps = try SignedCertificateTimestamp.list(layout.bytes[list.value])
    let precertificate = layout.toBeSigned(without: list)
    var names: [String] = []
    for timestamp in timestamps {
      let known = logs.filter { $0.key.fingerprint.bytes == timestamp.logID }
      guard !known.isEmpty else { continue }
      let time = UnixTime(Int64(timestamp.milliseconds / 1000))
      guard let log = known.first(where: { $0.validity.contains(time) }) else {
        throw Failure(.logKeyOutsideValidity, "SCT", "\(known[0].name)’s key was not valid at \(time)")
      }
      try verify(timestamp, precertificate: precertificate, path: path, log: log)
      names.append(log.name)
    }
    guard !names.isEmpty else {
      let stranger = timestamps.first.map { "the log \(Hex.encode($0.logID)) is not" } ?? "no log of a v1 promise is"
      throw Failure(.sctLogUnknown, "SCT", "\(stranger) in the trust root")
    }
    return names
  }

  private static func verify(
    _ timestamp: SignedCertificateTimestamp, precertificate: [UInt8], path: [Certificate], log: TrustedLog
  ) throws(Failure) {
    guard let scheme = timestamp.scheme else {
      throw Failure(.sctInvalid, "SCT", "an algorithm that RFC 6962 does not allow")
    }
    guard path.count > 1 else { throw Failure(.sctInvalid, "SCT", "the leaf has no issuer") }
    do {
      let issuer = try path[1].publicKey
      let signed = try timestamp.signedBytes(precertificate: precertificate, issuerKeyHash: issuer.fingerprint.bytes)
      try log.key.verify(timestamp.signature, over: signed, scheme)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.sctInvalid, "SCT", "by \(log.name): \(error)")
    }
  }
}
