/// A Rekor v1 log: signed entry timestamps, shard-local proofs, checkpoints whose origin differs from the key's name.
package final class RekorV1: Sendable {
  package let url: String
  package let key: SampleKey
  let name: String
  private let treeID = "2605736670972794746"
  /// Entries of earlier shards: the global index is this much larger than the tree's.
  private let earlierEntries: Int64 = 4_163_431
  private let tree = MerkleLog()

  init(_ name: String, key: SampleKey = SampleKey(.p256), fillers: Int) {
    self.name = name
    self.url = "https://" + name
    self.key = key
    for filler in 0..<fillers { _ = tree.append(Array("\(name) filler \(filler)".utf8)) }
  }

  /// From here on it tells another story than to whoever saw its last entry.
  package func fork() { tree.forgetLast() }

  /// Logs a body at `time`.
  func log(_ body: [UInt8], kind: String, version: String, at time: Int64, stranger: SampleKey, spoil: Spoil?)
    -> IssuedEntry
  {
    let inclusion = tree.append(spoil == .proofOfAnotherEntry ? body + [0x20] : body)
    var entry = IssuedEntry(
      logIndex: Int64(inclusion.index) + earlierEntries, logID: key.keyID, kind: kind, version: version,
      integratedTime: time, body: body)
    entry.promise = promise(for: entry, stranger: stranger, spoil: spoil)
    entry.proof = proof(inclusion, time: time, stranger: stranger, spoil: spoil)
    spoil?.alter(&entry)
    return entry
  }

  /// The signature over the canonical form of what the log promises.
  private func promise(for entry: IssuedEntry, stranger: SampleKey, spoil: Spoil?) -> [UInt8]? {
    if spoil == .promiseMissing { return nil }
    let promised: JSONText = [
      "body": .base64(spoil == .promiseOverOtherBody ? entry.body + [0x20] : entry.body),
      "integratedTime": .number(entry.integratedTime! + (spoil == .promiseOverOtherTime ? 1 : 0)),
      "logID": .string(hexText(spoil == .promiseOverOtherLog ? stranger.keyID : entry.logID)),
      "logIndex": .number(entry.logIndex + (spoil == .promiseOverOtherIndex ? 1 : 0)),
    ]
    var signature = (spoil == .promiseByStranger ? stranger : key).sign(promised.canonical)
    if spoil == .promiseFlipped { signature[signature.count - 1] ^= 1 }
    return signature
  }

  private func proof(_ inclusion: MerkleLog.Inclusion, time: Int64, stranger: SampleKey, spoil: Spoil?)
    -> IssuedEntry.Proof?
  {
    if spoil == .proofMissing { return nil }
    let signers = spoil == .checkpointByStranger ? NoteSigner(name, stranger) : NoteSigner(name, key)
    let checkpoint = Checkpoint(
      origin: "\(name) - \(treeID)", extensions: ["Timestamp: \(time)123456789"], signer: signers, cosigners: [])
    return checkpoint.proof(inclusion, at: time, spoil: spoil)
  }
}
