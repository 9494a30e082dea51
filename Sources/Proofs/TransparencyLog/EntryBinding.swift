import Cryptography
package import Envelope
import LogEntry
package import Octets
package import Reasons
import TrustRoot

/// What a signature was made over, as log entries may name it.
package enum LoggedContent: Sendable {
  /// An artifact, known by these digests.
  case artifact([ClaimedDigest])
  /// Bytes at hand.
  case bytes([UInt8])
  /// An envelope; its exact bytes where it was carried as a file of its own.
  case envelope(DSSEEnvelope, exactBytes: [UInt8]?)
}

extension VerifiedEntry {
  /// Steps 6.1 to 6.3: the entry is about these bytes, this signature and this certificate. All three, for a log entry
  /// that fits in two belongs to another signature (GHSA-whqx-f9j3-ch6m, GHSA-8gw7-4j42-w388).
  /// - Parameter certificate: DER of the signing certificate.
  /// - Throws: `log.entry-mismatch`; `log.entry-unsupported` or `signature.algorithm-unsupported` where it cannot be told.
  package func verifyBinding(
    to content: LoggedContent, signature: [UInt8], certificate: [UInt8]
  ) throws(Failure) {
    let wanted = LoggedSignature(bytes: signature, verifier: .certificate(certificate))
    switch (body.content, content) {
    case (.artifact(let digest, let signed), _):
      try verifyDigest(digest, of: content)
      try verifySignature([signed], wanted)
    case (.payload(let digest, let signed), .envelope(let envelope, _)):
      try verifyDigest(digest, of: .bytes(envelope.payload))
      guard signed.count == envelope.signatures.count else {
        throw mismatch("it logs \(signed.count) signatures, the envelope has \(envelope.signatures.count)")
      }
      try verifySignature(signed, wanted)
    case (.envelopeBytes(let digest, let payload, let verifier), .envelope(let envelope, let exactBytes)):
      guard let exactBytes else {
        throw Failure(
          .logEntryUnsupported, log.name, "\(shownKind) logs the envelope’s exact bytes, which were not carried")
      }
      try verifyDigest(digest, of: .bytes(exactBytes))
      if let payload { try verifyDigest(payload, of: .bytes(envelope.payload)) }
      guard verifier == wanted.verifier else { throw mismatch("it logs another certificate") }
    case (.payload, _), (.envelopeBytes, _):
      throw mismatch("it logs an envelope, and the signature has none")
    }
  }

  private func verifyDigest(_ logged: ClaimedDigest, of content: LoggedContent) throws(Failure) {
    let found: ClaimedDigest
    switch content {
    case .bytes(let bytes): found = ClaimedDigest(digest(bytes, logged.algorithm))
    case .envelope(let envelope, _):
      found = ClaimedDigest(digest(envelope.preAuthenticationEncoding, logged.algorithm))
    case .artifact(let digests):
      guard let known = digests.first(where: { $0.algorithm == logged.algorithm }) else {
        throw Failure(
          .signatureAlgorithmUnsupported, log.name,
          "the entry is about a \(logged.algorithm.rawValue) digest, and the artifact’s is not known")
      }
      found = known
    }
    guard found == logged else { throw mismatch("it is about \(logged), the signature about \(found)") }
  }

  private func verifySignature(_ logged: [LoggedSignature], _ wanted: LoggedSignature) throws(Failure) {
    let same = logged.filter { $0.bytes == wanted.bytes }
    guard !same.isEmpty else { throw mismatch("it logs another signature") }
    guard same.contains(wanted) else { throw mismatch("it logs another certificate") }
  }

  private var shownKind: String { "\(body.kind) \(body.version)" }

  private func mismatch(_ detail: String) -> Failure {
    Failure(.logEntryMismatch, "\(log.name) entry \(index)", detail)
  }
}
