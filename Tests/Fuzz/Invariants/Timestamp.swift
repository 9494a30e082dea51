import Cryptography
import DER
import Octets
import Reasons
import Timestamp

/// An answer of a time-stamping authority goes the whole way to the time that it states; each inner part is also read
/// alone, because lengths around it hardly survive a change within it.
enum TimestampInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    var isTaken = try checkInfo(bytes)
    isTaken = try checkToken(bytes) || isTaken
    guard let response = try reading(bytes, { bytes throws(Failure) in try TimestampResponse(parsing: bytes) }) else {
      return isTaken
    }
    try hold(bytes.count <= TimestampResponse.sizeLimit, "\(bytes.count) bytes were taken")
    try hold(response.token.count <= bytes.count, "a token larger than its response")
    if response.token != bytes {
      // The token stands in it as it is: a response written around it is read as the same.
      let granted = DERInvariant.element(0x30, DERInvariant.element(0x02, [0]))
      let again = try readingBack(DERInvariant.element(0x30, granted + response.token), "a response") {
        bytes throws(Failure) in try TimestampResponse(parsing: bytes)
      }
      try hold(again == response, "another token was found in the same response")
    }
    return try checkToken(response.token) || isTaken
  }

  private static func checkToken(_ der: [UInt8]) throws -> Bool {
    guard let token = try? SignedData(der: der) else { return false }
    try hold(der.count <= SignedData.lengthLimit, "\(der.count) bytes were taken")
    try hold(token.content.count < der.count, "content larger than its token")
    for certificate in token.certificates {
      try hold(token.embeddedCertificates.contains(certificate.der), "a certificate that it does not carry")
      _ = token.names(certificate)
      _ = try? token.verify(signer: certificate)
    }
    guard token.contentType == TimestampInfo.contentType else { return true }
    _ = try checkInfo(token.content)
    return true
  }

  private static func checkInfo(_ bytes: [UInt8]) throws -> Bool {
    guard let info = try reading(bytes, { bytes throws(Failure) in try TimestampInfo(parsing: bytes) }) else {
      return false
    }
    try hold(info.imprint.count == info.imprintAlgorithm.size, "an imprint of another length")
    try hold(!info.serial.isEmpty && info.nonce?.isEmpty != true, "an empty number")
    let spelled = Array(info.time.description.utf8)
    try hold(UnixTime(rfc3339: spelled) == info.time, "\(info.time) is read as another time")
    if let accuracy = info.accuracy {
      try hold((0...999).contains(accuracy.milliseconds) && (0...999).contains(accuracy.microseconds), "accuracy")
    }
    return true
  }
}
