package import Cryptography
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
    /// Nil where a policy denies it, which has no date of its own.
    package let issued: UnixTime?
  }

  package static let none = DenialsInForce()

  private let entries: [Denial.Subject: Entry]
  /// The oldest denial of an entry of each log.
  private let logEntries: [[UInt8]: Entry]
  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }
  /// When the newest list was written; nil where there is none.
  package let newest: UnixTime?

  private init() { self.init([:], [:], newest: nil) }

  private init(_ entries: [Denial.Subject: Entry], _ logEntries: [[UInt8]: Entry], newest: UnixTime?) {
    (self.entries, self.logEntries, self.newest) = (entries, logEntries, newest)
  }

  /// These, and what a policy denies by itself.
  package func adding(_ denials: [Denial], of policy: String) -> DenialsInForce {
    if denials.isEmpty { return self }
    var (entries, logEntries) = (entries, logEntries)
    for (position, denial) in denials.enumerated() where entries[denial.subject] == nil {
      let entry = Entry(
        denial: denial, list: Array("the policy’s deny".utf8), number: position + 1, by: policy, issued: nil)
      entries[denial.subject] = entry
      if case .logEntry(let log, _) = denial.subject, logEntries[log] == nil { logEntries[log] = entry }
    }
    return DenialsInForce(entries, logEntries, newest: newest)
  }

  /// The kinds of digests that are denied.
  package var digestAlgorithms: Set<HashAlgorithm> {
    Set(
      entries.keys.compactMap { subject in
        if case .digest(let digest) = subject { digest.algorithm } else { nil }
      })
  }

  /// These, and what is denied under another digest of the same bytes.
  package func extended(to digests: [(digest: ClaimedDigest, other: ClaimedDigest)]) -> DenialsInForce {
    var entries = entries
    for (digest, other) in digests where entries[.digest(digest)] == nil {
      entries[.digest(digest)] = self.entries[.digest(other)]
    }
    return DenialsInForce(entries, logEntries, newest: newest)
  }

  /// Lists that were not lifted as a whole; and bytes of them together.
  package static let mostLists = 1_000
  package static let mostBytes = 16 << 20

  /// - Parameter lists: by target path, in the order in which they were written: the oldest denial of a thing is told. Those
  ///   that were lifted as a whole are not looked into.
  /// - Throws: `rules.malformed` for more than the bounds above, and where something is lifted that was never denied: a
  ///   slip of the pen would leave the denial in force, unseen.
  package init(
    _ lists: [(path: [UInt8], bytes: [UInt8])], lifted: [(path: [UInt8], lifts: LiftedDenials)]
  ) throws(Failure) {
    let paths = Set(lists.map(\.path))
    var gone: Set<Place> = []
    var wholly: Set<[UInt8]> = []
    for (path, lifts) in lifted {
      for lift in lifts.lifted {
        guard paths.contains(lift.list) else { throw Self.absent(lift, printable(path)) }
        if let number = lift.denial {
          gone.insert(Place(list: lift.list, number: number))
        } else {
          wholly.insert(lift.list)
        }
      }
    }
    let standing = lists.filter { !wholly.contains($0.path) }
    guard standing.count <= Self.mostLists, standing.reduce(0, { $0 + $1.bytes.count }) <= Self.mostBytes else {
      throw Failure(
        .rulesMalformed, "denials",
        "more than \(Self.mostLists) lists, or \(Self.mostBytes) bytes of them, that are not lifted as a whole")
    }
    var entries: [Denial.Subject: Entry] = [:]
    var logEntries: [[UInt8]: Entry] = [:]
    var newest: UnixTime?
    for (path, bytes) in standing {
      let list = try DenialList(parsing: bytes, named: printable(path))
      newest = max(newest ?? list.issued, list.issued)
      for (position, denial) in list.denials.enumerated() {
        let isLifted = gone.remove(Place(list: path, number: position + 1)) != nil
        guard !isLifted, entries[denial.subject] == nil else { continue }
        let entry = Entry(denial: denial, list: path, number: position + 1, by: list.by, issued: list.issued)
        entries[denial.subject] = entry
        if case .logEntry(let log, _) = denial.subject, logEntries[log] == nil { logEntries[log] = entry }
      }
    }
    if let left = gone.first(where: { !wholly.contains($0.list) }) {
      throw Failure(
        .rulesMalformed, printable(left.list), "denial \(left.number) is lifted, and the list has none of that number")
    }
    self.entries = entries
    self.logEntries = logEntries
    self.newest = newest
  }

  private struct Place: Hashable {
    let list: [UInt8]
    let number: Int
  }

  private static func absent(_ lift: LiftedDenials.Lift, _ subject: String) -> Failure {
    Failure(.rulesMalformed, subject, "it lifts what is in \(printable(lift.list)), which is not there")
  }

  package func entry(_ subject: Denial.Subject) -> Entry? { entries[subject] }
  /// A denial of any entry of a log.
  package func entry(ofLog log: [UInt8]) -> Entry? { logEntries[log] }
}

extension DenialsInForce.Entry {
  /// “denied by Security desk, 2026-11-25T10:00:00Z, deny/000001.json 2: CVE-2026-1234”
  package var words: String {
    let date = issued.map { ", \($0)" } ?? ""
    return "denied by \(printable(by))\(date), \(printable(list)) \(number): \(printable(denial.reason))"
  }
}
