import Octets
import Roles
import StrictJSON

/// How far a look through a log went: only as far does the absence of an entry say anything.
enum WatchText {
  /// Ranges that are shown to people; a machine gets all.
  private static let mostShown = 16

  static func lines(
    _ coverage: LogWatch.Coverage, _ log: AcceptedLogs.Log, _ sightings: (all: Int, unknown: Int)
  ) -> [String] {
    var lines = [
      "\(printable(log.origin)): \(Quantity.count(sightings.all, "entry", "entries")) by this signer, \(sightings.unknown) UNKNOWN",
      "  looked at   \(coverage.entries) of \(Quantity.count(coverage.size, "entry", "entries"))",
    ]
    lines += list(
      "whole", coverage.whole.map { "\(Self.words($0)): nothing else was signed there as this signer" }, coverage.isCut)
    lines += list("NOT CARRIED", gaps(coverage).map { "\(Self.words($0)): nothing is known" }, coverage.isCut)
    if coverage.unread > 0 {
      let some = coverage.firstUnread.map { "\($0)" }.joined(separator: ", ")
      let more = coverage.unread > UInt64(coverage.firstUnread.count) ? " …" : ""
      lines.append(
        "  NOT READ    \(Quantity.count(coverage.unread, "entry", "entries")) of kinds or certificates that Assay does not read: \(some)\(more)"
      )
    }
    if coverage.unproven > 0 {
      lines.append(
        "  NOT PROVEN  \(Quantity.count(coverage.unproven, "record")) on the disk: it was edited, or the next snapshot brings what proves them"
      )
    }
    return lines
  }

  private static func list(_ label: String, _ items: [String], _ isCut: Bool) -> [String] {
    let label = label + String(repeating: " ", count: 12 - label.utf8.count)
    let more = items.count > mostShown || isCut
    return items.prefix(mostShown).map { "  \(label)\($0)" }
      + (more ? ["  \(label)… and more; --json has \(isCut ? "the first \(items.count)" : "all \(items.count)")"] : [])
  }

  /// Beyond the last range that is listed nothing is said where the list was cut.
  private static func gaps(_ coverage: LogWatch.Coverage) -> [Range<UInt64>] {
    coverage.isCut ? Array(coverage.gaps.dropLast()) : coverage.gaps
  }

  private static func words(_ range: Range<UInt64>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound - 1)"
  }

  static func json(
    _ coverage: LogWatch.Coverage, _ log: AcceptedLogs.Log, _ sightings: (all: Int, unknown: Int)
  ) -> JSON {
    func number(_ value: some BinaryInteger) -> JSON { .integer(Int64(clamping: value)) }
    func ranges(_ ranges: [Range<UInt64>]) -> JSON {
      .array(ranges.map { ["first": number($0.lowerBound), "last": number($0.upperBound - 1)] })
    }
    return [
      "log": .text(printable(log.origin)),
      "coverage": [
        "size": number(coverage.size), "entries": number(coverage.entries), "whole": ranges(coverage.whole),
        "notWhole": ranges(gaps(coverage)), "isCut": .bool(coverage.isCut), "unread": number(coverage.unread),
        "unproven": number(coverage.unproven),
      ],
      "found": number(sightings.all), "unknown": number(sightings.unknown),
    ]
  }
}
