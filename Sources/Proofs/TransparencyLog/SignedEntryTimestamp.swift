import Cryptography
package import Octets
import Reasons
import SigstoreBundle
import TrustRoot

/// Rekor v1's promise: the log signs that it took an entry in, and when.
package enum SignedEntryTimestamp {
  /// The signed bytes: RFC 8785 canonical JSON of `{"body", "integratedTime", "logID", "logIndex"}`. Written straight out,
  /// for none of the four needs escaping: Base64, hexadecimal and two integers, the keys in order.
  /// - Parameters:
  ///   - encodedBody: in Base64.
  ///   - logIndex: over all shards.
  package static func signedBytes(
    encodedBody: [UInt8], at time: UnixTime, logID: [UInt8], logIndex: UInt64
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encodedBody.count + 256)
    bytes += "{\"body\":\"".utf8
    bytes += encodedBody
    bytes += "\",\"integratedTime\":\(time.seconds),\"logID\":\"".utf8
    bytes += Hex.encode(logID).utf8
    bytes += "\",\"logIndex\":\(logIndex)}".utf8
    return bytes
  }

  /// - Returns: the integrated time, which means something only now.
  /// - Throws: `log.promise-invalid`.
  static func verify(
    _ promise: [UInt8], for entry: LoggedEntry, by log: TrustedLog
  ) throws(Failure) -> UnixTime {
    guard let time = entry.integratedTime else {
      throw Failure(.logPromiseInvalid, log.name, "a promise without integrated time")
    }
    let signed = signedBytes(
      encodedBody: entry.encodedBody, at: time, logID: entry.logID, logIndex: entry.logIndex)
    try log.verify(promise, over: signed, else: .logPromiseInvalid, "signed entry timestamp")
    return time
  }
}

extension TrustedLog {
  func verify(
    _ signature: [UInt8], over message: [UInt8], else reason: Reason, _ what: String
  ) throws(Failure) {
    do {
      try key.verify(signature, over: message, scheme)
    } catch .unsupported(let detail) {
      throw Failure(.signatureAlgorithmUnsupported, name, "\(what): \(detail)")
    } catch {
      throw Failure(reason, name, "the \(what) does not verify under the log’s key")
    }
  }
}
