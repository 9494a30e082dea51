import Base64
package import Reasons
import SignedNote

/// A size of a log and the root hash that it had then.
package struct LogHead: Hashable, Sendable {
  package let size: UInt64
  package let root: [UInt8]

  package init(size: UInt64, root: [UInt8]) {
    self.size = size
    self.root = root
  }
}

/// The earlier states of a log that were accepted, as the ledger keeps them: a line `<size> <base64 root>` each, by size.
package enum LogHeads {
  /// Beyond them the smallest are forgotten: a log that never ends must not come to a last snapshot. What only they prove
  /// is no longer found.
  package static let most = 65_536

  package static func serialized(_ heads: [LogHead]) -> [UInt8] {
    heads.sorted { $0.size < $1.size }.flatMap { Array("\($0.size) \(Base64.encode($0.root))\n".utf8) }
  }

  /// - Throws: `log-snapshot.malformed`.
  package static func parse(_ bytes: [UInt8], named subject: String) throws(Failure) -> [LogHead] {
    func malformed(_ line: Int) -> Failure {
      Failure(.logSnapshotMalformed, subject, "line \(line): SIZE BASE64 by size is wanted, at most \(most) times")
    }
    var heads: [LogHead] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: 0x0a), let space = rest[..<end].firstIndex(of: 0x20),
        let size = Checkpoint.decimal(rest[..<space]), let root = Base64.decode(Array(rest[(space + 1)..<end])),
        root.count == 32, heads.last.map({ $0.size < size }) ?? true, heads.count < most
      else { throw malformed(heads.count + 1) }
      heads.append(LogHead(size: size, root: root))
      rest = rest[(end + 1)...]
    }
    return heads
  }
}
