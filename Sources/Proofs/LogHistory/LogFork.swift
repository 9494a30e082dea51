package import LogSnapshot
import Octets
package import Reasons
package import SignedNote

/// That a log signed two states of which neither continues the other. Whoever has the log's key can check it from the two
/// notes, and the path where there is one.
package struct LogFork: Error, Sendable {
  package let origin: [UInt8]
  /// The smaller state, or the one that was accepted first.
  package let earlier: LogHead
  /// Its signed note; nil where only its size and root hash are still known.
  package let earlierNote: [UInt8]?
  package let later: LogHead
  package let laterNote: [UInt8]
  /// Where the sizes differ: a path (RFC 6962 §2.1.2) that leads to the later root hash and to another one than `earlier`.
  /// Empty where the sizes are equal.
  package let path: [[UInt8]]

  /// `log.fork`, for people and reports.
  package var failure: Failure {
    let detail =
      earlier.size == later.size
      ? "two root hashes at size \(later.size)"
      : "the tree of \(later.size) leaves does not begin with the signed one of \(earlier.size)"
    return Failure(.logFork, "“\(printable(origin, limit: 100))”", detail)
  }
}

/// The state of a log that was accepted last, and those before it, as the ledger has them.
package struct AcceptedLog: Sendable {
  package let checkpoint: Checkpoint
  /// Earlier states that it continues, by size.
  package let heads: [LogHead]

  package init(checkpoint: Checkpoint, heads: [LogHead]) {
    self.checkpoint = checkpoint
    self.heads = heads
  }

  /// - Parameters:
  ///   - note: as `VerifiedLog.note` had it.
  ///   - heads: `LogHeads.serialized` of `VerifiedLog.heads`; empty where there were none.
  /// - Throws: `log.checkpoint-malformed`, `log-snapshot.malformed`.
  package init(note: [UInt8], heads: [UInt8], named subject: String) throws(Failure) {
    checkpoint = try Checkpoint(parsing: note, named: subject)
    self.heads = try LogHeads.parse(heads, named: "\(subject): heads")
  }

  package var head: LogHead { checkpoint.head }
}

extension Checkpoint {
  package var head: LogHead { LogHead(size: size, root: root) }
}
