import Base64
import Envelope
import OCIImage
import Octets
import Reasons
import StrictJSON

/// An envelope is written again as the same value, and what its signatures cover says so by lengths. What is no envelope
/// may be what is in one: a statement, or the older payload.
enum EnvelopeInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let isPayload = try checkPayload(bytes)
    guard
      let envelope = try reading(
        bytes,
        { bytes throws(Failure) in
          try DSSEEnvelope(parsing: bytes, named: "input")
        })
    else { return isPayload }
    try check(envelope)
    return true
  }

  static func check(_ envelope: DSSEEnvelope) throws {
    try hold((1...DSSEEnvelope.mostSignatures).contains(envelope.signatures.count), "signatures out of bounds")
    let again = try readingBack(envelope.json.serialized(), "an envelope") { bytes throws(Failure) in
      try DSSEEnvelope(parsing: bytes, named: "again")
    }
    try hold(again == envelope, "another envelope was written than was read")
    let (type, payload) = (envelope.payloadType, envelope.payload)
    let covered = Array("DSSEv1 \(type.count) ".utf8) + type + Array(" \(payload.count) ".utf8) + payload
    try hold(covered == envelope.preAuthenticationEncoding, "the signatures cover something else")
    _ = try checkPayload(payload)
  }

  private static func checkPayload(_ bytes: [UInt8]) throws -> Bool {
    let simple = try reading(bytes) { bytes throws(Failure) in try SimpleSigning(parsing: bytes) }
    guard let statement = try reading(bytes, { bytes throws(Failure) in try Statement(parsing: bytes) }) else {
      return simple != nil
    }
    try hold(simple == nil, "a statement that is also a simple-signing payload")
    try hold((1...Statement.mostSubjects).contains(statement.subjects.count), "subjects out of bounds")
    try hold(
      statement.subjects.allSatisfy { (1...Statement.mostDigests).contains($0.digests.count) }, "digests out of bounds")
    let stated = statement.subjects.flatMap(\.digests).filter { $0.algorithm == "sha256" || $0.algorithm == "sha512" }
    try hold(
      statement.subjectDigests.map { "\($0)" }
        == stated.map { "\($0.algorithm):\(String(decoding: $0.hex, as: UTF8.self))" }, "other digests than are stated")
    try hold(statement.predicateType.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "a predicate type that is no URI")
    return true
  }
}
