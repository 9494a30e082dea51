import Cryptography
import Findings
import FoundationEssentials
import OCIImage
import Octets
import TrustRoot
import Verification

/// What verifies under the keys of a small Sigstore was signed by it: whatever the bytes are, what is proven of them is one
/// of the two things that were ever signed there, at the time when it was.
///
/// The bytes around it may be others. Nobody signs how JSON is spelled and ordered, fields that are not known, hints of
/// keys, the bundle's version where both say the same, a second proof beside one that is enough, signatures of others under
/// a checkpoint, and which of its two forms an ECDSA signature has. So no input is compared, but only what was proven.
enum SignedInvariant {
  /// A bundle, or else an envelope as cosign attaches it.
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let genuine = try Self.genuine.get()
    var isProven = false
    for form in [.sigstoreBundle(bytes), .dsseEnvelope(bytes, annotations: CosignAnnotations())] as [Evidence.Form] {
      let evidence = Evidence(form, by: .bundleFile("input"), attachedTo: nil, digest: digest(bytes))
      for finding in SignatureVerifier.verify(evidence, under: genuine.verifiers) {
        guard case .success(let proven) = finding.outcome else { continue }
        try genuine.hold(finding, proven)
        isProven = true
      }
    }
    return isProven
  }

  private static let genuine = Result { try Genuine() }

  private struct Genuine {
    let verifiers: [SignatureVerifier]
    private let key: ComputedDigest
    private let statement: [UInt8]
    /// What the statement is about, and the artifact that was signed without one.
    private let image = "sha256:" + String(repeating: "5e", count: 32)
    private let artifact = ClaimedDigest(digest([0x41]))
    private let now: Int64 = 1_790_000_000

    init() throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Genuine"
      func file(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))) }
      statement = try file("statement")
      let spki = try file("key")
      key = digest(spki)
      verifiers = [
        SignatureVerifier(
          trustRoot: try TrustRoot(parsing: try file("trusted_root.json"), named: "root"), now: UnixTime(now),
          revocations: .none), SignatureVerifier(keys: [try PublicKey(spki: spki)]),
      ]
    }

    func hold(_ finding: Finding, _ proven: Proven) throws {
      if let facts = proven.statement {
        try FuzzInvariants.hold(facts.statement == statement, "a statement was proven that nobody signed")
        try FuzzInvariants.hold(finding.subjects.map { "\($0)" } == [image], "about something else than was signed")
      } else {
        try FuzzInvariants.hold(finding.subjects == [artifact], "an artifact was proven that nobody signed")
      }
      // Signed a minute before.
      for time in proven.times {
        try FuzzInvariants.hold((now - 120...now).contains(time.time.seconds), "nobody signed at \(time.time)")
      }
      switch proven.signer {
      case .certificate(let facts):
        try FuzzInvariants.hold(!proven.times.isEmpty, "a certificate without a time")
        try FuzzInvariants.hold(facts.identities.count == 1 && facts.notBefore.seconds <= now, "another certificate")
      case .key(let fingerprint): try FuzzInvariants.hold(fingerprint == key, "another key")
      }
    }
  }
}
