package import LogSnapshot
import Octets
package import Reasons
import SignedNote
package import TrustRoot

/// Verifies log snapshots under what is installed: the keys of trust roots, and a witness policy with its logs' keys.
/// Nothing that a snapshot says of keys counts.
package struct SnapshotVerifier: Sendable {
  /// Earlier checkpoints of one log, and their bytes together.
  static let mostCheckpoints = 4096
  static let mostCheckpointBytes = 32 << 20

  let known: [KnownLog]
  let policy: TLogPolicy?

  /// - Throws: `witness-policy.malformed` for a key of the policy that does not decode.
  package init(trustRoots: [TrustRoot], policy: TLogPolicy?) throws(Failure) {
    var known = trustRoots.flatMap { $0.transparencyLogs }.map { KnownLog($0) }
    for key in policy?.logs ?? [] { known.append(try KnownLog(key)) }
    self.known = known
    self.policy = policy
  }

  /// Steps 1 and 2 for every log of the snapshot: descriptions, checkpoints, signatures, witnesses.
  /// - Throws: `log-snapshot.malformed`, `log-snapshot.quorum-not-met`, `log.checkpoint-…`, `log.unknown`,
  ///   `witness.cosignature-invalid`, a reason of JSON's or of the medium's.
  package func open(_ listing: SnapshotListing, in files: any SnapshotFiles) throws(Failure) -> [SignedLog] {
    var logs: [SignedLog] = []
    for folder in listing.folders {
      let log = try open(folder, files)
      guard !logs.contains(where: { $0.origin == log.origin }) else {
        throw Failure(.logSnapshotMalformed, log.subject, "the log is in it twice")
      }
      logs.append(log)
    }
    return logs
  }

  private func open(_ folder: LogFolder, _ files: any SnapshotFiles) throws(Failure) -> SignedLog {
    let name = printable(folder.name, limit: 100)
    let description = try LogDescription(
      parsing: files.read(.description, folder.description, of: folder), named: "\(name)/log.json")
    func checkpoint(_ path: SnapshotPath, _ file: LogFolder.File) throws(Failure) -> (Checkpoint, [KnownLog]) {
      let subject = "\(name)/\(path.text)"
      let checkpoint = try Checkpoint(parsing: files.read(path, file, of: folder), named: subject)
      guard checkpoint.origin == description.origin else {
        throw Failure(.logSnapshotMalformed, subject, "its origin is not the one in log.json")
      }
      return (checkpoint, try checkpoint.signers(among: known, named: subject))
    }
    let (newest, signers) = try checkpoint(.checkpoint, folder.checkpoint)
    let witnessed = try policy?.cosigners(of: newest, named: "\(name)/checkpoint") ?? []
    let quorum =
      try policy?.verifyQuorum(
        witnessed, of: newest.origin, signedBy: signers, named: "\(name)/checkpoint") ?? .notAsked

    let earlier = folder.earlierCheckpoints
    guard earlier.count <= Self.mostCheckpoints,
      earlier.reduce(0, { $0 + $1.file.size }) <= Self.mostCheckpointBytes
    else {
      throw Failure(
        .logSnapshotMalformed, name,
        "more than \(Self.mostCheckpoints) checkpoints, or \(Self.mostCheckpointBytes) bytes of them")
    }
    var carried: [Checkpoint] = []
    for file in earlier {
      let path = SnapshotPath.earlierCheckpoint(size: file.number)
      let (next, others) = try checkpoint(path, file.file)
      guard KnownLog.areOne(signers, others, of: newest.origin) else {
        throw Failure(
          .logCheckpointInvalid, "\(name)/\(path.text)", "the key of another log than the newest checkpoint’s signed it"
        )
      }
      guard next.size == file.number, next.size <= newest.size else {
        throw Failure(
          .logSnapshotMalformed, "\(name)/\(path.text)", "its size is \(next.size), the newest one's \(newest.size)")
      }
      carried.append(next)
    }
    return SignedLog(
      folder: folder, description: description, newest: newest, carried: carried, known: known, signers: signers,
      witnessed: witnessed, quorum: quorum)
  }
}

extension TLogPolicy {
  fileprivate func cosigners(of checkpoint: Checkpoint, named subject: String) throws(Failure) -> [Witnessed] {
    try checkpoint.cosignatures(under: self, named: subject)
  }
}

extension SnapshotFiles {
  func read(_ path: SnapshotPath, _ file: LogFolder.File, of folder: LogFolder) throws(Failure) -> [UInt8] {
    try contents(of: path, in: folder.name, at: file.position, size: file.size)
  }

  func read(_ path: SnapshotPath, _ tile: LogFolder.Tile, of folder: LogFolder) throws(Failure) -> [UInt8] {
    try contents(of: path, in: folder.name, at: tile.position, size: Int(tile.size))
  }
}
