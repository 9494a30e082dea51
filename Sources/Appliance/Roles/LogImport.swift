import Cryptography
package import Files
package import LedgerLeaf
package import LogHistory
import LogSnapshot
import LogStore
import Octets
import Reasons
import SnapshotReader
package import Store
import TrustRoot
import TrustStore

/// The log snapshots of a trust bundle: each log's history continued from the state that was accepted last, or the whole
/// bundle refused. What verified lies in the log store already, where it is worth nothing before the ledger has the log's
/// newest checkpoint; `finish` makes it last.
package struct LogImport {
  /// The logs, as their newest checkpoints have them.
  package let logs: [VerifiedLog]
  private var intakes: [LogIntake] = []
  private let custodian: Custodian
  /// As it will be in force.
  private let policy: TLogPolicy?

  /// - Parameters:
  ///   - proposal: all of the bundle but its logs, verified.
  ///   - isKept: false only looks.
  /// - Throws: `log-snapshot.…`, `log.…`, `archive.…`; `LogFork`; `FileError` where the disk is full.
  package init(
    _ proposal: TrustImport, from bundle: TrustBundle, into custodian: Custodian, keeping isKept: Bool
  ) throws {
    self.custodian = custodian
    try SnapshotSpool.clear(custodian.store.directory)
    guard !proposal.snapshots.isEmpty else {
      (logs, policy) = ([], nil)
      return
    }
    let standing = custodian.state.standing
    // What the same bundle brings counts: it comes into force in the same moment.
    let roots = try proposal.contents(of: InstalledTrust.trustRoot, after: standing, custodian.bytes(of:)).map {
      try TrustRoot(parsing: $0.bytes, named: printable($0.name))
    }
    policy = try proposal.contents(of: InstalledTrust.witnessPolicy, after: standing, custodian.bytes(of:)).first
      .map { try TLogPolicy(parsing: $0.bytes, named: printable($0.name)) }
    let verifier = try SnapshotVerifier(trustRoots: roots, policy: policy)
    let store = LogStore(in: custodian.store.directory)
    var logs: [VerifiedLog] = []
    for (name, spool) in try SnapshotSpool.fill(proposal.snapshots, of: bundle, in: custodian.store.directory) {
      let tar = try SnapshotTar(OpenFile(path: spool.path), named: name)
      for log in try verifier.open(tar.listing, in: tar) {
        guard !logs.contains(where: { $0.origin == log.origin }) else {
          throw Failure(.logSnapshotMalformed, name, "another snapshot of the bundle has this log")
        }
        let intake = isKept ? try store.intake(of: log.origin) : nil
        logs.append(
          try log.verify(
            after: try custodian.acceptedLog(log.origin), in: tar, beside: store.hashes(of: log.origin),
            into: intake ?? Nothing()))
        if let intake { intakes.append(intake) }
      }
    }
    self.logs = logs
  }

  /// The checkpoints, and what they continue.
  package func changes() throws -> [TrustImport.Change] {
    try logs.flatMap { log in
      try [
        isNews(log) ? custodian.change(InstalledTrust.log, log.origin, to: log.note) : nil,
        custodian.change(InstalledTrust.logHeads, log.origin, to: LogHeads.serialized(log.heads)),
      ].compactMap { $0 }
    }
  }

  /// Whether a checkpoint says more than the accepted one. The same state under another note is as old as it was: taken in
  /// once more, it would look as if the log had been there today. More witnesses are news, with times of their own.
  private func isNews(_ log: VerifiedLog) throws -> Bool {
    guard let accepted = try custodian.acceptedLog(log.origin), accepted.head == log.checkpoint.head else {
      return true
    }
    let known = policy.flatMap { try? accepted.checkpoint.cosignatures(under: $0, named: "checkpoint") } ?? []
    return log.witnessed.count > known.count
  }

  /// The latest time that a quorum of the policy's witnesses put under one of the checkpoints, and the note that shows it.
  package var reached: (evidence: TimeEvidence, note: [UInt8])? {
    let all = logs.compactMap { log in policy?.reached(log.witnessed).map { (time: $0, note: log.note) } }
    guard let latest = all.max(by: { $0.time < $1.time }) else { return nil }
    let evidence = TimeEvidence(
      source: .cosignature, reached: latest.time, evidence: ClaimedDigest(digest(latest.note)))
    return (evidence, latest.note)
  }

  /// What the ledger says next may rest on it.
  package func finish() throws(FileError) { for intake in intakes { try intake.finish() } }
}

extension TrustImport {
  /// The proof that a log signed two histories, to be recorded by itself: nothing else of the bundle is.
  /// - Returns: nil where such a proof is there already, which nothing replaces; and where the notes are not signed by keys
  ///   that were installed before: whoever brings a log's key with the bundle could accuse the log of anything.
  package static func evidence(of fork: LogFork, in custodian: Custodian) throws -> Change? {
    let name = Standing.ObjectName(kind: InstalledTrust.logFork, name: fork.evidenceName)
    guard custodian.state.standing.objects[name] == nil else { return nil }
    let accepted = try AcceptedLogs(custodian)
    // A state without its note is one that the ledger has.
    for note in [fork.earlierNote, fork.laterNote].compactMap({ $0 }) {
      guard (try? accepted.verify(note, named: "checkpoint")) != nil else { return nil }
    }
    return try custodian.change(InstalledTrust.logFork, fork.evidenceName, to: fork.evidence)
  }
}

extension Custodian {
  /// The state of a log that the ledger has; nil where none was accepted.
  package func acceptedLog(_ origin: [UInt8]) throws -> AcceptedLog? {
    let objects = state.standing.objects
    guard let note = objects[.init(kind: InstalledTrust.log, name: origin)] else { return nil }
    let heads = try objects[.init(kind: InstalledTrust.logHeads, name: origin)].map { try bytes(of: $0) } ?? []
    return try AcceptedLog(note: try bytes(of: note), heads: heads, named: printable(origin, limit: 100))
  }

  /// What it takes for an object to say this; nil where it does.
  fileprivate func change(_ kind: [UInt8], _ name: [UInt8], to content: [UInt8]) throws -> TrustImport.Change? {
    let name = Standing.ObjectName(kind: kind, name: name)
    let present = state.standing.objects[name]
    // A log that is new continues nothing.
    if content.isEmpty, present == nil { return nil }
    guard present?.digest != ClaimedDigest(digest(content)) else { return nil }
    return TrustImport.Change(
      present == nil ? .add : .replace, name, content: content, before: try present.map { try bytes(of: $0) })
  }
}

/// Takes what verified nowhere: somebody only looks.
private final class Nothing: SnapshotSink {
  func keep(level: Int, number: UInt64, hashes: [UInt8]) {}
  func keep(_ entry: ProvenEntry) {}
}
