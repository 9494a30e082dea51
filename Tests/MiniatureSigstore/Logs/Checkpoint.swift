/// Makes the proof of one entry, with the checkpoint that it ends in.
struct Checkpoint {
  var origin: String
  var extensions: [String]
  var signer: NoteSigner
  var cosigners: [NoteSigner]

  func proof(_ inclusion: MerkleLog.Inclusion, at time: Int64, spoil: Spoil?) -> IssuedEntry.Proof {
    var proof = IssuedEntry.Proof(
      logIndex: Int64(inclusion.index), root: inclusion.root, size: inclusion.size, hashes: inclusion.path)
    switch spoil {
    case .proofPathFlipped: proof.hashes[proof.hashes.count - 1][0] ^= 1
    case .proofPathShort: proof.hashes.removeLast()
    case .proofPathLong: proof.hashes.append(sha256([]))
    // The proof says what the checkpoint will say.
    case .checkpointOtherRoot: proof.root[0] ^= 1
    case .checkpointOfSmallerTree: proof.size = inclusion.index
    default: break
    }
    proof.checkpoint = note(inclusion, at: time, spoil: spoil)
    return proof
  }

  private func note(_ inclusion: MerkleLog.Inclusion, at time: Int64, spoil: Spoil?) -> String? {
    var root = inclusion.root
    if spoil == .checkpointOtherRoot { root[0] ^= 1 }
    let text = NoteSigner.body(
      origin: spoil == .checkpointOtherOrigin ? "elsewhere.example" : origin,
      size: spoil == .checkpointOfSmallerTree ? inclusion.index : inclusion.size, root: root, extensions: extensions)
    var line = signer.line(over: text)
    switch spoil {
    case .checkpointMissing: return nil
    case .checkpointMalformed: return "\(origin)\nmany\n\(base64Text(root))\n\n" + line
    case .checkpointUnsigned: return text + "\n" + cosignatures(text, time)
    case .checkpointEdited:
      // A line more than was signed: size and root stay true, so that only the signature can tell.
      let edited = NoteSigner.body(
        origin: origin, size: inclusion.size, root: root, extensions: extensions + ["edited"])
      return edited + "\n" + line + cosignatures(text, time)
    case .checkpointSignatureFlipped:
      var signature = signer.key.sign(Array(text.utf8))
      signature[signature.count - 1] ^= 1
      line = signer.line(signer.fullKeyID, signature)
    case .checkpointOtherKeyID:
      line = signer.line(sha256(signer.fullKeyID), signer.key.sign(Array(text.utf8)))
    default: break
    }
    return text + "\n" + line + cosignatures(text, time)
  }

  private func cosignatures(_ text: String, _ time: Int64) -> String {
    cosigners.map { $0.cosignature(over: text, at: UInt64(time)) }.joined()
  }
}
