import Channel
package import Findings
package import OCIImage
import Octets
package import ProofRequests
import Readings
import Reasons
import RoleMessages
import SignedNote
package import Verification

/// A prover in a process of its own.
package final class ConfinedProver {
  private let process: RoleProcess
  private let crew: Crew
  private let request: ProofRequest
  private let entries: (any EntrySource)?

  /// Asks ahead: the prover decodes keys and roots while the reader still reads.
  /// - Parameter entries: what it may ask for; nil where the request lets it ask for none.
  package init(_ request: ProofRequest, entries: (any EntrySource)?, about subject: String, of crew: Crew) throws {
    process = try crew.prover(about: subject)
    self.crew = crew
    self.request = request
    self.entries = entries
    try process.send(.request, request.serialized())
    if crew.keepsProverAhead { try crew.expectProver() }
  }

  /// Once.
  /// - Throws: `Failure`: `prover.…` and `findings.malformed` for what a prover in foreign hands may do.
  package func prove(_ evidence: [Evidence]) throws -> [Finding] {
    defer { process.end() }
    let list = EvidenceList(evidence)
    // Before anything is sent: what is more than a prover takes is the archive's trouble, and not the channel's.
    let document = try list.document()
    for object in list.objects { try process.send(.object, object) }
    try process.send(.evidence, document)
    while true {
      let (message, content) = try process.receive()
      crew.note(process)
      switch message {
      case .progress: break
      case .entriesOfLeaf:
        guard content.count == 32 else { throw process.failure(.forbidden("a leaf hash of \(content.count) bytes")) }
        try process.send(.givenEntries, EntryAnswer.serialized(entries?.entries(leafHash: content) ?? []))
      case .entriesSigning:
        let digest = try ClaimedDigest(content, in: "findings", malformed: .findingsMalformed)
        try process.send(.givenEntries, EntryAnswer.serialized(entries?.entries(signing: digest) ?? []))
      case .historyOf:
        let checkpoint = try Checkpoint(parsing: content, named: "findings")
        try process.send(.history, EntryAnswer.serialized(entries?.history(of: checkpoint) ?? .unknown))
      case .findings: return try answering(FindingsDocument.findings(parsing: content), evidence)
      case .failed: throw try FailureMessage.failure(content, malformed: .findingsMalformed)
      default: throw process.failure(.forbidden("“\(message)” where findings are wanted"))
      }
    }
  }

  /// Findings answer to evidence that was sent, in its order, and to an anchor that was named: others are not believed. Nor are
  /// times to come, which no prover establishes and which would raise the floor of all times.
  /// - Throws: `findings.malformed`.
  private func answering(_ findings: [Finding], _ evidence: [Evidence]) throws(Failure) -> [Finding] {
    func malformed(_ words: String) -> Failure { Failure(.findingsMalformed, process.subject, words) }
    let times = findings.compactMap { try? $0.outcome.get().times }.joined()
    guard times.allSatisfy({ $0.time <= request.now }) else { throw malformed("a time to come") }
    let anchors = request.anchorNames
    var (rest, pieces) = (findings[...], evidence[...])
    while let piece = pieces.first {
      // cosign's signatures over one payload differ in annotations alone, which findings do not name: under one anchor
      // nothing tells theirs apart, and each has one at least.
      let alike = anchors.count == 1 ? pieces.prefix { $0.isNamed(as: piece) }.count : 1
      for anchor in anchors {
        let own = rest.prefix {
          $0.evidence == piece.digest && $0.carrier == piece.carrier.description && $0.attachedTo == piece.attachedTo
            && $0.anchor == anchor
        }
        guard own.count >= alike else { throw malformed("evidence without a finding: \(piece.carrier)") }
        rest = rest.dropFirst(own.count)
      }
      pieces = pieces.dropFirst(alike)
    }
    guard rest.isEmpty else { throw malformed("a finding about nothing that was sent") }
    return findings
  }
}

extension Evidence {
  /// Whether findings name both alike.
  fileprivate func isNamed(as other: Evidence) -> Bool {
    digest == other.digest && carrier.description == other.carrier.description && attachedTo == other.attachedTo
  }
}
