import ArgumentParser
import Cryptography
import Ledger
import LedgerLeaf
import Octets
import Reasons
import SignedNote
import Store
import TPM
import Terminal
import TrustStore
import Witness

/// `assay ledger cosign`: the appliance's side of witnessing.
struct LedgerCosign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cosign",
    abstract: "Take a witness's cosignature back, and with it the time that was surely reached.",
    discussion: """
      The round trip, with a medium between the two:

        assay ledger checkpoint --since SIZE --output request          here; SIZE is what the witness saw last, or 0
        assay ledger witness … request > cosignature                   at the desk
        assay ledger cosign --request request cosignature              here

      The witness must be enrolled: assay enroll witness VKEY. Its time is the floor below which this machine's \
      clock is never believed again.
      """)

  @OptionGroup var state: StateOptions
  @Option(help: .init("The request that was cosigned.", valueName: "FILE")) var request: String
  @Argument(help: .init("What the witness returned: a signature line, or several.", valueName: "COSIGNATURE"))
  var cosignature: String

  func run() throws {
    let bytes = try InputFile.read(request, upTo: WitnessRequest.mostBytes)
    let lines = try InputFile.read(cosignature, upTo: SignedNote.mostBytes)
    let asked = try WitnessRequest(parsing: bytes, named: request)
    let signatures = try SignedNote.signatures(parsing: lines, named: cosignature)
    let whole = try Checkpoint(parsing: asked.checkpoint.note.serialized(adding: signatures), named: cosignature)
    let custodian = try state.running()
    try verifyOurs(whole, custodian)
    let (witness, time) = try verifyWitnessed(whole, custodian)

    let clock = UnixTime(wallClockSeconds())
    let floor = custodian.state.standing.floor?.time
    guard TimeRules.mayRaise(floor, to: time, clock: clock) || floor.map({ time <= $0 }) ?? false else {
      throw Failure(
        .timeInFuture, "cosignature", "\(time) lies far beyond this machine's clock, \(clock), and all earlier evidence"
      )
    }
    let note = whole.note.serialized()
    try custodian.store.objects.keep([note])
    let receipt = try custodian.record(
      [.timeEvidence(TimeEvidence(source: .cosignature, reached: time, evidence: ClaimedDigest(digest(note))))],
      at: clock)
    try Render.write(
      "\(printable(witness)) cosigned \(whole.size) leaves at \(time); recorded in leaf \(receipt.first?.leafIndex ?? 0)"
    )
  }

  /// The checkpoint must be one of this ledger, at a size that it had.
  private func verifyOurs(_ checkpoint: Checkpoint, _ custodian: Custodian) throws {
    let store = custodian.store
    try verifyCheckpoint(checkpoint, storeID: store.storeID, key: store.keys.commit.spki)
    guard try custodian.ledger.root(ofFirst: checkpoint.size) == checkpoint.root else {
      throw Failure(.logCheckpointInvalid, "checkpoint", "this ledger never had this root hash")
    }
  }

  /// Of one enrolled witness at least; every line that claims to be one's must verify.
  private func verifyWitnessed(_ checkpoint: Checkpoint, _ custodian: Custodian) throws -> ([UInt8], UnixTime) {
    var best: (name: [UInt8], time: UnixTime)?
    for (name, object) in custodian.state.standing.objects where name.kind == InstalledTrust.witness {
      guard let content = object.content else { continue }
      let key = try NoteVerifierKey(parsing: content, named: "witness", malformed: .witnessRequestMalformed)
      for signature in checkpoint.note.signatures where signature.name == key.name && signature.keyID == key.keyID {
        let time = try verifyCosignature(signature, by: key, over: checkpoint)
        if best.map({ time > $0.time }) ?? true { best = (key.name, time) }
      }
    }
    guard let best else {
      throw Failure(.witnessCosignatureInvalid, "cosignature", "it is of no witness that is enrolled here")
    }
    return best
  }
}
