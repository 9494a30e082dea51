import Cryptography
import Findings
import Octets
import Reasons
import SigningIdentity
import StrictJSON
import TestSupport
import Testing
import TrustRoot
import TrustedTime

/// The certificates and timestamps of sigstore-conformance, by themselves: what a bundle binds them to is looked at
/// elsewhere.
struct ConformanceCase {
  let trustRoot: TrustRoot
  let leaf: Certificate
  let carried: [Certificate]
  let signature: [UInt8]
  let timestamps: [[UInt8]]
  /// Of the first log entry; not verified here.
  let integratedTime: Int64

  init(_ name: String) throws {
    let folder = "sigstore-conformance/\(name)"
    let names = try Corpus.names(in: folder)
    let file =
      names.contains("trusted_root.json")
      ? "\(folder)/trusted_root.json" : "trust/sigstore-public-good.trusted_root.json"
    trustRoot = try TrustRoot(parsing: try Corpus.bytes(file), named: name)
    let bundle = try JSONNode(
      parsing: try Corpus.bytes("\(folder)/bundle.sigstore.json"), named: name, malformed: .bundleMalformed)
    let material = try bundle.required("verificationMaterial")
    var chain: [Certificate] = []
    if let certificate = try material.optional("certificate") {
      chain = [try Certificate(der: try certificate.required("rawBytes").base64())]
    } else {
      for node in try material.required("x509CertificateChain").required("certificates").elements(atMost: 8) {
        chain.append(try Certificate(der: try node.required("rawBytes").base64()))
      }
    }
    leaf = try #require(chain.first)
    carried = Array(chain.dropFirst())
    if let message = try bundle.optional("messageSignature") {
      signature = try message.required("signature").base64()
    } else {
      let envelope = try bundle.required("dsseEnvelope")
      signature = try #require(try envelope.required("signatures").elements(atMost: 1).first).required("sig").base64()
    }
    var timestamps: [[UInt8]] = []
    if let data = try material.optional("timestampVerificationData"),
      let list = try data.optional("rfc3161Timestamps")
    {
      for node in try list.elements(atMost: 8) { timestamps.append(try node.required("signedTimestamp").base64()) }
    }
    self.timestamps = timestamps
    integratedTime =
      try material.required("tlogEntries").elements(atMost: 8).first?.optional("integratedTime")?.integerOrString() ?? 0
  }

  /// Of every timestamp, else what the entry states.
  func times() throws -> [UnixTime] {
    if timestamps.isEmpty { return [UnixTime(integratedTime)] }
    let verifier = TimestampVerifier(trustRoot: trustRoot)
    return try timestamps.map { try verifier.verify($0, over: signature).time.time }
  }

  func verify() throws -> (VerifiedIdentity, [Check]) {
    try IdentityVerifier(trustRoot: trustRoot).verify(leaf, carried: carried, at: try times())
  }
}

@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct ConformanceCertificateTests {
  static let identity =
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
    + "extremely-dangerous-oidc-beacon.yml@refs/heads/main"
  static let issuer = "https://token.actions.githubusercontent.com"

  @Test(arguments: [
    "happy-path-v0.1", "happy-path-v0.2", "happy-path-v0.3", "happy-path-intoto-in-dsse-v3", "rekor2-happy-path",
    "rekor2-dsse-happy-path", "rekor2-timestamp-with-embedded-cert", "rekor2-timestamp-without-embedded-cert",
    "rekor2-checkpoint-cosigned",
  ])
  func provesTheBeacon(name: String) throws {
    let (identity, checks) = try ConformanceCase(name).verify()
    #expect(identity.facts.identities == [Self.identity])
    #expect(identity.facts.issuer == Self.issuer)
    #expect(identity.facts.extensions.contains(NamedValue("Runner Environment", "github-hosted")))
    #expect(identity.facts.extensions.allSatisfy { !$0.name.hasPrefix("1.3.6") })
    #expect(checks.allSatisfy { $0.result == .passed })
  }

  @Test(arguments: ["bundle-with-sct-with-extensions", "intoto-with-custom-trust-root"])
  func provesOthers(name: String) throws {
    let (identity, checks) = try ConformanceCase(name).verify()
    #expect(identity.facts.identities.count == 1)
    #expect(identity.facts.issuer != nil)
    #expect(checks.last?.result == .passed)
  }

  @Test(arguments: [
    ("bundle-with-root-cert_fail", Reason.certificateRootCarried),
    ("intoto-set-outside-signing-cert-validity_fail", .certificateOutsideValidity),
    ("rekor2-timestamp-outside-trust-root-tsa-validity_fail", .timestampOutsideValidity),
    ("rekor2-timestamp-payload-mismatch_fail", .timestampMismatch),
    ("rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail", .timestampAuthorityUnknown),
  ])
  func refuses(name: String, expected: Reason) throws {
    let bundle = try ConformanceCase(name)
    do {
      _ = try bundle.verify()
      Issue.record("\(name) was proven")
    } catch let failure as Failure {
      #expect(failure.reason == expected)
    }
  }

  @Test("Every changed byte of a real token is noticed, but for those that nobody signed")
  func noticesChangesInTokens() throws {
    let bundle = try ConformanceCase("rekor2-timestamp-without-embedded-cert")
    let verifier = TimestampVerifier(trustRoot: bundle.trustRoot)
    let token = bundle.timestamps[0]
    var passed = 0
    for place in token.indices {
      var changed = token
      changed[place] ^= 1
      if (try? verifier.verify(changed, over: bundle.signature)) != nil { passed += 1 }
    }
    // The granted status, the CMS version and the list of digest algorithms outside the signer's information.
    #expect(passed < 16)
  }

  @Test("Every changed byte of a real certificate is noticed")
  func noticesChangesInCertificates() throws {
    let bundle = try ConformanceCase("happy-path-v0.3")
    let times = try bundle.times()
    let verifier = IdentityVerifier(trustRoot: bundle.trustRoot)
    // One in seven, as each costs a signature check.
    for place in stride(from: 0, to: bundle.leaf.der.count, by: 7) {
      var changed = bundle.leaf.der
      changed[place] ^= 1
      let outcome = try? verifier.verify(try Certificate(der: changed), carried: [], at: times)
      #expect(outcome == nil, "byte \(place)")
    }
  }
}
