import Base64
import Cryptography
import LogEntry
import Octets
import Reasons
import StrictJSON
import Testing

struct LogEntryBodyTests {
  private static let certificate = pem("CERTIFICATE", [1, 2, 3])
  private static let key = pem("PUBLIC KEY", [4, 5, 6])
  private static let hex = String(repeating: "ab", count: 32)
  private static let sha256 = ClaimedDigest(.sha256, [UInt8](repeating: 0xab, count: 32))
  private static let hash: JSON = ["algorithm": "sha256", "value": .text(hex)]
  private static let signed = LoggedSignature(bytes: [7], verifier: .certificate([1, 2, 3]))

  private static func pem(_ label: String, _ der: [UInt8]) -> JSON {
    .text(Base64.encode(Array("-----BEGIN \(label)-----\n\(Base64.encode(der))\n-----END \(label)-----\n".utf8)))
  }

  private static func body(_ kind: String, _ version: String, _ spec: JSON) -> JSON {
    ["kind": .text(kind), "apiVersion": .text(version), "spec": spec]
  }

  private static func read(_ body: JSON) throws -> LogEntryBody { try LogEntryBody(parsing: body.serialized()) }

  private static func record(_ publicKey: JSON = certificate) -> JSON {
    ["data": ["hash": hash], "signature": ["content": "Bw==", "publicKey": ["content": publicKey]]]
  }

  private static func recordV2(_ verifier: JSON, algorithm: JSON = "SHA2_256", digest: [UInt8]? = nil) -> JSON {
    let digest = digest ?? [UInt8](repeating: 0xab, count: 32)
    return [
      "hashedRekordV002": [
        "data": ["algorithm": algorithm, "digest": .text(Base64.encode(digest))],
        "signature": ["content": "Bw==", "verifier": verifier],
      ]
    ]
  }

  private static func inToto(sig: JSON) -> JSON {
    [
      "content": [
        "envelope": ["payloadType": "t", "signatures": [["sig": sig, "publicKey": certificate]]], "hash": hash,
        "payloadHash": hash,
      ]
    ]
  }

  @Test func hashedRekord() throws {
    let body = try Self.read(Self.body("hashedrekord", "0.0.1", Self.record()))
    #expect(body.kind == "hashedrekord" && body.version == "0.0.1" && !body.isVersion2)
    #expect(body.content == .artifact(digest: try #require(Self.sha256), signed: Self.signed))
    let keyed = try Self.read(Self.body("hashedrekord", "0.0.1", Self.record(Self.key)))
    guard case .artifact(_, let signed) = keyed.content else {
      Issue.record("no artifact")
      return
    }
    #expect(signed.verifier == .publicKey([4, 5, 6]))
  }

  @Test func hashedRekordV2() throws {
    let spec = Self.recordV2(["keyDetails": "PKIX_ECDSA_P256_SHA_256", "x509Certificate": ["rawBytes": "AQID"]])
    let body = try Self.read(Self.body("hashedrekord", "0.0.2", spec))
    #expect(body.isVersion2)
    #expect(body.content == .artifact(digest: try #require(Self.sha256), signed: Self.signed))
  }

  @Test func dsse() throws {
    let spec: JSON = [
      "envelopeHash": Self.hash, "payloadHash": Self.hash,
      "signatures": [["signature": "Bw==", "verifier": Self.certificate]],
    ]
    let body = try Self.read(Self.body("dsse", "0.0.1", spec))
    #expect(body.content == .payload(digest: try #require(Self.sha256), signed: [Self.signed]))
  }

  /// The signature is Base64 of Base64; a single coat is taken off where there is no second.
  @Test(arguments: [JSON.text(Base64.encode(Array("Bw==".utf8))), "Bw=="])
  func inTotoV2(sig: JSON) throws {
    let body = try Self.read(Self.body("intoto", "0.0.2", Self.inToto(sig: sig)))
    #expect(body.content == .payload(digest: try #require(Self.sha256), signed: [Self.signed]))
  }

  @Test func inTotoV1() throws {
    let sha256 = try #require(Self.sha256)
    for payload in [Self.hash, nil] {
      let spec: JSON = ["content": ["hash": Self.hash, "payloadHash": payload], "publicKey": Self.certificate]
      let body = try Self.read(Self.body("intoto", "0.0.1", spec))
      #expect(
        body.content
          == .envelopeBytes(
            digest: sha256, payload: payload == nil ? nil : sha256, verifier: .certificate([1, 2, 3])))
    }
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let what: String
    let expected: Reason
    let body: JSON
    init(_ what: String, _ expected: Reason, _ body: JSON) {
      self.what = what
      self.expected = expected
      self.body = body
    }
    var testDescription: String { what }
  }

  static let refused: [Refused] = [
    Refused("another kind", .logEntryUnsupported, body("rpm", "0.0.1", record())),
    Refused("another version", .logEntryUnsupported, body("hashedrekord", "0.0.3", record())),
    Refused("no spec", .logEntryMalformed, ["kind": "dsse", "apiVersion": "0.0.1"]),
    Refused(
      "a PGP signature", .logEntryUnsupported,
      body(
        "rekord", "0.0.1",
        [
          "data": ["hash": hash],
          "signature": ["format": "pgp", "content": "Bw==", "publicKey": ["content": certificate]],
        ])),
    Refused("a key that is no PEM", .logEntryUnsupported, body("hashedrekord", "0.0.1", record("AQID"))),
    Refused(
      "PEM without end", .logEntryUnsupported,
      body("hashedrekord", "0.0.1", record(.text(Base64.encode(Array("-----BEGIN CERTIFICATE-----\nAQID\n".utf8)))))),
    Refused("PEM of something else", .logEntryUnsupported, body("hashedrekord", "0.0.1", record(pem("PGP", [1])))),
    Refused(
      "an unknown digest in v2", .logEntryUnsupported, body("hashedrekord", "0.0.2", recordV2([:], algorithm: "X"))),
    Refused("a digest cut short in v2", .logEntryMalformed, body("hashedrekord", "0.0.2", recordV2([:], digest: [1]))),
    Refused("no verifier in v2", .logEntryMalformed, body("hashedrekord", "0.0.2", recordV2([:]))),
    Refused(
      "two verifiers in v2", .logEntryMalformed,
      body(
        "hashedrekord", "0.0.2",
        recordV2(["x509Certificate": ["rawBytes": "AQ=="], "publicKey": ["rawBytes": "AQ=="]]))),
    Refused(
      "a digest in capitals", .logEntryMalformed,
      body(
        "dsse", "0.0.1",
        ["payloadHash": ["algorithm": "sha256", "value": .text(hex.uppercased())], "signatures": []])),
    Refused(
      "a digest of another length", .logEntryMalformed,
      body("dsse", "0.0.1", ["payloadHash": ["algorithm": "sha512", "value": .text(hex)], "signatures": []])),
    Refused(
      "SHA-1", .logEntryUnsupported,
      body("dsse", "0.0.1", ["payloadHash": ["algorithm": "sha1", "value": .text(hex)], "signatures": []])),
    Refused(
      "too many signatures", .jsonLimitExceeded,
      body(
        "dsse", "0.0.1",
        [
          "payloadHash": hash,
          "signatures": .array(
            [JSON](
              repeating: ["signature": "Bw==", "verifier": certificate], count: LogEntryBody.signatureLimit + 1)),
        ])),
  ]

  @Test(arguments: refused)
  func refuses(_ refused: Refused) {
    do {
      _ = try Self.read(refused.body)
      Issue.record("read")
    } catch {
      #expect((error as? Failure)?.reason == refused.expected)
    }
  }
}
