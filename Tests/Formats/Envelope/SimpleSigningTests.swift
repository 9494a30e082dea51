import Envelope
import Octets
import Reasons
import StrictJSON
import Testing

@Suite struct SimpleSigningTests {
  static let digest = "sha256:" + String(repeating: "ab", count: 32)

  static func payload(
    type: JSON? = "cosign container image signature", image: JSON? = ["docker-manifest-digest": .text(digest)],
    identity: JSON? = ["docker-reference": "example.com/image"]
  ) -> [UInt8] {
    var critical = JSONObject()
    if let identity { critical.append("identity", identity) }
    if let image { critical.append("image", image) }
    if let type { critical.append("type", type) }
    return JSON.object(["critical": .object(critical), "optional": nil]).serialized()
  }

  @Test func reads() throws {
    let payload = try SimpleSigning(parsing: Self.payload())
    #expect(payload.manifestDigest.description == Self.digest)
    #expect(payload.dockerReference == Array("example.com/image".utf8))
  }

  @Test(arguments: [nil, .null, [:], ["docker-reference": ""]] as [JSON?])
  func theReferenceMayBeAbsent(_ identity: JSON?) throws {
    #expect(try SimpleSigning(parsing: Self.payload(identity: identity)).dockerReference == [])
  }

  @Test(arguments: [nil, "atomic container signature", "Cosign container image signature", "", 1] as [JSON?])
  func refusesOtherTypes(_ type: JSON?) {
    #expect(throws: Failure(.statementMalformed, "simple-signing payload: critical.type")) {
      try SimpleSigning(parsing: Self.payload(type: type))
    }
  }

  @Test(
    arguments: [
      (nil, "image"), ([:], "image.docker-manifest-digest"),
      (["docker-manifest-digest": 1], "image.docker-manifest-digest"),
      (["docker-manifest-digest": "sha256:00"], "image.docker-manifest-digest"),
      // Go's reader takes keys of any case; one document must not mean two things.
      (["Docker-manifest-digest": .text(digest)], "image.docker-manifest-digest"),
    ] as [(JSON?, String)])
  func refusesOtherImages(_ image: JSON?, _ path: String) {
    #expect(throws: Failure(.statementMalformed, "simple-signing payload: critical.\(path)")) {
      try SimpleSigning(parsing: Self.payload(image: image))
    }
  }

  @Test func doesNotKnowOtherAlgorithms() {
    let image: JSON = ["docker-manifest-digest": "blake3:00"]
    #expect(throws: Failure(.blobDigestUnsupported, "simple-signing payload: critical.image.docker-manifest-digest")) {
      try SimpleSigning(parsing: Self.payload(image: image))
    }
  }

  @Test func refusesOtherIdentities() {
    #expect(throws: Failure(.statementMalformed, "simple-signing payload: critical.identity.docker-reference")) {
      try SimpleSigning(parsing: Self.payload(identity: ["docker-reference": 1]))
    }
    #expect(throws: Failure(.statementMalformed, "simple-signing payload")) {
      try SimpleSigning(parsing: Array("[]".utf8))
    }
    #expect(throws: Failure(.statementMalformed, "simple-signing payload: critical")) {
      try SimpleSigning(parsing: Array("{}".utf8))
    }
  }
}
