import LogHistory
import LogSnapshot
package import LogStore
package import Policy
import Reasons

/// Goes through all entries of a log that are carried, for those that one signer made. Memory does not grow with the log.
package struct LogWatch {
  private let rule: SignerRule

  package init(for rule: SignerRule) { self.rule = rule }

  /// An entry that the signer made, by the entry's own word.
  package struct Sighting: Sendable {
    package let leaf: KeptLeaf
    package let words: EntryWords
  }

  /// What of the log was looked at, and so what the absence of a sighting says.
  package struct Coverage: Sendable {
    /// Of the newest accepted state.
    package let size: UInt64
    /// Every entry of these was proven and read, in order, and none touches the next.
    package fileprivate(set) var whole: [Range<UInt64>] = []
    /// There were more; they are not listed.
    package fileprivate(set) var isCut = false
    /// Proven entries.
    package fileprivate(set) var entries: UInt64 = 0
    /// Proven entries of a kind, or with a certificate, that Assay does not read; they are in no range.
    package fileprivate(set) var unread: UInt64 = 0
    /// The first of them.
    package fileprivate(set) var firstUnread: [UInt64] = []
    /// Records that could not be proven: the disk was edited, or what would prove them was not kept.
    package fileprivate(set) var unproven = 0

    private static let mostRanges = 65_536
    private static let mostUnread = 16

    fileprivate init(size: UInt64) { self.size = size }

    fileprivate mutating func cover(_ index: UInt64) {
      if let last = whole.last, last.upperBound == index {
        whole[whole.count - 1] = last.lowerBound..<index + 1
      } else if whole.count < Self.mostRanges {
        whole.append(index..<index + 1)
      } else {
        isCut = true
      }
    }

    fileprivate mutating func passOver(_ index: UInt64) {
      unread += 1
      if firstUnread.count < Self.mostUnread { firstUnread.append(index) }
    }

    /// What was not looked at, in order.
    package var gaps: [Range<UInt64>] {
      var gaps: [Range<UInt64>] = []
      var next: UInt64 = 0
      for range in whole {
        if range.lowerBound > next { gaps.append(next..<range.lowerBound) }
        next = range.upperBound
      }
      if next < size { gaps.append(next..<size) }
      return gaps
    }
  }

  package func run(over log: KeptLog, _ visit: (Sighting) throws -> Void) rethrows -> Coverage {
    let size = log.accepted.head.size
    var coverage = Coverage(size: size)
    coverage.unproven = try log.forEachLeaf(in: 0..<size) { leaf in
      coverage.entries += 1
      guard let words = try? EntryWords(leaf.body), let isMeant = words.isSigned(by: rule) else {
        return coverage.passOver(leaf.index)
      }
      coverage.cover(leaf.index)
      if isMeant { try visit(Sighting(leaf: leaf, words: words)) }
    }
    return coverage
  }
}
