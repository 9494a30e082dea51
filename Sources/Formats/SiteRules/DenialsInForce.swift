package import Octets
package import Reasons

/// Every list of denials together, without what was lifted: the question that a verdict asks.
package struct DenialsInForce: Sendable {
  /// A denial, with where it stands.
  package struct Entry: Hashable, Sendable {
    package let denial: Denial
    /// The target path of its list.
    package let list: [UInt8]
    /// Its place in the list, from 1 on.
    package let number: Int
    package let by: String
    package let issued: UnixTime
  }

  package static let none = DenialsInForce()

  private let entries: [Denial.Subject: Entry]
  /// The oldest denial of an entry of each log.
  private let logEntries: [[UInt8]: Entry]
  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }
  /// When the newest list was written; nil where there is none.
  package let newest: UnixTime?

  private init() { (entries, logEntries, newest) = ([:], [:], nil) }

  /// - Parameter lists: by target path, in the order in which they were written: the oldest denial of a thing is told.
  /// - Throws: `rules.malformed` where something is lifted that was never denied: a slip of the pen would leave the
  ///   denial in force, unseen.
  package init(
    _ lists: [(path: [UInt8], list: DenialList)], lifted: [(path: [UInt8], lifts: LiftedDenials)]
  ) throws(Failure) {
    struct Place: Hashable {
      let list: [UInt8]
      let number: Int
    }
    var places: Set<Place> = []
    for (path, list) in lists {
      for number in 1...list.denials.count { places.insert(Place(list: path, number: number)) }
    }
    var gone: Set<Place> = []
    for (path, lifts) in lifted {
      for lift in lifts.lifted {
        let place = Place(list: lift.list, number: lift.denial)
        guard places.contains(place) else {
          throw Failure(
            .rulesMalformed, printable(path),
            "it lifts denial \(lift.denial) of \(printable(lift.list)), which is not there")
        }
        gone.insert(place)
      }
    }
    var entries: [Denial.Subject: Entry] = [:]
    var logEntries: [[UInt8]: Entry] = [:]
    for (path, list) in lists {
      for (position, denial) in list.denials.enumerated()
      where entries[denial.subject] == nil && !gone.contains(Place(list: path, number: position + 1)) {
        let entry = Entry(denial: denial, list: path, number: position + 1, by: list.by, issued: list.issued)
        entries[denial.subject] = entry
        if case .logEntry(let log, _) = denial.subject, logEntries[log] == nil { logEntries[log] = entry }
      }
    }
    self.entries = entries
    self.logEntries = logEntries
    newest = lists.map(\.list.issued).max()
  }

  package func entry(_ subject: Denial.Subject) -> Entry? { entries[subject] }
  /// A denial of any entry of a log.
  package func entry(ofLog log: [UInt8]) -> Entry? { logEntries[log] }
}

extension DenialsInForce.Entry {
  /// “denied by Security desk, 2026-11-25T10:00:00Z, deny/000001.json 2: CVE-2026-1234”
  package var words: String {
    "denied by \(printable(by)), \(issued), \(printable(list)) \(number): \(printable(denial.reason))"
  }
}
