import Cryptography
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing
import TrustRoot

@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct TrustRootTests {
  private func read(_ document: JSON) throws -> TrustRoot {
    try TrustRoot(parsing: document.serialized(), named: "trusted_root.json")
  }

  @Test func publicGood() throws {
    let root = try read(Spoiling.trustRoot())
    #expect(root.digest == digest(try Spoiling.trustRoot().serialized()))
    #expect(root.transparencyLogs.map(\.name) == ["rekor.sigstore.dev", "log2025-1.rekor.sigstore.dev"])
    #expect(root.transparencyLogs.map(\.scheme) == [.ecdsa(.sha256), .ed25519])
    #expect(root.transparencyLogs[0].logID == root.transparencyLogs[0].key.fingerprint.bytes)
    #expect(root.transparencyLogs[1].checkpointKeyID == [0xcf, 0x11, 0x99, 0x15])
    #expect(root.certificateLogs.count == 2)
    #expect(root.certificateLogs[0].validity.end == UnixTime(rfc3339: Array("2022-10-31T23:59:59Z".utf8)))
    #expect(root.certificateAuthorities.allSatisfy { $0.subject == "O=sigstore.dev, CN=sigstore" })
    #expect(root.certificateAuthorities.map(\.chain.count) == [1, 2])
    #expect(root.certificateAuthorities.allSatisfy { $0.leaf == nil })
    let authority = try #require(root.timestampAuthorities.first)
    #expect(authority.leaf == authority.chain.first)
    #expect(root.unsupportedLogs.isEmpty && root.unsupportedCertificateLogs.isEmpty)
  }

  @Test(arguments: [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
  ])
  func mediaTypes(type: String) throws {
    _ = try read(["mediaType": .text(type), "somethingNew": []])
  }

  /// Staging's oldest certificate log has an RSA key in its bare form.
  @Test func bareRSA() throws {
    let root = try read(Spoiling.trustRoot("rekor2-happy-path"))
    let log = try #require(root.certificateLogs.first)
    #expect(log.key.kind == .rsa(bits: 4096))
    #expect(log.scheme == .rsaPKCS1(.sha256))
    #expect(log.logID == log.key.fingerprint.bytes)
  }

  @Test func version2Fields() throws {
    let root = try read(
      try Spoiling.trustRoot().setting("tlogs.0.checkpointKeyId", ["keyId": "AQIDBAUG"])
        .setting("tlogs.0.operator", "sigstore.dev").setting("certificateAuthorities.0.operator", "sigstore.dev"))
    #expect(root.transparencyLogs[0].checkpointKeyID == [1, 2, 3, 4])
    #expect(root.transparencyLogs[0].operator == "sigstore.dev")
    #expect(root.certificateAuthorities[0].operator == "sigstore.dev")
  }

  @Test(arguments: [
    ("https://log.example", ["log.example"]), ("http://log.example:8000/", ["log.example", "log.example:8000"]),
    ("https://log.example/a/b/", ["log.example", "log.example/a/b"]), ("log.example", ["log.example"]),
  ])
  func checkpointNames(url: String, names: [String]) throws {
    let root = try read(try Spoiling.trustRoot().setting("tlogs.0.baseUrl", .text(url)))
    #expect(root.transparencyLogs[0].checkpointNames == names.map { Array($0.utf8) })
    #expect(root.transparencyLogs[0].name == "log.example")
  }

  @Test func unsupportedKeys() throws {
    let root = try read(
      try Spoiling.trustRoot().setting("tlogs.1.publicKey.keyDetails", "ML_DSA_65")
        .setting("ctlogs.0.publicKey.keyDetails", "LMS_SHA256"))
    #expect(root.transparencyLogs.count == 1 && root.certificateLogs.count == 1)
    #expect(root.unsupportedLogs.map(\.keyDetails) == ["ML_DSA_65"])
    #expect(root.unsupportedLogs.map(\.name) == ["log2025-1.rekor.sigstore.dev"])
    #expect(root.unsupportedCertificateLogs.map(\.keyDetails) == ["LMS_SHA256"])
  }

  static let refused: [SpoiltRoot] = [
    SpoiltRoot("another media type", .trustRootMalformed) { $0.setting("mediaType", "application/json") },
    SpoiltRoot("no media type", .trustRootMalformed) { $0.setting("mediaType", nil) },
    SpoiltRoot("a log without start", .trustRootMalformed) { $0.setting("tlogs.0.publicKey.validFor.start", nil) },
    SpoiltRoot("a log without window", .trustRootMalformed) { $0.setting("tlogs.0.publicKey.validFor", nil) },
    SpoiltRoot("a certificate log without start", .trustRootMalformed) {
      $0.setting("ctlogs.0.publicKey.validFor.start", nil)
    },
    SpoiltRoot("an authority without start", .trustRootMalformed) {
      $0.setting("certificateAuthorities.0.validFor.start", nil)
    },
    SpoiltRoot("a time that is none", .trustRootMalformed) { $0.setting("tlogs.0.publicKey.validFor.end", "2024") },
    SpoiltRoot("a key that is none", .trustRootMalformed) { $0.setting("tlogs.0.publicKey.rawBytes", "AQID") },
    SpoiltRoot("a key of another kind than stated", .trustRootMalformed) {
      $0.setting("tlogs.0.publicKey.keyDetails", "PKIX_ED25519")
    },
    SpoiltRoot("a log ID of three bytes", .trustRootMalformed) { $0.setting("tlogs.0.logId.keyId", "AQID") },
    SpoiltRoot("a chain without certificates", .trustRootMalformed) {
      $0.setting("certificateAuthorities.0.certChain.certificates", [])
    },
    SpoiltRoot("a certificate that is none", .trustRootMalformed) {
      $0.setting("certificateAuthorities.0.certChain.certificates.0.rawBytes", "AQID")
    },
    SpoiltRoot("a certificate that is no Base64", .trustRootMalformed) {
      $0.setting("certificateAuthorities.0.certChain.certificates.0.rawBytes", "A")
    },
    SpoiltRoot("too many logs", .jsonLimitExceeded) {
      $0.setting("tlogs", .array([JSON](repeating: $0[at: "tlogs.0"], count: TrustRoot.instanceLimit + 1)))
    },
    SpoiltRoot("too long a chain", .jsonLimitExceeded) {
      let certificate = $0[at: "certificateAuthorities.0.certChain.certificates.0"]
      return $0.setting(
        "certificateAuthorities.0.certChain.certificates",
        .array([JSON](repeating: certificate, count: TrustedAuthority.chainLimit + 1)))
    },
  ]

  @Test(arguments: refused)
  func refuses(_ spoilt: SpoiltRoot) throws {
    let document = spoilt.spoil(try Spoiling.trustRoot())
    do {
      _ = try read(document)
      Issue.record("read")
    } catch {
      #expect((error as? Failure)?.reason == spoilt.expected)
    }
  }
}
