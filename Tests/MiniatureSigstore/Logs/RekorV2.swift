/// A Rekor v2 log: one kind of entry, no promise, checkpoints by C2SP key ID, cosigned by witnesses where there are any.
package final class RekorV2: Sendable {
  package let url: String
  package let signer: NoteSigner
  package let witnesses: [NoteSigner]
  private let tree = MerkleLog()

  init(_ name: String, key: SampleKey, witnesses: [NoteSigner] = [], fillers: Int) {
    self.signer = NoteSigner(name, key)
    self.url = "https://" + name
    self.witnesses = witnesses
    for filler in 0..<fillers { _ = tree.append(Array("\(name) filler \(filler)".utf8)) }
  }

  func log(_ body: [UInt8], at time: Int64, stranger: SampleKey, spoil: Spoil?) -> IssuedEntry {
    let inclusion = tree.append(spoil == .proofOfAnotherEntry ? body + [0x20] : body)
    var entry = IssuedEntry(
      logIndex: Int64(inclusion.index), logID: signer.fullKeyID, kind: "hashedrekord", version: "0.0.2",
      integratedTime: nil, body: body)
    if spoil != .proofMissing {
      let checkpoint = Checkpoint(
        origin: signer.name, extensions: [],
        signer: spoil == .checkpointByStranger ? NoteSigner(signer.name, SampleKey(signer.key.algorithm)) : signer,
        cosigners: witnesses)
      entry.proof = checkpoint.proof(inclusion, at: time, spoil: spoil)
    }
    spoil?.alter(&entry)
    return entry
  }
}
