import Base64
import Cryptography
import Envelope
import Findings
import LogEntry
import OCIImage
import Octets
import Reasons
import SignedNote
import SigstoreBundle
import Timestamp
import Verification

/// A bundle goes the whole way: envelope, statement, log entries, checkpoints, certificates and timestamps are read, and
/// the verifier, under a key that signed nothing, proves nothing of it and says so in findings that can be read again.
enum BundleInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    try checkFindings(
      Evidence(.sigstoreBundle(bytes), by: .bundleFile("input"), attachedTo: nil, digest: digest(bytes)))
    guard
      let bundle = try reading(bytes, { bytes throws(Failure) in try SigstoreBundle(parsing: bytes, named: "input") })
    else { return false }
    try hold(bundle.logEntries.count <= SigstoreBundle.entryLimit, "log entries out of bounds")
    try hold(bundle.timestamps.count <= SigstoreBundle.timestampLimit, "timestamps out of bounds")
    for entry in bundle.logEntries { try check(entry) }
    for timestamp in bundle.timestamps { _ = try TimestampInvariant.check(timestamp) }
    if case .certificates(let chain) = bundle.material {
      try hold((1...SigstoreBundle.chainLimit).contains(chain.count), "certificates out of bounds")
      try hold(chain.count == 1 || bundle.version < .v0_3, "a chain in a bundle of v0.3")
      for der in chain { _ = try DERInvariant.checkCertificate(der) }
    }
    switch bundle.content {
    case .envelope(let envelope):
      try hold(envelope.signatures.count == 1, "an envelope of \(envelope.signatures.count) signatures")
      try EnvelopeInvariant.check(envelope)
    case .messageSignature(_, let signature): try hold(!signature.isEmpty, "an empty signature")
    }
    return true
  }

  private static func check(_ entry: LoggedEntry) throws {
    try hold(Base64.decode(entry.encodedBody) == entry.body, "the body is not what its Base64 says")
    try hold(Array(Base64.encode(entry.body).utf8) == entry.encodedBody, "Base64 of two spellings was taken")
    try hold(entry.proof?.hashes.count ?? 0 <= LoggedEntry.hashLimit, "hashes out of bounds")
    _ = try LogEntryInvariant.check(entry.body)
    if let checkpoint = entry.proof?.checkpoint { _ = try CheckpointInvariant.check(checkpoint) }
  }

  /// RFC 8032 §7.1, test 1: a key whose holder everybody is, and who signed none of this.
  private static let stranger: [UInt8] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72,
    0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
  ]
  private static let verifier = try? SignatureVerifier(keys: [PublicKey(ed25519: stranger)])

  static func checkFindings(_ evidence: Evidence) throws {
    guard let verifier else { throw Broken("no verifier") }
    let findings = verifier.verify(evidence)
    try hold(!findings.isEmpty, "evidence without a finding")
    for finding in findings {
      try hold(finding.evidence == evidence.digest, "a finding about other evidence")
      if case .success = finding.outcome { throw Broken("proven under a key that signed nothing") }
    }
    guard let written = try? FindingsDocument.serialized(findings) else {
      // More than the document holds.
      return
    }
    let again = try readingBack(written, "findings") { bytes throws(Failure) in
      try FindingsDocument.findings(parsing: bytes)
    }
    try hold((try? FindingsDocument.serialized(again)) == written, "findings are written as other bytes")
  }
}

/// An entry's body is read the same way however often, and is found by what it signs.
enum LogEntryInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let body = try reading(bytes, { bytes throws(Failure) in try LogEntryBody(parsing: bytes) }) else {
      try hold(LogEntryBody.signedDigests(bytes).isEmpty, "a body that is not read has digests")
      return false
    }
    try hold(
      LogEntryBody.signedDigests(bytes) == body.digests && !body.digests.isEmpty, "it is not found by its digests")
    try hold(body.verifiers.count <= LogEntryBody.signatureLimit, "signatures out of bounds")
    try hold(body.digests.allSatisfy { $0.bytes.count == $0.algorithm.size }, "a digest of another length")
    for verifier in body.verifiers {
      switch verifier {
      case .certificate(let der): _ = try DERInvariant.checkCertificate(der)
      case .publicKey(let der): try DERInvariant.checkKey(der)
      }
    }
    return true
  }
}
