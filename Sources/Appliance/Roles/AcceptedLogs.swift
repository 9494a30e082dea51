package import LogHistory
import LogSnapshot
package import LogStore
package import Octets
package import Reasons
import SignedNote
package import Store
import TrustRoot
import TrustStore

/// What the history has of transparency logs: their newest accepted states with what was kept of them, and every fork.
package struct AcceptedLogs: Sendable {
  package struct Log: Sendable {
    package let origin: [UInt8]
    /// The leaf that accepted the newest state.
    package let leaf: UInt64
    /// What the machine's clock claimed then.
    package let claimed: UnixTime
    package let kept: KeptLog
    /// Who stands behind the newest state by what is installed now, or why nobody does.
    package let note: Result<AcceptedNote, Failure>

    /// When the log took an entry in; nil where nothing is carried that says so.
    /// - Throws: `log.promise-invalid`; why nobody stands behind the log.
    package func integratedTime(of leaf: KeptLeaf) throws(Failure) -> UnixTime? {
      guard let promise = leaf.promise else { return nil }
      return try note.get().integratedTime(promise, of: leaf.body)
    }
  }

  /// That a log signed two histories. Once recorded it is never gone, whatever becomes of the evidence on the disk.
  package struct Fork: Sendable {
    package let origin: [UInt8]
    /// Under which the history has it.
    package let name: [UInt8]
    /// The leaf that keeps the evidence, and what the machine's clock claimed then.
    package let leaf: UInt64
    package let claimed: UnixTime
    /// Both notes; nil where they are gone from the disk, or damaged.
    package let proof: LogFork?

    fileprivate init(_ name: [UInt8], _ object: Standing.Object, _ custodian: Custodian) {
      self.name = name
      leaf = object.leaf
      claimed = object.claimed
      origin = LogFork.named(name)?.origin ?? name
      proof = (try? custodian.bytes(of: object)).flatMap { try? LogFork(evidence: $0, named: name) }
    }
  }

  /// By origin.
  package let logs: [Log]
  package let forks: [Fork]
  /// Whether a witness policy is installed.
  package let hasPolicy: Bool
  private let verifier: SnapshotVerifier

  /// - Throws: where an object of the store is gone or damaged.
  package init(_ custodian: Custodian) throws {
    let standing = custodian.state.standing
    let roots = try standing.objects(of: InstalledTrust.trustRoot).map {
      try TrustRoot(parsing: try custodian.bytes(of: $0.object), named: printable($0.name))
    }
    let policy = try standing.objects(of: InstalledTrust.witnessPolicy).first.map {
      try TLogPolicy(parsing: try custodian.bytes(of: $0.object), named: printable($0.name))
    }
    let verifier = try SnapshotVerifier(trustRoots: roots, policy: policy)
    let store = LogStore(in: custodian.store.directory)
    var logs: [Log] = []
    for (origin, object) in standing.objects(of: InstalledTrust.log) {
      guard let accepted = try custodian.acceptedLog(origin) else { continue }
      let note = Result { () throws(Failure) in
        try verifier.verify(accepted.checkpoint, named: printable(origin, limit: 100))
      }
      logs.append(
        Log(origin: origin, leaf: object.leaf, claimed: object.claimed, kept: store.log(accepted), note: note))
    }
    self.logs = logs
    self.verifier = verifier
    hasPolicy = policy != nil
    forks = Self.forks(custodian)
  }

  /// Every fork that was recorded; no damage of the disk hides one.
  package static func forks(_ custodian: Custodian) -> [Fork] {
    custodian.state.standing.objects(of: InstalledTrust.logFork).map { Fork($0.name, $0.object, custodian) }
  }

  /// That an earlier state's note, which lay on the disk, is the log's.
  /// - Throws: `log.…`
  package func verify(_ note: [UInt8], named subject: String) throws(Failure) {
    _ = try verifier.verify(Checkpoint(parsing: note, named: subject), named: subject)
  }
}
