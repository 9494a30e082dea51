package import Cryptography
package import LedgerLeaf
package import Octets

/// What is in force: trust objects and policies by kind and name, and the time that was surely reached. Small, and
/// committed to with every step of the ledger by its root.
package struct Standing: Hashable, Sendable {
  /// Under which an object is in force.
  package struct ObjectName: Hashable, Sendable, Comparable {
    /// `trust-root`, `policy`, `certificate`, `witness` …
    package let kind: [UInt8]
    package let name: [UInt8]

    package init(kind: [UInt8], name: [UInt8]) {
      self.kind = kind
      self.name = name
    }

    package static func < (one: ObjectName, other: ObjectName) -> Bool {
      one.kind == other.kind
        ? one.name.lexicographicallyPrecedes(other.name) : one.kind.lexicographicallyPrecedes(other.kind)
    }
  }

  package struct Object: Hashable, Sendable {
    package let digest: ClaimedDigest
    /// The object itself, where its leaf carries it.
    package let content: [UInt8]?
    /// The leaf that brought it.
    package let leaf: UInt64
    /// What the machine's clock claimed then.
    package let claimed: UnixTime
  }

  /// No earlier than this, by signed evidence.
  package struct Floor: Hashable, Sendable {
    package let time: UnixTime
    package let source: TimeEvidence.Source
    package let leaf: UInt64
  }

  package private(set) var objects: [ObjectName: Object] = [:]
  package private(set) var floor: Floor?
  /// The store was closed for good.
  package private(set) var isRetired = false

  package init() {}

  mutating func apply(_ leaf: LedgerLeaf, at index: UInt64) {
    switch leaf.event {
    case .trustChange(let change), .policyChange(let change):
      let name = ObjectName(kind: change.kind, name: change.name)
      if change.action == .remove {
        objects[name] = nil
      } else {
        objects[name] = Object(digest: change.object, content: change.content, leaf: index, claimed: leaf.claimed)
      }
    case .timeEvidence(let evidence):
      if evidence.reached > floor?.time ?? UnixTime(.min) {
        floor = Floor(time: evidence.reached, source: evidence.source, leaf: index)
      }
    case .retirement: isRetired = true
    default: break
    }
  }

  /// SHA-256 over one text: a line for the floor, and one for each object, sorted. Names hold no control characters, so
  /// that tabs part them.
  package var root: ComputedDigest {
    var text = Array("assay-state-v1\nfloor\t\(floor.map { "\($0.time.seconds)" } ?? "none")\n".utf8)
    if isRetired { text += Array("retired\n".utf8) }
    for (name, object) in objects.sorted(by: { $0.key < $1.key }) {
      text += Array("object\t".utf8) + name.kind + [0x09] + name.name + Array("\t\(object.digest)\n".utf8)
    }
    return digest(text)
  }
}
