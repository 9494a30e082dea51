import Envelope
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

@Suite struct DSSEEnvelopeTests {
  static let good: JSON = [
    "payload": "aGVsbG8gd29ybGQ=", "payloadType": "http://example.com/HelloWorld",
    "signatures": [["keyid": "k", "sig": "+//+"]],
  ]

  static func read(_ json: JSON) throws -> DSSEEnvelope {
    try DSSEEnvelope(parsing: json.serialized(), named: "envelope")
  }

  /// `good` with one member replaced or, by nil, taken away.
  static func spoilt(_ key: String, _ value: JSON?) -> JSON {
    guard case .object(var object) = good else { return .null }
    object.members.removeAll { $0.key == Array(key.utf8) }
    if let value { object.append(key, value) }
    return .object(object)
  }

  @Test func reads() throws {
    let envelope = try Self.read(Self.good)
    #expect(envelope.payload == Array("hello world".utf8))
    #expect(envelope.payloadType == Array("http://example.com/HelloWorld".utf8))
    #expect(envelope.signatures == [.init(keyID: Array("k".utf8), bytes: [0xfb, 0xff, 0xfe])])
    #expect(try Self.read(envelope.json) == envelope)
  }

  /// The example of the protocol's own text.
  @Test func preAuthenticationEncoding() throws {
    #expect(
      try Self.read(Self.good).preAuthenticationEncoding
        == Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8))
    // Lengths count bytes, and the encoding tells apart what joining would not.
    let envelope = DSSEEnvelope(payload: Array("é 1".utf8), payloadType: Array("ü 2".utf8), signatures: [])
    #expect(envelope.preAuthenticationEncoding == Array("DSSEv1 4 ü 2 4 é 1".utf8))
    #expect(
      DSSEEnvelope.preAuthenticationEncoding(payloadType: "ü 2", payload: Array("é 1".utf8))
        == envelope.preAuthenticationEncoding)
  }

  @Test func keyIDIsOptional() throws {
    for signature: JSON in [["sig": "AA=="], ["sig": "AA==", "keyid": nil], ["sig": "AA==", "keyid": ""]] {
      #expect(try Self.read(Self.spoilt("signatures", [signature])).signatures == [.init(keyID: [], bytes: [0])])
    }
  }

  @Test func ignoresUnknownFields() throws {
    #expect(try Self.read(Self.spoilt("else", [1])) == Self.read(Self.good))
  }

  @Test func readsEitherAlphabetButNoMixture() throws {
    #expect(try Self.read(Self.spoilt("payload", "-__-")).payload == [0xfb, 0xff, 0xfe])
    #expect(try Self.read(Self.spoilt("signatures", [["sig": "-_8="]])).signatures[0].bytes == [0xfb, 0xff])
    #expect(throws: Failure(.envelopeMalformed, "envelope: payload")) { try Self.read(Self.spoilt("payload", "-//+")) }
  }

  @Test(
    arguments: [
      ("payload", nil, "payload"), ("payload", 1, "payload"), ("payload", "aGVsbG8", "payload"),
      ("payloadType", nil, "payloadType"), ("payloadType", "", "payloadType"), ("payloadType", ["x"], "payloadType"),
      ("signatures", nil, "signatures"), ("signatures", [], "signatures"), ("signatures", "x", "signatures"),
      ("signatures", [["keyid": "k"]], "signatures[0].sig"), ("signatures", [["sig": ""]], "signatures[0].sig"),
      ("signatures", [["sig": "AA=="], ["sig": "AA"]], "signatures[1].sig"), ("signatures", ["AA=="], "signatures[0]"),
      ("signatures", [["sig": "AA==", "keyid": 1]], "signatures[0].keyid"),
    ] as [(String, JSON?, String)])
  func refuses(_ key: String, _ value: JSON?, _ path: String) {
    #expect(throws: Failure(.envelopeMalformed, "envelope: \(path)")) { try Self.read(Self.spoilt(key, value)) }
  }

  @Test func boundsSignatures() throws {
    let most = DSSEEnvelope.mostSignatures
    let signatures = { (count: Int) in JSON.array(Array(repeating: ["sig": "AA=="], count: count)) }
    #expect(try Self.read(Self.spoilt("signatures", signatures(most))).signatures.count == most)
    #expect(throws: Failure(.jsonLimitExceeded, "envelope: signatures")) {
      try Self.read(Self.spoilt("signatures", signatures(most + 1)))
    }
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func readsARealEnvelopeAndItsStatement() throws {
    let bytes = try Corpus.bytes("sigstore-conformance/happy-path-intoto-in-dsse-v3/bundle.sigstore.json")
    let bundle = try JSONNode(parsing: bytes, named: "bundle", malformed: .bundleMalformed)
    let envelope = try DSSEEnvelope(parsing: bundle.required("dsseEnvelope"))
    #expect(envelope.payloadType == DSSEEnvelope.inTotoPayloadType)
    #expect(envelope.signatures.count == 1)
    let statement = try Statement(parsing: envelope.payload)
    #expect(
      statement.subjectDigests.map(\.description) == [
        "sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf"
      ])
    // An envelope within a bundle fails as an envelope, and says where in the bundle.
    #expect(throws: Failure(.envelopeMalformed, "bundle: verificationMaterial.payload")) {
      try DSSEEnvelope(parsing: bundle.required("verificationMaterial"))
    }
  }
}
