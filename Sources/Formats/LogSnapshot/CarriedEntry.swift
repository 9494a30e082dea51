package import Octets
package import Reasons
import StrictJSON

/// `entries/<index>.json`: one entry as Rekor v1 gives it out, of which the name states the index in the tree.
///
///     {"body": BASE64, "integratedTime": 1700000000, "logID": HEX, "logIndex": 4163500,
///      "signedEntryTimestamp": BASE64}
package struct CarriedEntry: Hashable, Sendable {
  /// The log's promise to take the entry in, and what it is signed over beside the body.
  package struct Promise: Hashable, Sendable {
    package let signature: [UInt8]
    package let integratedTime: UnixTime
    package let logID: [UInt8]
    /// Over all shards of the log.
    package let logIndex: UInt64

    package init(signature: [UInt8], integratedTime: UnixTime, logID: [UInt8], logIndex: UInt64) {
      self.signature = signature
      self.integratedTime = integratedTime
      self.logID = logID
      self.logIndex = logIndex
    }
  }

  /// Bytes of a body; LogEntryBody reads no longer ones.
  package static let mostBodyBytes = 16 << 20
  /// The body in Base64, and its neighbours.
  package static let mostBytes = mostBodyBytes / 3 * 4 + (8 << 10)

  /// The leaf.
  package let body: [UInt8]
  /// Nil where no signed entry timestamp is carried: then nothing says when, or under which index of the whole log.
  package let promise: Promise?

  /// - Throws: `log-snapshot.malformed`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    var limits = JSONLimits.usual
    limits.bytes = Self.mostBytes
    let document = try JSONNode(parsing: bytes, named: subject, malformed: .logSnapshotMalformed, limits: limits)
    try document.verifyMembers(["body", "integratedTime", "logID", "logIndex", "signedEntryTimestamp"])
    let body = try document.required("body")
    self.body = try body.base64()
    guard (1...Self.mostBodyBytes).contains(self.body.count) else {
      throw body.failure("1 to \(Self.mostBodyBytes) bytes are wanted")
    }
    guard let signature = try document.optional("signedEntryTimestamp") else {
      promise = nil
      return
    }
    let index = try document.required("logIndex")
    guard let logIndex = UInt64(exactly: try index.integer()) else { throw index.failure("it is negative") }
    promise = Promise(
      signature: try signature.base64(),
      integratedTime: UnixTime(try document.required("integratedTime").integer()),
      logID: try document.required("logID").hexadecimal(count: 32), logIndex: logIndex)
  }
}
