import Base64
import Cryptography
import Octets
import Reasons
import SignedNote
import StrictJSON
import TestSupport
import Testing

@Suite struct NoteKeyTests {
  /// Go's sumdb/note documents this key.
  static let neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

  static func read(_ text: String) throws -> NoteVerifierKey {
    try NoteVerifierKey(parsing: Array(text.utf8), named: "key", malformed: .trustRootMalformed)
  }

  @Test func readsAndRecomputesTheKeyID() throws {
    let key = try Self.read(Self.neumann)
    #expect(key.name == Array("PeterNeumann".utf8))
    #expect(key.type == .ed25519)
    #expect(Hex.encode(key.keyID) == "c74f20a3")
    #expect(NoteKeyID.ed25519(name: key.name, key: key.key) == key.keyID)
    #expect(NoteKeyID.untruncated(name: key.name, type: .ed25519, key: key.key).count == 32)
    // Another type or name makes another ID of the same key.
    #expect(NoteKeyID.cosignature(name: key.name, key: key.key) != key.keyID)
    #expect(NoteKeyID.ed25519(name: Array("p".utf8), key: key.key) != key.keyID)
  }

  @Test func readsWitnessAndECDSAKeys() throws {
    for (type, size) in [(NoteSignatureType.cosignature, 32), (.ecdsa, 91)] {
      let bytes = [UInt8](repeating: 7, count: size)
      let id = NoteKeyID.untruncated(name: Array("w".utf8), type: type, key: bytes).prefix(4)
      let key = try Self.read("w+\(Hex.encode(id))+\(Base64.encode([type.rawValue] + bytes))")
      #expect(key.type == type)
      #expect(key.key == bytes)
    }
  }

  @Test func writesKeys() throws {
    let key = try Self.read(Self.neumann)
    #expect(key.serialized == Array(Self.neumann.utf8))
    #expect(NoteVerifierKey(name: key.name, type: .ed25519, key: key.key) == key)
    let size = [UInt8](repeating: 7, count: 31)
    #expect(NoteVerifierKey(name: key.name, type: .cosignature, key: size) == nil)
    #expect(NoteVerifierKey(name: key.name, type: .ecdsa, key: size) != nil)
    #expect(NoteVerifierKey(name: key.name, type: .ecdsa, key: []) == nil)
    for name in [[], Array("a b".utf8), Array("a+b".utf8), [0x61, 1], [0x61, 0xff]] as [[UInt8]] {
      #expect(NoteVerifierKey(name: name, type: .ed25519, key: key.key) == nil)
    }
  }

  /// Rekor v1's key and the ID in its checkpoints: `wNI9ag…` there.
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func identifiesRekorsKeys() throws {
    let root = try JSONNode(
      parsing: try Corpus.bytes("trust/sigstore-public-good.trusted_root.json"), named: "root",
      malformed: .trustRootMalformed)
    let logs = try root.required("tlogs").elements()
    let log = logs[0]
    let spki = try log.required("publicKey").required("rawBytes").base64()
    #expect(NoteKeyID.ecdsa(spki: spki) == Base64.decode(Array("wNI9ag==".utf8)))
    let logID = try log.required("logId").required("keyId").base64()
    #expect(NoteKeyID.untruncated(name: [], type: .ecdsa, key: spki) == logID)
    // Rekor v2: Ed25519, whose key is the end of the SubjectPublicKeyInfo, under the host's name.
    let second = try #require(
      logs.first { (try? $0.required("baseUrl").string()) == "https://log2025-1.rekor.sigstore.dev" })
    let key = try second.required("publicKey").required("rawBytes").base64().suffix(32)
    let secondID = try second.required("logId").required("keyId").base64()
    let name = Array("log2025-1.rekor.sigstore.dev".utf8)
    #expect(NoteKeyID.untruncated(name: name, type: .ed25519, key: Array(key)) == secondID)
  }

  @Test(arguments: [
    "", "PeterNeumann", "PeterNeumann+c74f20a3", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", "PeterNeumann+c74f20a3+",
  ])
  func refuses(_ text: String) {
    #expect(throws: Failure(.trustRootMalformed, "key")) { try Self.read(text) }
  }

  /// The ID fits in each, so that only the type or the size is wrong.
  @Test(arguments: [(0x01, 31), (0x01, 33), (0x04, 0), (0x02, 0)] as [(UInt8, Int)])
  func refusesKeysOfTheWrongSize(_ type: UInt8, _ size: Int) throws {
    let bytes = [UInt8](repeating: 7, count: size)
    let known = try #require(NoteSignatureType(rawValue: type))
    let id = NoteKeyID.untruncated(name: Array("w".utf8), type: known, key: bytes).prefix(4)
    #expect(throws: Failure(.trustRootMalformed, "key")) {
      try Self.read("w+\(Hex.encode(id))+\(Base64.encode([type] + bytes))")
    }
  }

  /// The IDs fit, so that only the names are wrong.
  @Test(arguments: ["a\u{1}b", "a\nb", "a b", "a\u{2003}b", ""])
  func refusesOtherNames(_ name: String) {
    let key = [UInt8](repeating: 7, count: 32)
    let id = Hex.encode(NoteKeyID.ed25519(name: Array(name.utf8), key: key))
    #expect(throws: Failure(.trustRootMalformed, "key")) { try Self.read("\(name)+\(id)+\(Base64.encode([1] + key))") }
  }

  @Test(arguments: [0x00, 0x03, 0x05, 0x06, 0xff] as [UInt8])
  func refusesOtherTypes(_ type: UInt8) {
    let bytes = [type] + [UInt8](repeating: 7, count: 32)
    let id = digest(Array("w\n".utf8) + bytes).bytes.prefix(4)
    #expect(throws: Failure(.trustRootMalformed, "key")) {
      try Self.read("w+\(Hex.encode(id))+\(Base64.encode(bytes))")
    }
  }

  // MARK: Cosignatures

  /// The example in C2SP tlog-cosignature.
  @Test func readsACosignature() throws {
    let text = "example.com/behind-the-sofa\n20852163\n\(CheckpointTests.root)\n"
    let blob =
      "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    let note = try SignedNoteTests.read("\(text)\n— witness.example.com/w1 \(blob)\n")
    let cosignature = try Cosignature(note.signatures[0])
    #expect(cosignature.time == UnixTime(1_679_315_147))
    #expect(cosignature.signature.count == 64)
    #expect(cosignature.message(over: note.text) == Array("cosignature/v1\ntime 1679315147\n\(text)".utf8))
  }

  @Test(
    arguments: [
      ([0, 0, 0, 0, 0, 0, 0, 1], 63), ([0, 0, 0, 0, 0, 0, 0, 1], 65), ([0x80, 0, 0, 0, 0, 0, 0, 0], 64), ([], 1),
    ] as [([UInt8], Int)])
  func refusesOtherCosignatures(_ time: [UInt8], _ size: Int) throws {
    let blob = Base64.encode([1, 2, 3, 4] + time + [UInt8](repeating: 0, count: size))
    let note = try SignedNoteTests.read("a\n\n— w \(blob)\n")
    #expect(throws: Failure(.logCheckpointMalformed, "cosignature of w")) { try Cosignature(note.signatures[0]) }
  }
}
