import Base64
import Cryptography
import LedgerRig
import Octets
import Reasons
import SignedNote
import TestSupport
import Testing
import Witness

@Suite struct CosignerTests {
  static let name = Array("desk.example/w1".utf8)
  static let time = UnixTime(1_790_000_000)

  static func cosigned() throws -> (
    cosigner: Cosigner, checkpoint: Checkpoint, signature: SignedNote.Signature
  ) {
    let cosigner = try #require(Cosigner(name: name, key: .generate(.ed25519)))
    let checkpoint = try Checkpoint(parsing: SketchedLog(leaves: 7).checkpoint())
    return (cosigner, checkpoint, try cosigner.cosign(checkpoint, at: time))
  }

  @Test func verifiesWhatItMade() throws {
    let (cosigner, checkpoint, signature) = try Self.cosigned()
    #expect(try verifyCosignature(signature, by: cosigner.verifierKey, over: checkpoint) == Self.time)
    // As it travels: in a line, in a note.
    let note = try Checkpoint(parsing: checkpoint.note.serialized(adding: [signature]))
    #expect(note.note.signatures.last == signature)
    #expect(try SignedNote.signatures(parsing: signature.line, named: "answer") == [signature])
    #expect(cosigner.verifierKey.type == .cosignature)
    #expect(signature.keyID == NoteKeyID.cosignature(name: Self.name, key: cosigner.verifierKey.key))
  }

  /// By the specification's words and the openssl program alone.
  @Test func verifiesUnderOpenSSL() throws {
    let (cosigner, checkpoint, signature) = try Self.cosigned()
    let spki: [UInt8] =
      [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0] + cosigner.verifierKey.key
    let home = try TemporaryFolder()
    let key = try home.write("key.pem", Array(PEM.encode(spki, label: "PUBLIC KEY").utf8))
    let text = Array("cosignature/v1\ntime 1790000000\n".utf8) + checkpoint.note.text
    #expect(signature.bytes.prefix(8) == [0, 0, 0, 0, 0x6a, 0xb1, 0x3b, 0x80])
    let arguments = [
      "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", try home.write("text", text),
      "-sigfile",
      try home.write("signature", Array(signature.bytes.dropFirst(8))),
    ]
    #expect(try run(arguments).status == 0)
  }

  @Test func refuses() throws {
    let (cosigner, checkpoint, signature) = try Self.cosigned()
    let key = cosigner.verifierKey
    func refused(
      _ signature: SignedNote.Signature, by key: NoteVerifierKey, over checkpoint: Checkpoint, _ words: String
    ) {
      let failure = #expect(throws: Failure.self) { try verifyCosignature(signature, by: key, over: checkpoint) }
      #expect(failure?.reason == .witnessCosignatureInvalid)
      #expect(failure?.detail.contains(words) == true, "\(String(describing: failure))")
    }
    let other = try Checkpoint(parsing: SketchedLog(leaves: 8).checkpoint())
    refused(signature, by: key, over: other, "does not verify")
    let named = try #require(NoteVerifierKey(name: Array("w2".utf8), type: .cosignature, key: key.key))
    refused(signature, by: named, over: checkpoint, "another key's")
    let stranger = try #require(
      NoteVerifierKey(name: key.name, type: .cosignature, key: [UInt8](repeating: 7, count: 32)))
    refused(signature, by: stranger, over: checkpoint, "another key's")
    // The key's ID under another name.
    let line = Array("— w2 \(Base64.encode(signature.keyID + signature.bytes))\n".utf8)
    let renamed = try SignedNote.signatures(parsing: line, named: "answer")[0]
    refused(renamed, by: key, over: checkpoint, "another key's")
    let plain = try #require(NoteVerifierKey(name: key.name, type: .ed25519, key: key.key))
    refused(signature, by: plain, over: checkpoint, "no witness's")
    // The same signature at another time.
    let moved = SignedNote.Signature(by: key, at: UnixTime(1), cosignature: Array(signature.bytes.dropFirst(8)))
    refused(moved, by: key, over: checkpoint, "does not verify")
    let short = SignedNote.Signature(by: key, at: Self.time, cosignature: [1])
    let failure = #expect(throws: Failure.self) { try verifyCosignature(short, by: key, over: checkpoint) }
    #expect(failure?.reason == .logCheckpointMalformed)
  }

  @Test func takesNoOtherKeysAndNames() throws {
    #expect(try Cosigner(name: Self.name, key: .generate(.p256)) == nil)
    #expect(try Cosigner(name: Array("a b".utf8), key: .generate(.ed25519)) == nil)
    let (cosigner, checkpoint, _) = try Self.cosigned()
    #expect(throws: CryptographyError.self) { try cosigner.cosign(checkpoint, at: UnixTime(-1)) }
  }
}
