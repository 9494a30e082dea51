import Base64
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

/// Bundles with Rekor v1 entries: each time one thing is spoilt, and one check alone stands in the way.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct RekorVersion1Tests {
  private static let material = "verificationMaterial"
  private static let entry = "verificationMaterial.tlogEntries.0"
  private static let proof = "verificationMaterial.tlogEntries.0.inclusionProof"

  @Test(arguments: form + log + binding)
  func verdict(_ spoilt: SpoiltBundle) throws {
    #expect(try Keyless().reason(spoilt.bundle()) == spoilt.expected)
  }

  static let form: [SpoiltBundle] = [
    v3("nothing", nil) { $0 },
    v3("the version", .signatureFormatUnsupported) {
      $0.setting("mediaType", "application/vnd.dev.sigstore.bundle.v0.4+json")
    },
    v3("a chain in v0.3", .bundleMalformed) {
      let certificate = $0[at: "\(material).certificate"]
      return $0.setting("\(material).certificate", nil)
        .setting("\(material).x509CertificateChain", ["certificates": [certificate]])
    },
    v3("a key in place of the certificate", .signatureMaterialMismatch) {
      $0.setting("\(material).certificate", nil).setting("\(material).publicKey", ["hint": "x"])
    },
    v3("a certificate cut short", .certificateMalformed) {
      $0.changingBytes("\(material).certificate.rawBytes") { $0.dropLast(3) }
    },
    v3("the certificate's signature", .certificateUntrusted) { $0.flipping("\(material).certificate.rawBytes") },
    dsse("a second signature", .envelopeMalformed) {
      let signature = $0[at: "dsseEnvelope.signatures.0"]
      return $0.setting("dsseEnvelope.signatures", [signature, signature])
    },
    dsse("the envelope's type", .signatureFormatUnsupported) {
      $0.setting("dsseEnvelope.payloadType", "text/plain")
    },
  ]

  static let log: [SpoiltBundle] = [
    v3("no entry", .logEntryMissing) { $0.setting("\(material).tlogEntries", []) },
    v3("the body's kind", .logEntryUnsupported) {
      $0.changingBytes("\(entry).canonicalizedBody") { body in
        (try? JSON(parsing: body, named: ""))?.setting("kind", "rpm").serialized() ?? []
      }
    },
    v3("the kind beside the body", .logEntryMismatch) { $0.setting("\(entry).kindVersion.kind", "intoto") },
    v3("the log ID", .logUnknown) { $0.flipping("\(entry).logId.keyId") },
    v3("a stranger's entry beside", nil) {
      let entry = $0[at: entry]
      return $0.setting("\(material).tlogEntries", [entry.flipping("logId.keyId"), entry])
    },
    v3("a wrong entry beside", .logPromiseInvalid) {
      let entry = $0[at: entry]
      return $0.setting("\(material).tlogEntries", [entry, entry.setting("logIndex", "4")])
    },
    v3("the promise", .logPromiseInvalid) { $0.flipping("\(entry).inclusionPromise.signedEntryTimestamp") },
    v3("the promised time", .logPromiseInvalid) { $0.setting("\(entry).integratedTime", "1710869187") },
    v3("the promised index", .logPromiseInvalid) { $0.setting("\(entry).logIndex", "79571824") },
    v3("a promise without time", .logPromiseInvalid) { $0.setting("\(entry).integratedTime", nil) },
    v3("the promise, and so the only time, left out", .timeMissing) { $0.setting("\(entry).inclusionPromise", nil) },
    v1("the promise left out", .logPromiseMissing) { $0.setting("\(entry).inclusionPromise", nil) },
    v3("the proof left out", .logInclusionProofMissing) { $0.setting(proof, nil) },
    v3("the checkpoint left out", .logInclusionProofMissing) { $0.setting("\(proof).checkpoint", nil) },
    v1("the proof left out", nil) { $0.setting(proof, nil) },
    v1("the checkpoint left out", nil) { $0.setting("\(proof).checkpoint", nil) },
    v1("a hash of a proof without checkpoint", .logInclusionProofMismatch) {
      $0.setting("\(proof).checkpoint", nil).flipping("\(proof).hashes.3")
    },
    v3("a hash of the proof", .logInclusionProofMismatch) { $0.flipping("\(proof).hashes.3") },
    v3("the proof's index", .logInclusionProofMismatch) { $0.setting("\(proof).logIndex", "75408391") },
    v3("the proof's root", .logInclusionProofMismatch) { $0.flipping("\(proof).rootHash") },
    v3("the proof's size", .logInclusionProofMismatch) { $0.setting("\(proof).treeSize", "75408394") },
    v3("the checkpoint's root", .logCheckpointInvalid) {
      $0.changing("\(proof).checkpoint.envelope") { note in
        var lines = note.lines
        lines[2] = Base64.encode([UInt8](repeating: 7, count: 32))
        return .text(lines.joined(separator: "\n"))
      }
    },
  ]

  static let binding: [SpoiltBundle] = [
    v3("the digest that identifies", .signatureSubjectMismatch) {
      $0.flipping("messageSignature.messageDigest.digest")
    },
    v3("the digest that identifies left out", nil) { $0.setting("messageSignature.messageDigest", nil) },
    v3("the signature", .logEntryMismatch) { $0.flipping("messageSignature.signature") },
    v3("certificate and entry of another signature of the same file", .logEntryMismatch) {
      let other = try Spoiling.bundle("happy-path-v0.2")
      return $0.setting("\(material).tlogEntries", other[at: "\(material).tlogEntries"])
        .setting("\(material).certificate", other[at: "\(material).x509CertificateChain.certificates.0"])
    },
    dsse("the payload", .logEntryMismatch) { $0.changingBytes("dsseEnvelope.payload") { $0 + [0x20] } },
    dsse("the envelope's signature", .logEntryMismatch) { $0.flipping("dsseEnvelope.signatures.0.sig") },
    dsse("an entry about no envelope", .logEntryMismatch) {
      let other = try Spoiling.bundle("happy-path-v0.3")
      return $0.setting("\(material).tlogEntries", other[at: "\(material).tlogEntries"])
        .setting("\(material).certificate", other[at: "\(material).certificate"])
    },
    v3("an entry about an envelope", .logEntryMismatch) {
      let other = try Spoiling.bundle("happy-path-intoto-in-dsse-v3")
      return $0.setting("\(material).tlogEntries", other[at: "\(material).tlogEntries"])
        .setting("\(material).certificate", other[at: "\(material).certificate"])
    },
  ]

  private static func v1(_ what: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) throws -> JSON)
    -> SpoiltBundle
  {
    SpoiltBundle("v0.1: \(what)", of: "happy-path-v0.1", expected, spoil: spoil)
  }

  private static func v3(_ what: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) throws -> JSON)
    -> SpoiltBundle
  {
    SpoiltBundle("v0.3: \(what)", of: "happy-path-v0.3", expected, spoil: spoil)
  }

  private static func dsse(_ what: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) throws -> JSON)
    -> SpoiltBundle
  {
    SpoiltBundle("envelope: \(what)", of: "happy-path-intoto-in-dsse-v3", expected, spoil: spoil)
  }
}
