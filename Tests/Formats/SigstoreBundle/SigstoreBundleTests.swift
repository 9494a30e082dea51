import Base64
import Cryptography
import Octets
import Reasons
import SigstoreBundle
import StrictJSON
import Testing

struct SigstoreBundleTests {
  private static let entry: JSON = [
    "logIndex": "7", "logId": ["keyId": "AQIDBA=="], "kindVersion": ["kind": "hashedrekord", "version": "0.0.1"],
    "integratedTime": "1700000000", "inclusionPromise": ["signedEntryTimestamp": "AQ=="],
    "inclusionProof": [
      "logIndex": "3", "treeSize": "5", "rootHash": "Ag==", "hashes": ["Aw=="], "checkpoint": ["envelope": "note"],
    ], "canonicalizedBody": "e30=",
  ]
  private static let message: JSON = [
    "messageDigest": ["algorithm": "SHA2_256", "digest": .text(Base64.encode([UInt8](repeating: 9, count: 32)))],
    "signature": "BQ==",
  ]
  private static let envelope: JSON = [
    "payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [["sig": "BQ=="]],
  ]
  private static let certificate: JSON = ["certificate": ["rawBytes": "BAU="]]
  private static let chain: JSON = [
    "x509CertificateChain": ["certificates": [["rawBytes": "BAU="], ["rawBytes": "Bg=="]]]
  ]

  private static func bundle(
    _ mediaType: String = "application/vnd.dev.sigstore.bundle.v0.3+json", _ material: JSON = certificate,
    entries: JSON = [entry], timestamps: JSON = nil, content: [(String, JSON)] = [("messageSignature", message)]
  ) -> JSON {
    guard case .object(var all) = material else { return .null }
    all.append("tlogEntries", entries)
    all.append("timestampVerificationData", timestamps)
    var document: JSONObject = [:]
    document.append("mediaType", .text(mediaType))
    document.append("verificationMaterial", .object(all))
    for (key, value) in content { document.append(key, value) }
    document.append("somethingNew", true)
    return .object(document)
  }

  private static func read(_ document: JSON) throws -> SigstoreBundle {
    try SigstoreBundle(parsing: document.serialized(), named: "bundle")
  }

  @Test(arguments: [
    ("application/vnd.dev.sigstore.bundle+json;version=0.1", SigstoreBundle.Version.v0_1),
    ("application/vnd.dev.sigstore.bundle+json;version=0.2", .v0_2),
    ("application/vnd.dev.sigstore.bundle+json;version=0.3", .v0_3),
    ("application/vnd.dev.sigstore.bundle.v0.3+json", .v0_3),
  ])
  func versions(mediaType: String, version: SigstoreBundle.Version) throws {
    #expect(try Self.read(Self.bundle(mediaType)).version == version)
  }

  @Test func reads() throws {
    let bundle = try Self.read(
      Self.bundle(timestamps: ["rfc3161Timestamps": [["signedTimestamp": "CAk="]]]))
    #expect(bundle.material == .certificates([[4, 5]]))
    #expect(bundle.timestamps == [[8, 9]])
    let entry = try #require(bundle.logEntries.first)
    #expect(entry.logIndex == 7)
    #expect(entry.logID == [1, 2, 3, 4])
    #expect(entry.integratedTime == UnixTime(1_700_000_000))
    #expect(entry.promise == [1])
    #expect(entry.body == Array("{}".utf8))
    let proof = try #require(entry.proof)
    #expect(proof.logIndex == 3 && proof.treeSize == 5 && proof.rootHash == [2] && proof.hashes == [[3]])
    #expect(proof.checkpoint == Array("note".utf8))
    guard case .messageSignature(let digest, let signature) = bundle.content else {
      Issue.record("no message signature")
      return
    }
    #expect(digest == ClaimedDigest(.sha256, [UInt8](repeating: 9, count: 32)))
    #expect(signature == [5])
  }

  /// Protobuf's JSON leaves out what is zero, and an empty message may stand for an absent one.
  @Test func zeroes() throws {
    let entries: JSON = [["canonicalizedBody": "e30=", "inclusionProof": [:]]]
    let entry = try #require(try Self.read(Self.bundle(entries: entries)).logEntries.first)
    #expect(entry.logIndex == 0 && entry.integratedTime == nil && entry.proof == nil && entry.stated == nil)
  }

  @Test func materials() throws {
    let old = "application/vnd.dev.sigstore.bundle+json;version=0.2"
    #expect(try Self.read(Self.bundle(old, Self.chain)).material == .certificates([[4, 5], [6]]))
    #expect(try Self.read(Self.bundle(old, ["publicKey": ["hint": "k"]])).material == .publicKey(hint: [0x6b]))
    #expect(try Self.read(Self.bundle(old, ["publicKey": [:]])).material == .publicKey(hint: []))
  }

  @Test(arguments: [["algorithm": "SHA3_256", "digest": "AA=="], [:]] as [JSON])
  func unknownDigestOnlyFailsToIdentify(digest: JSON) throws {
    let message: JSON = ["messageDigest": digest, "signature": "BQ=="]
    guard case .messageSignature(nil, _) = try Self.read(Self.bundle(content: [("messageSignature", message)])).content
    else {
      Issue.record("a digest that nobody computes")
      return
    }
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let what: String
    let expected: Reason
    let document: JSON
    init(_ what: String, _ expected: Reason, _ document: JSON) {
      self.what = what
      self.expected = expected
      self.document = document
    }
    var testDescription: String { what }
  }

  static let refused: [Refused] = [
    Refused("a later version", .signatureFormatUnsupported, bundle("application/vnd.dev.sigstore.bundle.v0.4+json")),
    Refused("another document", .bundleMalformed, bundle("application/vnd.oci.image.index.v1+json")),
    Refused("no material", .bundleMalformed, bundle(material([:]))),
    Refused(
      "two materials", .bundleMalformed, bundle(material(["publicKey": [:], "certificate": ["rawBytes": "BAU="]]))),
    Refused("a chain in v0.3", .bundleMalformed, bundle(material(chain))),
    Refused(
      "an empty chain", .bundleMalformed,
      bundle("application/vnd.dev.sigstore.bundle+json;version=0.1", ["x509CertificateChain": ["certificates": []]])),
    Refused("no content", .bundleMalformed, bundle(content: [])),
    Refused(
      "two contents", .bundleMalformed, bundle(content: [("messageSignature", message), ("dsseEnvelope", envelope)])),
    Refused("an empty signature", .bundleMalformed, bundle(content: [("messageSignature", ["signature": ""])])),
    Refused("Base64 for URLs", .bundleMalformed, bundle(content: [("messageSignature", ["signature": "-_8="])])),
    Refused(
      "a digest cut short", .bundleMalformed,
      bundle(content: [
        ("messageSignature", ["messageDigest": ["algorithm": "SHA2_256", "digest": "AA=="], "signature": "BQ=="])
      ])),
    Refused(
      "two signatures", .envelopeMalformed,
      bundle(content: [
        (
          "dsseEnvelope",
          ["payload": "e30=", "payloadType": "t", "signatures": [["sig": "BQ=="], ["sig": "Bg=="]]]
        )
      ])),
    Refused("a negative index", .bundleMalformed, bundle(entries: [["logIndex": "-1", "canonicalizedBody": "e30="]])),
    Refused(
      "a negative time", .bundleMalformed, bundle(entries: [["integratedTime": "-1", "canonicalizedBody": "e30="]])),
    Refused("no body", .bundleMalformed, bundle(entries: [["logIndex": "1"]])),
    Refused("an empty body", .bundleMalformed, bundle(entries: [["canonicalizedBody": ""]])),
    Refused(
      "too many entries", .jsonLimitExceeded,
      bundle(entries: .array([JSON](repeating: entry, count: SigstoreBundle.entryLimit + 1)))),
    Refused(
      "too many timestamps", .jsonLimitExceeded,
      bundle(timestamps: [
        "rfc3161Timestamps": .array(
          [JSON](repeating: ["signedTimestamp": "AA=="], count: SigstoreBundle.timestampLimit + 1))
      ])),
  ]

  private static func material(_ material: JSON) -> (String, JSON) {
    ("application/vnd.dev.sigstore.bundle.v0.3+json", material)
  }
  private static func bundle(_ parts: (String, JSON)) -> JSON { bundle(parts.0, parts.1) }

  @Test(arguments: refused)
  func refuses(_ refused: Refused) {
    do {
      _ = try Self.read(refused.document)
      Issue.record("read")
    } catch {
      #expect((error as? Failure)?.reason == refused.expected)
    }
  }
}
