import Octets
package import Reasons
import StrictJSON

/// `log.json`: which log a folder is of. Only origin and kind are used, and neither is believed: the checkpoint must bear
/// the origin, and a wrong kind makes entries unreadable.
package struct LogDescription: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case rekorVersion1 = "rekor-v1"
    case rekorVersion2 = "rekor-v2"
    /// Any other log, whose entries are opaque.
    case other = "tlog"
  }

  package static let format = "assay-log-snapshot/1"
  package static let mostBytes = 64 << 10
  private static let mostKeys = 64

  /// The checkpoints' first line.
  package let origin: [UInt8]
  package let kind: Kind
  /// The first leaf that the log still gives out, as it said (C2SP tlog-tiles, Pruning); for people.
  package let minimumIndex: UInt64?
  /// Rekor's name of the shard; for people.
  package let treeID: [UInt8]?
  /// Keys of the log as its snapshot's maker found them; for people.
  package let keys: [[UInt8]]

  package init(
    origin: [UInt8], kind: Kind, minimumIndex: UInt64? = nil, treeID: [UInt8]? = nil, keys: [[UInt8]] = []
  ) {
    self.origin = origin
    self.kind = kind
    self.minimumIndex = minimumIndex
    self.treeID = treeID
    self.keys = keys
  }

  /// - Throws: `log-snapshot.malformed`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    var limits = JSONLimits.usual
    limits.bytes = Self.mostBytes
    let document = try JSONNode(parsing: bytes, named: subject, malformed: .logSnapshotMalformed, limits: limits)
    try document.verifyMembers(["format", "origin", "kind", "minimumIndex", "treeID", "keys"])
    let format = try document.required("format")
    guard try format.bytes() == Array(Self.format.utf8) else {
      throw format.failure("“\(printable(try format.bytes(), limit: 80))” is not \(Self.format)")
    }
    let origin = try document.required("origin")
    self.origin = try origin.bytes()
    guard !self.origin.isEmpty, !self.origin.contains(where: { $0 < 0x20 }) else {
      throw origin.failure("an origin is one line of text")
    }
    kind = try document.required("kind").oneOf(Kind.self)
    if let node = try document.optional("minimumIndex") {
      guard let index = UInt64(exactly: try node.integer()) else { throw node.failure("it is negative") }
      minimumIndex = index
    } else {
      minimumIndex = nil
    }
    treeID = try document.optional("treeID")?.bytes()
    var keys: [[UInt8]] = []
    for key in try document.optional("keys")?.elements(atMost: Self.mostKeys) ?? [] { keys.append(try key.bytes()) }
    self.keys = keys
  }
}
