import Cryptography
import Findings
import Octets
import Reasons
import SigningIdentity
import TestSupport
import TrustRoot

/// A Fulcio-like authority with a certificate log, and leaves that are right but for one thing.
struct IdentityBench: Sendable {
  /// 2026-08-01T12:00:00Z
  static let time = UnixTime(1_785_585_600)
  static let subject = "https://github.com/o/r/.github/workflows/w.yml@refs/heads/main"
  static let issuer = "https://issuer.example"

  let rootKey: SigningKey
  let key: SigningKey
  let leafKey: SigningKey
  let logKey: SigningKey
  let root: [UInt8]
  let intermediate: [UInt8]

  static let shared = Result { try IdentityBench() }

  init() throws {
    rootKey = try SigningKey()
    key = try SigningKey()
    leafKey = try SigningKey()
    logKey = try SigningKey()
    root = try CertificateSketch.authority("Root", key: rootKey).signed(by: rootKey)
    intermediate = try CertificateSketch.authority("Middle", key: key, issuer: "Root").signed(by: rootKey)
  }

  // MARK: Leaves

  static func fulcio(_ number: String, _ value: [UInt8]) -> [UInt8] {
    CertificateSketch.part("1.3.6.1.4.1.57264.1." + number, value)
  }

  static let purpose = CertificateSketch.purpose("1.3.6.1.5.5.7.3.3")
  static let name = CertificateSketch.names([(0x86, Array(subject.utf8))])
  static let issuerPart = fulcio("8", DERWriter.utf8(issuer))

  /// Purpose, name and issuer, in this order; no certificate timestamp.
  var leaf: CertificateSketch {
    var sketch = CertificateSketch(
      issuer: "Middle", subject: "", key: leafKey, extensions: [Self.purpose, Self.name, Self.issuerPart])
    sketch.subject = DERWriter.sequence([])
    sketch.notBefore = "260801115900Z"
    sketch.notAfter = "260801121000Z"
    return sketch
  }

  /// The leaf with timestamps of the log put in before the last extension, signed.
  func signed(_ leaf: CertificateSketch, promised promises: [PromiseSketch]) throws -> [UInt8] {
    let entry = leaf.toBeSigned
    let list = try promises.map { try $0.serialized(over: entry, logKey: logKey, issuerSPKI: key.spki) }
    return try signed(leaf, list: PromiseSketch.list(list))
  }

  func signed(_ leaf: CertificateSketch, list: [UInt8]) throws -> [UInt8] {
    var leaf = leaf
    leaf.extensions.insert(
      CertificateSketch.part("1.3.6.1.4.1.11129.2.4.2", list), at: leaf.extensions.count - 1)
    return try leaf.signed(by: key)
  }

  // MARK: Verifying

  /// Names the intermediate and its root, and no certificate log unless the change adds one.
  func trustRoot(_ change: (inout TrustRootSketch) -> Void = { _ in }) throws -> TrustRoot {
    var sketch = TrustRootSketch()
    sketch.certificateAuthorities = [TrustRootSketch.Authority("Authority", [intermediate, root])]
    change(&sketch)
    return try TrustRoot(parsing: sketch.json, named: "test")
  }

  var log: TrustRootSketch.Log {
    TrustRootSketch.Log(spki: logKey.spki, identifier: digest(logKey.spki).bytes)
  }

  static func verify(
    _ leaf: [UInt8], _ trustRoot: TrustRoot, carried: [[UInt8]] = [], at times: [UnixTime] = [time]
  ) throws -> (VerifiedIdentity, [Check]) {
    try IdentityVerifier(trustRoot: trustRoot).verify(
      try Certificate(der: leaf), carried: try carried.map { try Certificate(der: $0) }, at: times)
  }

  static func reason(
    _ leaf: [UInt8], _ trustRoot: TrustRoot, carried: [[UInt8]] = [], at times: [UnixTime] = [time]
  ) throws -> Reason? {
    do {
      _ = try verify(leaf, trustRoot, carried: carried, at: times)
      return nil
    } catch let failure as Failure {
      return failure.reason
    }
  }
}

/// A certificate timestamp, every field of which can be drawn wrongly; what is signed follows, unless it is set apart.
struct PromiseSketch: Sendable {
  var version: UInt8 = 0
  /// SHA-256 of the log's key unless set.
  var logID: [UInt8]?
  var milliseconds: UInt64 = 1_785_585_600_000
  var extensions: [UInt8] = []
  var algorithm: [UInt8] = [4, 3]
  var signer: SigningKey?
  /// Behind the signature.
  var tail: [UInt8] = []

  // What the log signs, where that is to differ from what stands beside.
  var signedMilliseconds: UInt64?
  var signedExtensions: [UInt8]?
  var signedIssuer: [UInt8]?
  var signedEntry: [UInt8]?

  static func bigEndian(_ value: UInt64, _ octets: Int) -> [UInt8] {
    (0..<octets).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  func serialized(over entry: [UInt8], logKey: SigningKey, issuerSPKI: [UInt8]) throws -> [UInt8] {
    let entry = signedEntry ?? entry
    let signedExtensions = signedExtensions ?? extensions
    let message =
      [0, 0] + Self.bigEndian(signedMilliseconds ?? milliseconds, 8) + [0, 1]
      + digest(signedIssuer ?? issuerSPKI).bytes + Self.bigEndian(UInt64(entry.count), 3) + entry
      + Self.bigEndian(UInt64(signedExtensions.count), 2) + signedExtensions
    let key = signer ?? logKey
    let signature = try key.sign(message)
    return [version] + (logID ?? digest(key.spki).bytes) + Self.bigEndian(milliseconds, 8)
      + Self.bigEndian(UInt64(extensions.count), 2) + extensions + algorithm
      + Self.bigEndian(UInt64(signature.count), 2) + signature + tail
  }

  /// The extension's value.
  static func list(_ serialized: [[UInt8]]) -> [UInt8] {
    let items = Array(serialized.map { bigEndian(UInt64($0.count), 2) + $0 }.joined())
    return DERWriter.octets(bigEndian(UInt64(items.count), 2) + items)
  }
}
