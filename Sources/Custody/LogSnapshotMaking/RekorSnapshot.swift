import Octets
import Reasons
import RekorAnswer
package import TrustRoot

/// A snapshot of Rekor v1's entries, from answers of its API that were saved as files. Each shard is a log of its own.
package struct RekorSnapshot: Sendable {
  /// Answers of `GET /api/v1/log/entries`.
  package var entries: [String] = []
  /// Notes, or answers of `GET /api/v1/log`.
  package var checkpoints: [String] = []
  /// Notes that earlier snapshots had.
  package var previous: [String] = []
  /// Answers of `GET /api/v1/log/proof`: `OLD-NEW=FILE`, or a file whose name begins so.
  package var consistency: [String] = []
  /// Signatures are verified where it is there.
  package var trustRoot: TrustRoot?
  /// The log's address, where its checkpoints do not name it.
  package var url: String?

  package init() {}

  /// Checks everything, and writes it only then:
  ///
  /// 1. signatures of checkpoints and promises, where there is a trust root;
  /// 2. each entry's proof, to the checkpoint that came with it;
  /// 3. each consistency proof, and that a chain of them joins every checkpoint with the newest of its tree.
  /// - Parameter out: a name that ends with `.tar`, and is free.
  package func write(to out: String) throws(SnapshotError) -> MadeSnapshot {
    var logs: [[UInt8]: RekorLog] = [:]
    try readEntries(into: &logs)
    try readHeads(into: &logs)
    guard !logs.isEmpty else { throw .mistake("Neither entries nor checkpoints are given.") }
    try readProofs(into: &logs)
    let ordered = logs.values.sorted { $0.history.origin.lexicographicallyPrecedes($1.history.origin) }
    try verifyJoined(ordered)

    let writer = try SnapshotWriter(out)
    for log in ordered { try log.write(to: writer) }
    try writer.finish()
    let made = ordered.map { log in
      MadeSnapshot.Log(
        origin: log.history.origin, size: log.history.newest?.size ?? 0, earlier: log.history.earlier,
        entries: log.entries.count, tiles: 0)
    }
    return MadeSnapshot(
      logs: made, files: writer.files, bytes: writer.bytes, signaturesVerified: trustRoot != nil)
  }

  private func readEntries(into logs: inout [[UInt8]: RekorLog]) throws(SnapshotError) {
    let signatures = LogSignatures(trustRoot)
    for path in entries {
      let bytes = try InputFiles.read(path, upTo: RekorEntry.byteLimit)
      for entry in try checked({ () throws(Failure) in try RekorEntry.read(bytes, named: path) }) {
        try checked { () throws(Failure) in
          let source = "\(entry.subject): verification.inclusionProof.checkpoint"
          let head = try CarriedCheckpoint(entry.proof.checkpoint, from: source)
          try signatures.verify(head)
          try signatures.verifyPromise(of: entry, under: head)
          var log = try Self.log(of: head, among: &logs)
          try log.add(entry, under: head)
          logs[head.origin] = log
        }
      }
    }
  }

  private func readHeads(into logs: inout [[UInt8]: RekorLog]) throws(SnapshotError) {
    let signatures = LogSignatures(trustRoot)
    for path in previous + checkpoints {
      var heads = try CarriedCheckpoint.read(path)
      // Of a whole log's state, the heads of the trees that are wanted; all of them where only that was given.
      if heads.count > 1, !logs.isEmpty { heads.removeAll { logs[$0.origin] == nil } }
      for head in heads {
        try checked { () throws(Failure) in
          try signatures.verify(head)
          var log = try Self.log(of: head, among: &logs)
          try log.history.add(head)
          logs[head.origin] = log
        }
      }
    }
  }

  /// Takes a log out, so that it is changed in its place and not copied with all its entries each time.
  private static func log(
    of head: CarriedCheckpoint, among logs: inout [[UInt8]: RekorLog]
  ) throws(Failure) -> RekorLog {
    guard let log = logs.removeValue(forKey: head.origin) else { return try RekorLog(head) }
    return log
  }

  private func readProofs(into logs: inout [[UInt8]: RekorLog]) throws(SnapshotError) {
    for argument in consistency {
      let (old, new, path) = try Self.parts(argument)
      let bytes = try InputFiles.read(path, upTo: RekorConsistency.byteLimit)
      try checked { () throws(Failure) in
        let link = CarriedHistory.Link(old: old, new: new, path: try RekorConsistency.read(bytes, named: path))
        var isUsed = false
        for origin in logs.keys where try logs[origin]?.history.join(link, named: path) == true { isUsed = true }
        guard isUsed else {
          throw Failure(
            .rekorAnswerMismatch, path,
            "it leads from \(old) entries to \(new), and no two checkpoints of these sizes are given")
        }
      }
    }
  }

  /// `OLD-NEW=FILE`; or a file alone whose name begins `OLD-NEW`.
  static func parts(_ argument: String) throws(SnapshotError) -> (old: UInt64, new: UInt64, path: String) {
    let mark = argument.firstIndex(of: "=")
    let path = mark.map { String(argument[argument.index(after: $0)...]) } ?? argument
    let sizes = mark.map { argument[..<$0] } ?? argument[(argument.lastIndex(of: "/") ?? argument.startIndex)...]
    let numbers = sizes.drop { $0 == "/" }.prefix { $0 == "-" || ("0"..."9").contains($0) }.split(separator: "-")
    guard numbers.count == 2, let old = UInt64(numbers[0]), let new = UInt64(numbers[1]), old < new else {
      throw .mistake(
        "--consistency \(argument): OLD-NEW=FILE is wanted, or a file’s name that begins with OLD-NEW, numbers of entries."
      )
    }
    return (old, new, path)
  }

  private func verifyJoined(_ logs: [RekorLog]) throws(SnapshotError) {
    var sentences: [String] = []
    var commands: [String] = []
    for log in logs {
      let lines = FetchLines(url: url, origin: log.name)
      for (old, new) in log.history.unjoined() {
        let source = log.history.heads[old]?.source ?? ""
        sentences.append(
          "No proof joins \(old) entries with \(new) of tree \(log.treeID). The first are those of \(printable(source))."
        )
        commands.append(lines.consistency(old, new, treeID: log.treeID))
      }
    }
    guard commands.isEmpty else { throw .wanted(SnapshotError.Wanted(sentences: sentences, commands: commands)) }
  }
}
