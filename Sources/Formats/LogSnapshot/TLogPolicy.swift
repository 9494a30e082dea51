import Base64
import Octets
package import Reasons
package import SignedNote

/// Which logs are accepted, and which witnesses must have cosigned a checkpoint (C2SP tlog-policy, read 2026-07). Inert.
///
///     log example.com/log+8f3e2a71+AfTn…  https://example.com/log
///     witness A witness.example/a+0c1d2e3f+BMx0…
///     witness B witness.example/b+55aa0112+BGq1…
///     group both all A B
///     quorum both
package struct TLogPolicy: Hashable, Sendable {
  package static let mostBytes = 256 << 10
  /// Logs, witnesses and groups, each; the specification wants 32 at the least.
  package static let mostOfAKind = 256
  /// A witness's ML-DSA-44 cosignatures (C2SP tlog-cosignature): such a key is read, and never counts.
  private static let unverifiedType: UInt8 = 0x06

  package struct Witness: Hashable, Sendable {
    /// In the policy alone.
    package let name: [UInt8]
    /// Nil for a key of a kind that Assay does not verify.
    package let key: NoteVerifierKey?
  }

  private struct Group: Hashable {
    let name: [UInt8]
    let threshold: Int
    let members: [[UInt8]]
  }

  /// Ed25519 or ECDSA; the name is the log's origin.
  package private(set) var logs: [NoteVerifierKey] = []
  package private(set) var witnesses: [Witness] = []
  /// In the order of the file: members stand before their groups.
  private var groups: [Group] = []
  /// Nil where no cosignatures are required.
  package private(set) var quorum: [UInt8]?

  /// - Throws: `witness-policy.malformed`, with the line's number.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    guard bytes.count <= Self.mostBytes else {
      throw Failure(.witnessPolicyMalformed, subject, "\(bytes.count) bytes; at most \(Self.mostBytes) are read")
    }
    guard bytes.isEmpty || bytes.last == 0x0a else {
      throw Failure(.witnessPolicyMalformed, subject, "the last line has no end; the file may be cut short")
    }
    var reader = Reader(subject)
    for line in bytes.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false) {
      try reader.take(line, into: &self)
    }
    guard reader.hasQuorum else { throw Failure(.witnessPolicyMalformed, subject, "no quorum line") }
  }

  /// Whether the witnesses that cosigned are enough.
  /// - Parameter cosigners: names of witnesses whose cosignatures verified.
  package func isMet(by cosigners: Set<[UInt8]>) -> Bool {
    guard let quorum else { return true }
    var witnessed = cosigners
    for group in groups where group.members.count(where: witnessed.contains) >= group.threshold {
      witnessed.insert(group.name)
    }
    return witnessed.contains(quorum)
  }

  /// Reads line by line: whatever is referred to stands above.
  private struct Reader {
    private let subject: String
    private var line = 0
    private(set) var hasQuorum = false
    private var names: Set<[UInt8]> = []
    private var members: Set<[UInt8]> = []
    private var logKeys: Set<[UInt8]> = []
    private var witnessKeys: Set<[UInt8]> = []
    private static let none = Array("none".utf8)

    init(_ subject: String) { self.subject = subject }

    private func malformed(_ detail: String) -> Failure {
      Failure(.witnessPolicyMalformed, "\(subject): line \(line)", detail)
    }

    mutating func take(_ text: ArraySlice<UInt8>, into policy: inout TLogPolicy) throws(Failure) {
      line += 1
      guard text.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7f }) else { throw malformed("a control character") }
      let items = text.split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
      guard let keyword = items.first, keyword.first != UInt8(ascii: "#") else { return }
      switch keyword {
      case Array("log".utf8): try log(items, &policy)
      case Array("witness".utf8): try witness(items, &policy)
      case Array("group".utf8): try group(items, &policy)
      case Array("quorum".utf8): try quorum(items, &policy)
      default: throw malformed("“\(printable(keyword, limit: 40))” is none of log, witness, group and quorum")
      }
    }

    private mutating func log(_ items: [[UInt8]], _ policy: inout TLogPolicy) throws(Failure) {
      guard (2...3).contains(items.count) else { throw malformed("log VKEY [URL] is wanted") }
      let key = try key(items[1])
      guard key.type != .cosignature else { throw malformed("the key is a witness's") }
      guard logKeys.insert(key.key).inserted else { throw malformed("a log's key a second time") }
      try bound(policy.logs.count)
      policy.logs.append(key)
    }

    private mutating func witness(_ items: [[UInt8]], _ policy: inout TLogPolicy) throws(Failure) {
      guard (3...4).contains(items.count) else { throw malformed("witness NAME VKEY [URL] is wanted") }
      try define(items[1])
      try bound(policy.witnesses.count)
      if let material = Self.unverified(items[2]) {
        guard witnessKeys.insert(material).inserted else { throw malformed("a witness's key a second time") }
        policy.witnesses.append(Witness(name: items[1], key: nil))
        return
      }
      let key = try key(items[2])
      guard key.type == .cosignature else { throw malformed("the key is a log's") }
      guard witnessKeys.insert(key.key).inserted else { throw malformed("a witness's key a second time") }
      policy.witnesses.append(Witness(name: items[1], key: key))
    }

    private mutating func group(_ items: [[UInt8]], _ policy: inout TLogPolicy) throws(Failure) {
      guard items.count >= 4 else { throw malformed("group NAME K|any|all MEMBER… is wanted") }
      let listed = Array(items[3...])
      let threshold: Int
      switch items[2] {
      case Array("any".utf8): threshold = 1
      case Array("all".utf8): threshold = listed.count
      default:
        guard let stated = Checkpoint.decimal(items[2][...]), (1...UInt64(listed.count)).contains(stated) else {
          throw malformed("a threshold is any, all, or 1 to the number of members")
        }
        threshold = Int(stated)
      }
      for member in listed {
        guard names.contains(member) else { throw malformed("\(printable(member, limit: 80)) is not defined above") }
        // A witness that counted in two ways could make up a quorum alone.
        guard members.insert(member).inserted else {
          throw malformed("\(printable(member, limit: 80)) is a member a second time")
        }
      }
      try define(items[1])
      try bound(policy.groups.count)
      policy.groups.append(Group(name: items[1], threshold: threshold, members: listed))
    }

    private mutating func quorum(_ items: [[UInt8]], _ policy: inout TLogPolicy) throws(Failure) {
      guard items.count == 2 else { throw malformed("quorum NAME is wanted") }
      guard !hasQuorum else { throw malformed("a second quorum") }
      hasQuorum = true
      if items[1] == Self.none { return }
      guard names.contains(items[1]) else { throw malformed("\(printable(items[1], limit: 80)) is not defined above") }
      policy.quorum = items[1]
    }

    private mutating func define(_ name: [UInt8]) throws(Failure) {
      guard name != Self.none else { throw malformed("none is a name of its own") }
      guard names.insert(name).inserted else { throw malformed("\(printable(name, limit: 80)) is defined already") }
    }

    private func bound(_ count: Int) throws(Failure) {
      guard count < mostOfAKind else { throw malformed("more than \(mostOfAKind) of a kind") }
    }

    private func key(_ text: [UInt8]) throws(Failure) -> NoteVerifierKey {
      try NoteVerifierKey(parsing: text, named: "\(subject): line \(line)", malformed: .witnessPolicyMalformed)
    }

    /// The material of a key that has a vkey's form, and a type that is known only by its number.
    private static func unverified(_ text: [UInt8]) -> [UInt8]? {
      let fields = text.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, !fields[0].isEmpty, fields[1].count == 8, Hex.decode(fields[1]) != nil,
        let blob = Base64.decode(Array(fields[2])), blob.first == unverifiedType, blob.count > 1
      else { return nil }
      return Array(blob.dropFirst())
    }
  }
}
