import LogSnapshot
import Octets
package import Reasons
import SignedNote

/// A fork as the ledger keeps it, so that anybody with the log's key can check it:
///
///     name      ORIGIN EARLIER-SIZE LATER-SIZE
///     content   the earlier note, or "SIZE BASE64" where only that was known · an empty line · the later note
///               an empty line · the path between them, a hash in hexadecimal a line
extension LogFork {
  package var evidenceName: [UInt8] { origin + Array(" \(earlier.size) \(later.size)".utf8) }

  package var evidence: [UInt8] {
    (earlierNote ?? LogHeads.serialized([earlier])) + [0x0a] + laterNote + [0x0a]
      + path.flatMap { Array("\(Hex.encode($0))\n".utf8) }
  }

  /// Origin and sizes, out of a name.
  package static func named(_ name: [UInt8]) -> (origin: [UInt8], earlier: UInt64, later: UInt64)? {
    let parts = name.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count >= 3, let later = Checkpoint.decimal(parts[parts.count - 1]),
      let earlier = Checkpoint.decimal(parts[parts.count - 2])
    else { return nil }
    return (Array(parts.dropLast(2).joined(separator: [0x20])), earlier, later)
  }

  /// - Throws: `log-snapshot.malformed`, `log.checkpoint-malformed`.
  package init(evidence: [UInt8], named name: [UInt8]) throws(Failure) {
    let subject = printable(name, limit: 120)
    func malformed(_ detail: String) -> Failure { Failure(.logSnapshotMalformed, subject, detail) }
    // A note is two parts with an empty line between them, and neither holds another one.
    var parts: [ArraySlice<UInt8>] = []
    var start = 0
    for end in evidence.indices.dropFirst() where evidence[end] == 0x0a && evidence[end - 1] == 0x0a && end > start {
      parts.append(evidence[start..<end])
      start = end + 1
    }
    let path = evidence[start...]
    guard parts.count == 3 || parts.count == 4 else { throw malformed("two states of a log are wanted") }
    func note(_ first: Int) -> [UInt8] { parts[first] + [0x0a] + parts[first + 1] }
    let earlierNote = parts.count == 4 ? note(0) : nil
    let laterNote = note(parts.count - 2)
    let earlier: LogHead
    if let earlierNote {
      earlier = try Checkpoint(parsing: earlierNote, named: subject).head
    } else {
      guard let head = try LogHeads.parse(Array(parts[0]), named: subject).first else { throw malformed("no state") }
      earlier = head
    }
    let later = try Checkpoint(parsing: laterNote, named: subject)
    var hashes: [[UInt8]] = []
    for line in path.split(separator: 0x0a) {
      guard let hash = Hex.decode(Array(line)) else { throw malformed("a line that is no hash") }
      hashes.append(hash)
    }
    self.init(
      origin: later.origin, earlier: earlier, earlierNote: earlierNote, later: later.head, laterNote: laterNote,
      path: hashes)
  }
}
