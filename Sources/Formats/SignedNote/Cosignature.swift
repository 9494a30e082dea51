package import Octets
package import Reasons

/// A witness's statement that it saw a log's checkpoint by some time (C2SP tlog-cosignature v1.0.1, Ed25519). Inert.
package struct Cosignature: Hashable, Sendable {
  /// When the witness saw it, as it says.
  package let time: UnixTime
  /// Ed25519 over `message(over:)`, 64 bytes.
  package let signature: [UInt8]

  /// Reads the bytes of a note's signature: eight of time, big-endian, at most 2^63 − 1, and 64 of signature.
  /// - Throws: `log.checkpoint-malformed`.
  package init(_ signature: SignedNote.Signature) throws(Failure) {
    let subject = "cosignature of \(printable(signature.name, limit: 80))"
    guard signature.bytes.count == 72 else { throw Failure(.logCheckpointMalformed, subject, "72 bytes are wanted") }
    let seconds = signature.bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let seconds = Int64(exactly: seconds) else {
      throw Failure(.logCheckpointMalformed, subject, "the time is beyond 2^63 − 1")
    }
    time = UnixTime(seconds)
    self.signature = Array(signature.bytes[8...])
  }

  /// What the witness signed: two lines of its own, then the note's whole text.
  package func message(over text: [UInt8]) -> [UInt8] { Self.message(at: time, over: text) }

  /// The same, for the witness itself.
  package static func message(at time: UnixTime, over text: [UInt8]) -> [UInt8] {
    Array("cosignature/v1\ntime \(time.seconds)\n".utf8) + text
  }
}
