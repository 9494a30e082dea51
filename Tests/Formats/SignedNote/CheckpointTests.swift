import Base64
import Octets
import Reasons
import SignedNote
import StrictJSON
import TestSupport
import Testing

@Suite struct CheckpointTests {
  static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

  static func read(_ text: String) throws -> Checkpoint {
    try Checkpoint(parsing: Array("\(text)\n\(SignedNoteTests.line)".utf8))
  }

  @Test func reads() throws {
    let text = "example.com/behind-the-sofa\n20852163\n\(Self.root)\n"
    let checkpoint = try Self.read(text)
    #expect(checkpoint.origin == Array("example.com/behind-the-sofa".utf8))
    #expect(checkpoint.size == 20_852_163)
    #expect(Base64.encode(checkpoint.root) == Self.root)
    #expect(checkpoint.extensions.isEmpty)
    #expect(checkpoint.note.text == Array(text.utf8))
  }

  @Test func keepsExtensionLines() throws {
    let checkpoint = try Self.read("o - 1\n0\n\(Self.root)\nTimestamp: 1\n \n")
    #expect(checkpoint.origin == Array("o - 1".utf8))
    #expect(checkpoint.extensions == [Array("Timestamp: 1".utf8), [0x20]])
  }

  @Test func readsTheLargestSize() throws {
    #expect(try Self.read("o\n9223372036854775807\n\(Self.root)\n").size == UInt64(Int64.max))
  }

  @Test(arguments: [
    "\n", "o\n", "o\n1\n", "o\n\(root)\n1\n", "\n1\n\(root)\n", "o\n\n\(root)\n", "o\n1\n\n", "o\n1\n\(root)\n\n",
    "o\n1\n\(root)\n\nx\n", "o\n1\n\(root)\nx\n\n", "o\n01\n\(root)\n", "o\n+1\n\(root)\n", "o\n-1\n\(root)\n",
    "o\n1 \n\(root)\n", "o\n0x1\n\(root)\n", "o\n١\n\(root)\n", "o\n9223372036854775808\n\(root)\n",
    "o\n99999999999999999999999\n\(root)\n", "o\n1\n\(root.dropLast())\n", "o\n1\nAAAA\n",
    "o\n1\n\(root.replacing("+", with: "-").replacing("/", with: "_"))\n", "o\n1\n\(root)=\n",
    "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
  ])
  func refuses(_ text: String) {
    #expect(throws: Failure(.logCheckpointMalformed, "checkpoint")) { try Self.read(text) }
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func readsEveryCheckpointInSigstoresBundles() throws {
    var read: [String] = []
    var refused: [String] = []
    for name in try Corpus.names(in: "sigstore-conformance") {
      guard let bytes = try? Corpus.bytes("sigstore-conformance/\(name)/bundle.sigstore.json"),
        let bundle = try? JSONNode(parsing: bytes, named: name, malformed: .bundleMalformed),
        let entry = try? bundle.required("verificationMaterial").required("tlogEntries").elements().first,
        let proof = try? entry.optional("inclusionProof"), let checkpoint = try? proof.optional("checkpoint")
      else { continue }
      let envelope = try checkpoint.required("envelope").bytes()
      do {
        let checkpoint = try Checkpoint(parsing: envelope)
        // A log's checkpoint names its root; Rekor v1 also says so beside it.
        if let root = try proof.optional("rootHash")?.base64(), !root.isEmpty, !name.hasSuffix("_fail") {
          #expect(checkpoint.root == root)
        }
        read.append(name)
      } catch {
        #expect(error.reason == .logCheckpointMalformed)
        refused.append(name)
      }
    }
    #expect(read.count > 20)
    #expect(
      refused == [
        "rekor2-checkpoint-missing-log-signature_fail", "rekor2-checkpoint-missing-root-hash_fail",
      ])
  }
}
