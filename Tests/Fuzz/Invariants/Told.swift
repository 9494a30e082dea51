import Cryptography
import MediaReader
import Octets
import Reasons

/// All that was said of an archive, to be compared.
struct Told: Equatable, CustomStringConvertible {
  struct Entry: Equatable {
    let name: [UInt8]
    let size: UInt64
    let offset: UInt64
    let digest: ComputedDigest
    let contents: [UInt8]?
    let omission: Medium.Omission?
    let alias: [UInt8]?

    /// Where the contents stand: behind the one block of the header.
    var contentRange: Range<Int> { Int(offset) + 512..<Int(offset) + 512 + Int(size) }
  }

  /// Nil where the archive could not be read.
  private(set) var entries: [Entry]?
  /// Why, or what is wrong with it.
  private(set) var failures: [Failure]

  init(_ read: () throws(Failure) -> Medium) {
    do throws(Failure) {
      let medium = try read()
      entries = medium.entries.map {
        Entry(
          name: $0.name, size: $0.size, offset: $0.offset, digest: $0.digest, contents: $0.contents,
          omission: $0.omission, alias: $0.alias)
      }
      failures = medium.failures
    } catch {
      entries = nil
      failures = [error]
    }
  }

  /// What concerns no single entry concerns the source, as the reader's own answers say.
  func about(_ source: MediaSource) -> Told {
    var copy = self
    copy.failures = failures.map { $0.subject.isEmpty ? $0.within(source.description) : $0 }
    return copy
  }

  func holdPlaces(in count: Int) throws {
    for failure in failures { try holdPlace(of: failure, in: count) }
    for entry in entries ?? [] where entry.alias == nil {
      try hold(entry.contentRange.upperBound <= count, "\(printable(entry.name)) lies behind the input")
    }
  }

  /// Equal but for what it is called: held archives have no name.
  static func == (one: Told, other: Told) -> Bool {
    one.entries == other.entries && one.failures.map(\.reason) == other.failures.map(\.reason)
      && one.failures.map(\.offset) == other.failures.map(\.offset)
  }

  var isTooLarge: Bool { entries == nil && failures[0].reason == .archiveLimitExceeded }
  var isTruncated: Bool { entries == nil && failures[0].reason == .archiveTruncated }

  var description: String {
    let found = entries.map { "\($0.count) entries" } ?? "unreadable"
    return "\(found), \(failures.map(\.description))"
  }
}
