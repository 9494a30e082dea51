import Cryptography
import Octets
import Reasons
import TUFMetadata
import TestSupport
import Testing

@Suite struct TUFKeyTests {
  static let p256 = """
    -----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVfei1dXQRVeArCMcTDgxJtYg+Fs7\\n\
    V87DjhQbGlRJPyC7SW5TbNNkmvpmi4LeTv6moLVZ7T2nVqiRZbSkD+cf8w==\\n-----END PUBLIC KEY-----\\n
    """
  static let point =
    "04cbc5cab2684160323c25cd06c3307178a6b1d1c9b949328453ae473c5ba7527e35b13f298b41633382241f3fd8526c"
    + "262d43b45adee5c618fa0642c82b8a9803"
  static let ed25519 = TUFMetadataTests.ed25519

  static func key(_ type: String, _ scheme: String, _ text: String, extra: String = "") throws -> TUFKey {
    let object = #"{"keytype":"\#(type)","scheme":"\#(scheme)","keyval":{"public":"\#(text)"}\#(extra)}"#
    let document = TUFMetadataTests.root.replacing(TUFMetadataTests.key, with: #""k1":\#(object)"#)
    let root = try TUFMetadataTests.read(document, RootMetadata.self)
    return try #require(root.body.keys[KeyID(Array("k1".utf8))])
  }

  @Test(arguments: [
    ("ed25519", "ed25519", ed25519, PublicKey.Kind.ed25519, SignatureScheme.ed25519),
    ("ecdsa", "ecdsa-sha2-nistp256", p256, .ecdsa(.p256), .ecdsa(.sha256)),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", p256, .ecdsa(.p256), .ecdsa(.sha256)),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", point, .ecdsa(.p256), .ecdsa(.sha256)),
  ])
  func usable(
    _ type: String, _ scheme: String, _ text: String, _ kind: PublicKey.Kind, _ signs: SignatureScheme
  ) throws {
    let key = try Self.key(type, scheme, text)
    #expect(key.usable?.key.kind == kind && key.usable?.scheme == signs && key.obstacle == nil)
  }

  @Test(arguments: [("P-384", "ecdsa-sha2-nistp384", true), ("P-384", "ecdsa-sha2-nistp256", false)])
  func curves(_ curve: String, _ scheme: String, _ isUsable: Bool) throws {
    let pem = try runChecked([
      "sh", "-c", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:\(curve) | openssl pkey -pubout",
    ])
    let text = String(decoding: pem, as: UTF8.self).replacing("\n", with: "\\n")
    #expect(try (Self.key("ecdsa", scheme, text).usable != nil) == isUsable)
  }

  @Test(arguments: [(2048, true), (1024, false)])
  func rsa(_ bits: Int, _ isUsable: Bool) throws {
    let pem = try runChecked([
      "sh", "-c", "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:\(bits) | openssl pkey -pubout",
    ])
    let text = String(decoding: pem, as: UTF8.self).replacing("\n", with: "\\n")
    let key = try Self.key("rsa", "rsassa-pss-sha256", text)
    #expect((key.usable?.scheme == .rsaPSS(.sha256)) == isUsable && (key.obstacle == nil) == isUsable)
  }

  /// Read, and of no use: such a key never counts, and refuses nothing.
  @Test(arguments: [
    ("sphincs", "ed25519", ed25519), ("ed25519", "ed25519ph", ed25519), ("rsa", "rsassa-pkcs1v15-sha256", p256),
    ("ed25519", "ed25519", String(ed25519.dropLast(2))), ("ed25519", "ed25519", ed25519.uppercased()),
    ("ed25519", "ed25519", p256), ("rsa", "rsassa-pss-sha256", p256), ("ecdsa", "ecdsa-sha2-nistp256", "not PEM"),
    ("ecdsa", "ecdsa-sha2-nistp384", p256), ("ecdsa", "ecdsa-sha2-nistp256", "05" + point.dropFirst(2)),
    ("ecdsa", "ecdsa-sha2-nistp256", point.dropLast(2) + "04"),
  ])
  func useless(_ type: String, _ scheme: String, _ text: String) throws {
    let key = try Self.key(type, scheme, text)
    #expect(key.usable == nil && key.obstacle != nil)
  }

  /// One point in both spellings is one key.
  @Test func spellings() throws {
    let der = try #require(try Self.key("ecdsa", "ecdsa-sha2-nistp256", Self.p256).usable?.key.spki)
    let hex = Hex.encode(der.suffix(65))
    #expect(try Self.key("ecdsa", "ecdsa-sha2-nistp256", hex).usable?.key.spki == der)
  }

  @Test func rules() throws {
    func rule(_ extra: String, hashed: String) throws -> KeyIDRule? {
      let body = #""keytype":"ed25519","keyval":{"public":"\#(Self.ed25519)"},"scheme":"ed25519""#
      let id = Hex.encode(digest(Array("{\(hashed)\(body)}".utf8)).bytes)
      let key = "\"\(id)\":{\(body)\(extra)}"
      let document = TUFMetadataTests.root.replacing(TUFMetadataTests.key, with: key)
      return try TUFMetadataTests.read(document, RootMetadata.self).body.keys[KeyID(Array(id.utf8))]?.idRule
    }
    #expect(try rule("", hashed: "") == .asCarried)
    #expect(try rule(#","a":1"#, hashed: #""a":1,"#) == .asCarried)
    #expect(try rule(#","a":1"#, hashed: "") == .threeMembers)
    #expect(try rule(#","a":1"#, hashed: #""a":2,"#) == .unrelated)
  }
}

/// Sigstore's own metadata.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct SigstoreMetadataTests {
  static let folder = "tuf/sigstore-public-good/metadata/"

  static func root(_ version: Int) throws -> SignedMetadata<RootMetadata> {
    let name = "\(version).root.json"
    return try SignedMetadata(parsing: try Corpus.bytes(folder + name), named: name)
  }

  @Test(arguments: 1...15) func roots(_ version: Int) throws {
    let root = try Self.root(version)
    #expect(root.body.version == Int64(version) && root.body.root.threshold == 3)
    #expect(root.body.isConsistent == (version >= 5))
    for key in root.body.keys.values { #expect(key.usable?.key.kind == .ecdsa(.p256)) }
    // Root 11 has the online key's new address under the ID that it had with the old one.
    let unrelated = root.body.keys.values.filter { $0.idRule == .unrelated }.count
    #expect(unrelated == (version == 11 ? 1 : 0))
    #expect(!root.body.keys.values.contains { $0.idRule == .threeMembers })
  }

  @Test(arguments: [
    (1, "2021-12-18T19:28:12Z"), (2, "2022-05-11T19:09:02Z"), (3, "2022-11-10T21:58:09Z"), (15, "2026-11-20T13:58:18Z"),
  ])
  func expiries(_ version: Int, _ expected: String) throws {
    #expect(try Self.root(version).body.expires.description == expected)
  }

  @Test func others() throws {
    func bytes(_ name: String) throws -> [UInt8] { try Corpus.bytes(Self.folder + name) }
    let timestamp = try SignedMetadata<TimestampMetadata>(parsing: try bytes("timestamp.json"), named: "")
    #expect(timestamp.body.version == 762 && timestamp.body.snapshot.version == 165)
    let snapshot = try SignedMetadata<SnapshotMetadata>(parsing: try bytes("165.snapshot.json"), named: "")
    #expect(snapshot.body.roles.count == 6 && snapshot.body.targets.version == 14)
    #expect(snapshot.body.roles[RoleName("rekor")]?.file.digests.map(\.algorithm) == [.sha256, .sha512])
    let targets = try SignedMetadata<TargetsMetadata>(parsing: try bytes("14.targets.json"), named: "")
    #expect(targets.body.delegations.first?.name == RoleName("registry.npmjs.org"))
    #expect(targets.body.delegations.first?.covers(TargetPath("registry.npmjs.org/keys.json")) == true)
    let npm = try SignedMetadata<TargetsMetadata>(parsing: try bytes("8.registry.npmjs.org.json"), named: "")
    #expect(npm.body.targets.count == 1)
  }
}
