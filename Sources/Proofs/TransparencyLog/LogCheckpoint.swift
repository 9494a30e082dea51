import Octets
import Reasons
package import SignedNote
package import TrustRoot

/// How a signature line is known to be a log's.
package enum CheckpointLookup: Sendable {
  /// C2SP signed-note: the key's name and ID. Rekor v2.
  case nameAndKeyID
  /// Rekor v1 names its notes as it is configured to, not always by its host: the ID alone, which is of the key. The
  /// name must still be the tree's: an origin `NAME - TREE-ID` is signed as `NAME`.
  case keyID
}

extension TrustedLog {
  /// Whether a line says that it is this log's signature, over a tree of this origin.
  package func isNamed(
    by line: SignedNote.Signature, over origin: [UInt8], foundBy lookup: CheckpointLookup
  ) -> Bool {
    guard line.keyID == checkpointKeyID else { return false }
    switch lookup {
    case .nameAndKeyID: return checkpointNames.contains(line.name)
    case .keyID: return origin.starts(with: line.name + Array(" - ".utf8))
    }
  }
}

/// A log's signed tree head (C2SP tlog-checkpoint), before and after the log's signature was found on it.
struct LogCheckpoint {
  private let checkpoint: Checkpoint

  init(parsing note: [UInt8]) throws(Failure) { checkpoint = try Checkpoint(parsing: note) }

  var size: UInt64 { checkpoint.size }
  var root: [UInt8] { checkpoint.root }
  var shownOrigin: String { printable(checkpoint.origin, limit: 100) }

  func bears(keyID: [UInt8]) -> Bool { checkpoint.note.signatures.contains { $0.keyID == keyID } }

  /// Whether a signature line is by this log's key, found as C2SP has it, and the tree is this log's own.
  func namesByC2SP(_ log: TrustedLog) -> Bool {
    let names = log.checkpointNames
    return names.contains(checkpoint.origin)
      && checkpoint.note.signatures.contains { $0.keyID == log.checkpointKeyID && names.contains($0.name) }
  }

  /// Step 2.4. A line by this log that does not verify refuses the note (C2SP signed-note); lines by strangers are nothing.
  /// - Throws: `log.checkpoint-invalid`.
  func verify(by log: TrustedLog, foundBy lookup: CheckpointLookup) throws(Failure) {
    var isSigned = false
    for line in checkpoint.note.signatures
    where log.isNamed(by: line, over: checkpoint.origin, foundBy: lookup) {
      try log.verify(line.bytes, over: checkpoint.note.text, else: .logCheckpointInvalid, "checkpoint")
      isSigned = true
    }
    guard isSigned else {
      throw Failure(.logCheckpointInvalid, log.name, "the checkpoint bears no signature of the log’s")
    }
  }
}
