import Cryptography
import Octets
import Reasons
import Testing

@Suite struct ClaimedDigestTests {
  static let sixtyFour = String(repeating: "0a", count: 32)

  static func read(_ text: String) throws -> ClaimedDigest {
    try ClaimedDigest(Array(text.utf8), in: "x", malformed: .imageManifestMalformed)
  }

  @Test(arguments: ["sha256:" + sixtyFour, "sha512:" + sixtyFour + sixtyFour])
  func bothWays(_ text: String) throws {
    let digest = try Self.read(text)
    #expect(digest.description == text)
    #expect("\(digest.algorithm.rawValue):\(digest.hex)" == text)
    #expect(digest.bytes.allSatisfy { $0 == 0x0a })
    #expect(ClaimedDigest(digest.algorithm, digest.bytes) == digest)
  }

  @Test(arguments: [
    "", "sha256", ":", ":" + sixtyFour, "sha256:", "sha256:" + sixtyFour.dropLast(), "sha256:" + sixtyFour + "0a",
    "sha256:" + sixtyFour.uppercased(), "sha512:" + sixtyFour, "sha256:" + sixtyFour + "\n", "SHA256:" + sixtyFour,
    " sha256:" + sixtyFour, "sha-:" + sixtyFour, "+b:" + sixtyFour, "a..b:" + sixtyFour,
    "sha256:sha256:" + sixtyFour, "../sha256:" + sixtyFour,
  ])
  func refuses(_ text: String) {
    #expect(throws: Failure(.imageManifestMalformed, "x")) { try Self.read(text) }
  }

  /// Well formed by descriptor.md, and beyond us: nothing is wrong with the image.
  @Test(arguments: ["sha384:", "md5:", "blake3:", "sha256+b64u:", "multihash+base58:", "a.b_c-d:"])
  func doesNotKnow(_ algorithm: String) {
    #expect(throws: Failure(.blobDigestUnsupported, "x")) { try Self.read(algorithm + Self.sixtyFour) }
  }

  @Test func equalsWhatWasComputed() throws {
    let bytes = Array("abc".utf8)
    let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try Self.read(text) == digest(bytes))
    #expect(ClaimedDigest(digest(bytes)) == digest(bytes))
    #expect(ClaimedDigest(digest(bytes)).description == text)
    #expect((try Self.read(text) == digest(bytes, .sha512)) == false)
    #expect((try Self.read(text) == digest([])) == false)
    #expect(ClaimedDigest(.sha256, [1, 2, 3]) == nil)
  }
}
