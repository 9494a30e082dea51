import Base64
import Cryptography
package import LogEntry
import MerkleTree
package import Octets
package import Reasons
package import SignedNote
package import SigstoreBundle
package import TrustRoot

/// Verifies that entries are in logs that a trust root names: steps 2.1 to 2.5 of docs/verification.md.
///
/// Two generations. Rekor v1 is found by its log ID, promises (signed entry timestamp) and may prove; Rekor v2 is found by
/// the name and key ID in its checkpoint, and only proves (rekor-tiles CLIENTS.md).
package struct LogVerifier: Sendable {
  private let trustRoot: TrustRoot

  package init(trustRoot: TrustRoot) { self.trustRoot = trustRoot }

  /// What a carrier's version requires of a Rekor v1 entry. Whatever else is there is verified too.
  package enum Requirement: Sendable {
    /// v0.1 bundles and cosign's annotations: the signed entry timestamp.
    case promise
    /// From v0.2 on: an inclusion proof with checkpoint.
    case inclusion
  }

  /// - Throws: reasons `log.…`; `log.unknown` and `log.entry-unsupported` are no one's fault.
  package func verify(_ entry: LoggedEntry, requiring requirement: Requirement) throws(Failure) -> VerifiedEntry {
    let body = try LogEntryBody(parsing: entry.body)
    if let stated = entry.stated {
      guard stated.kind == Array(body.kind.utf8), stated.version == Array(body.version.utf8) else {
        throw Failure(.logEntryMismatch, "log entry", "its body is of another kind than stated beside it")
      }
    }
    return try body.isVersion2 ? verifyVersion2(entry, body) : verifyVersion1(entry, body, requirement)
  }

  // MARK: Rekor v1

  private func verifyVersion1(
    _ entry: LoggedEntry, _ body: LogEntryBody, _ requirement: Requirement
  ) throws(Failure) -> VerifiedEntry {
    let candidates = trustRoot.transparencyLogs.filter { $0.logID == entry.logID }
    guard let log = candidates.first else { throw unknown("log ID \(Hex.encode(entry.logID))") { $0 == entry.logID } }
    var integratedTime: UnixTime?
    if let promise = entry.promise {
      integratedTime = try SignedEntryTimestamp.verify(promise, for: entry, by: log)
    } else if requirement == .promise {
      throw Failure(.logPromiseMissing, log.name, "no signed entry timestamp")
    }
    if requirement == .inclusion, entry.proof?.checkpoint == nil {
      throw Failure(.logInclusionProofMissing, log.name, "no inclusion proof with a checkpoint")
    }
    var checkpoint: Checkpoint?
    if let proof = entry.proof {
      checkpoint = try Inclusion.verifyVersion1(proof, of: entry.body, by: log)
    }
    return VerifiedEntry(
      body: body, leafHash: MerkleTree.leafHash(entry.body), log: log, windows: windows(of: log, among: candidates),
      index: entry.logIndex,
      hasPromise: entry.promise != nil, integratedTime: integratedTime, isIncluded: checkpoint != nil,
      checkpoint: checkpoint)
  }

  // MARK: Rekor v2

  private func verifyVersion2(_ entry: LoggedEntry, _ body: LogEntryBody) throws(Failure) -> VerifiedEntry {
    guard let proof = entry.proof, let note = proof.checkpoint else {
      throw Failure(.logInclusionProofMissing, "log entry", "Rekor v2 always proves, and no proof was carried")
    }
    let checkpoint = try LogCheckpoint(parsing: note)
    let candidates = trustRoot.transparencyLogs.filter { checkpoint.namesByC2SP($0) }
    guard let log = candidates.first else {
      // The log ID is no key to a v2 log; it only tells a stripped checkpoint from a stranger's.
      if let stated = trustRoot.transparencyLogs.first(where: { $0.logID == entry.logID }) {
        throw Failure(.logCheckpointInvalid, stated.name, "the checkpoint bears no signature of the log’s")
      }
      throw unknown("checkpoint of “\(checkpoint.shownOrigin)”") { $0 == entry.logID || checkpoint.bears(keyID: $0) }
    }
    try checkpoint.verify(by: log, foundBy: .nameAndKeyID)
    try Inclusion.verifyVersion2(proof, of: entry.body, at: entry.logIndex, in: checkpoint)
    return VerifiedEntry(
      body: body, leafHash: MerkleTree.leafHash(entry.body), log: log, windows: windows(of: log, among: candidates),
      index: entry.logIndex, hasPromise: false,
      integratedTime: nil, isIncluded: true, checkpoint: checkpoint.checkpoint)
  }

  // MARK: Snapshots

  /// An entry that the evidence does not carry, out of a log snapshot: proven up to a checkpoint that the log signed, and
  /// promised where the snapshot has that too.
  /// - Parameter promise: signature, integrated time, log ID and index over all shards.
  package func verify(
    body bytes: [UInt8], _ proof: LogProof,
    promise: (signature: [UInt8], time: UnixTime, logID: [UInt8], logIndex: UInt64)?
  ) throws(Failure) -> VerifiedEntry {
    let body = try LogEntryBody(parsing: bytes)
    let checkpoint = LogCheckpoint(proof.checkpoint)
    let candidates = trustRoot.transparencyLogs.filter {
      body.isVersion2 ? checkpoint.namesByC2SP($0) : checkpoint.bears(keyID: $0.checkpointKeyID)
    }
    guard let log = candidates.first else {
      throw unknown("checkpoint of “\(checkpoint.shownOrigin)”") { checkpoint.bears(keyID: $0) }
    }
    try checkpoint.verify(by: log, foundBy: body.isVersion2 ? .nameAndKeyID : .keyID)
    try verifyInclusion(
      leafHash: leafHash(bytes), index: proof.index, size: checkpoint.size, path: proof.path, root: checkpoint.root)
    if let promise {
      guard promise.logID == log.logID else {
        throw Failure(.logPromiseInvalid, log.name, "a promise of another log")
      }
      let signed = SignedEntryTimestamp.signedBytes(
        encodedBody: Array(Base64.encode(bytes).utf8), at: promise.time, logID: promise.logID,
        logIndex: promise.logIndex)
      try log.verify(promise.signature, over: signed, else: .logPromiseInvalid, "signed entry timestamp")
    }
    return VerifiedEntry(
      body: body, leafHash: MerkleTree.leafHash(bytes), log: log, windows: windows(of: log, among: candidates),
      index: promise?.logIndex ?? proof.index,
      hasPromise: promise != nil, integratedTime: promise?.time, isIncluded: true, snapshotLeaf: leafHash(bytes),
      checkpoint: proof.checkpoint)
  }

  // MARK: Parts

  /// One key may stand in a trust root several times, with a window each.
  private func windows(of log: TrustedLog, among candidates: [TrustedLog]) -> [Validity] {
    candidates.filter { $0.key == log.key }.map(\.validity)
  }

  private func unknown(_ shown: String, _ isMeant: ([UInt8]) -> Bool) -> Failure {
    let unsupported = trustRoot.unsupportedLogs.first { isMeant($0.logID) || isMeant($0.checkpointKeyID) }
    guard let unsupported else { return Failure(.logUnknown, shown, "the trust root names no such log") }
    let kind = printable(unsupported.keyDetails, limit: 60)
    return Failure(.logUnknown, shown, "the trust root names it with a key of the unsupported kind \(kind)")
  }
}

/// An entry that a trusted log vouches for. What it is *about* is bound by `verifyBinding`. Made by `LogVerifier` alone.
package struct VerifiedEntry: Sendable {
  package let body: LogEntryBody
  /// Of the body's bytes.
  package let leafHash: [UInt8]
  package let log: TrustedLog
  /// When the trust root lets the log's key be relied on.
  let windows: [Validity]
  /// Index in the whole log.
  package let index: UInt64
  package let hasPromise: Bool
  /// When the log took the entry in, by a promise that verified.
  package let integratedTime: UnixTime?
  /// Whether an inclusion proof led to a checkpoint that the log signed.
  package let isIncluded: Bool
  /// The leaf's hash, where that proof came out of a log snapshot.
  package var snapshotLeaf: [UInt8]?
  /// The checkpoint that the log signed; nil without a proof.
  package let checkpoint: Checkpoint?
  /// The witnesses that cosigned it, as their policy names them; whoever asks about witnesses puts them in.
  package var witnesses: [[UInt8]] = []

  /// Step 3.5: the log's key was valid when it signed, which is the integrated time; where the log states none, it must
  /// have been at every time that others established.
  /// - Throws: `log.key-outside-validity`.
  package func verifyKeyValidity(at established: [UnixTime]) throws(Failure) {
    let times = integratedTime.map { [$0] } ?? established
    for time in times where !windows.contains(where: { $0.contains(time) }) {
      throw Failure(.logKeyOutsideValidity, log.name, "the key was not valid at \(time)")
    }
  }
}
