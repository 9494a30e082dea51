import Channel
import Findings
import OCIImage
import Octets
import Processes
import ProofRequests
import Readings
import Reasons
import RoleMessages
import SignedNote
import Terminal
import Verification

/// The prover's side: what there is to prove against, evidence, and findings about it.
struct ProverRole {
  private let channel: Channel

  init(_ channel: Channel) { self.channel = channel }

  func run() throws(ChannelError) {
    let request = try channel.receive(.request)
    do {
      // While the reader still reads: keys, certificates and paths are decoded ahead.
      let prover = Prover(try ProofRequest(parsing: request).anchors(consulting: AskedEntries(channel)))
      var objects: [[UInt8]] = []
      while true {
        let (message, content) = try channel.receive()
        switch message {
        case .object: objects.append(content)
        case .evidence: return try prove(EvidenceList(parsing: content, objects: objects).evidence, prover)
        default: throw ChannelError.forbidden("\(message)")
        }
      }
    } catch let failure as Failure {
      try channel.send(.failed, FailureMessage.serialized(failure))
    } catch let error as ChannelError {
      throw error
    } catch {
      OwnProcess.end(1)
    }
  }

  private func prove(_ evidence: [Evidence], _ prover: Prover) throws {
    var findings: [Finding] = []
    var last = monotonicSeconds()
    for (number, piece) in evidence.enumerated() {
      findings += prover.prove(piece)
      guard monotonicSeconds() - last > 1 else { continue }
      last = monotonicSeconds()
      try channel.send(.progress, ProgressMessage(UInt64(number + 1), UInt64(evidence.count)).bytes)
    }
    try channel.send(.findings, FindingsDocument.serialized(findings))
  }
}

/// Log entries that the keeper has, asked for one by one.
private final class AskedEntries: EntrySource {
  private let channel: Channel

  init(_ channel: Channel) { self.channel = channel }

  func entries(leafHash: [UInt8]) -> [SnapshotEntry] { entries(.entriesOfLeaf, leafHash) }

  func entries(signing digest: ClaimedDigest) -> [SnapshotEntry] { entries(.entriesSigning, Array("\(digest)".utf8)) }

  func history(of checkpoint: Checkpoint) -> HistoryCheck {
    answered { () throws in
      try channel.send(.historyOf, checkpoint.note.serialized())
      return try EntryAnswer.history(parsing: channel.receive(.history))
    }
  }

  private func entries(_ message: Message, _ content: [UInt8]) -> [SnapshotEntry] {
    answered { () throws in
      try channel.send(message, content)
      return try EntryAnswer.entries(parsing: channel.receive(.givenEntries))
    }
  }

  /// Without its keeper a prover has nothing left to do.
  private func answered<Answer>(_ ask: () throws -> Answer) -> Answer {
    do { return try ask() } catch { OwnProcess.end(1) }
  }
}
