import Octets
import Reasons
import SignedNote
import Testing

@Suite struct LogProofTests {
  static let hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
  static let checkpoint = "example.com/fancylog\n3\n\(hash)\n\n— example.com/fancylog Az3grlgtzPI=\n"
  static let head = "c2sp.org/tlog-proof@v1\n"

  static func read(_ text: String) throws -> LogProof { try LogProof(parsing: Array(text.utf8)) }

  @Test(arguments: [
    "\(head)index 0\n\n\(checkpoint)", "\(head)index 73894\n\(hash)\n\(hash)\n\n\(checkpoint)",
    "\(head)extra AAE=\nindex 1\n\(hash)\n\n\(checkpoint)",
  ])
  func writesWhatItReads(_ text: String) throws {
    let proof = try Self.read(text)
    #expect(proof.checkpoint.size == 3)
    #expect(String(decoding: proof.serialized(), as: UTF8.self) == text)
    let again = try LogProof(
      index: proof.index, path: proof.path, checkpoint: Array(Self.checkpoint.utf8), extra: proof.extra)
    #expect(again.serialized() == proof.serialized())
  }

  @Test(arguments: [
    "", "\n", "c2sp.org/tlog-proof@v2\nindex 0\n\n\(checkpoint)", "\(head)", "\(head)index 0", "\(head)index 0\n",
    "\(head)index 00\n\n\(checkpoint)", "\(head)index -1\n\n\(checkpoint)", "\(head)index\n\n\(checkpoint)",
    "\(head)\n\(checkpoint)", "\(head)extra \nindex 0\n\n\(checkpoint)", "\(head)extra A\nindex 0\n\n\(checkpoint)",
    "\(head)extra AAE=\n\n\(checkpoint)", "\(head)index 0\nAAAA\n\n\(checkpoint)",
    "\(head)index 0\n\(hash)=\n\n\(checkpoint)",
    "\(head)index 0\n" + String(repeating: "\(hash)\n", count: 64) + "\n\(checkpoint)",
    "\(head)index 0\n\(hash)\n" + String(repeating: "x", count: LogProof.mostBytes),
  ])
  func refuses(_ text: String) {
    #expect(throws: Failure(.logInclusionProofMalformed, "inclusion proof")) { try Self.read(text) }
  }

  @Test func refusesWhatHasNoCheckpoint() {
    #expect(throws: Failure(.logCheckpointMalformed, "inclusion proof: checkpoint")) {
      try Self.read("\(Self.head)index 0\n\n")
    }
  }

  @Test func writesNotes() throws {
    let text = Checkpoint.text(origin: Array("o".utf8), size: 7, root: [UInt8](repeating: 3, count: 32))
    let note = SignedNote.serialized(
      text: text, signatures: [(Array("k".utf8), [1, 2, 3, 4], [5]), (Array("l".utf8), [5, 6, 7, 8], [9, 9])])
    let checkpoint = try Checkpoint(parsing: note)
    #expect(checkpoint.size == 7)
    #expect(checkpoint.note.text == text)
    #expect(checkpoint.note.signatures.map(\.bytes) == [[5], [9, 9]])
    #expect(checkpoint.note.signatures.map(\.keyID) == [[1, 2, 3, 4], [5, 6, 7, 8]])
  }
}
