import LogSnapshot
import Octets
import Reasons
import RekorAnswer

/// The files of a log snapshot: what is read of each is written as what is read as the same, and, where a file has one
/// form, as the same bytes. The input is taken for a file of each kind, and each of its lines for a name.
enum SnapshotInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    var isTaken = try checkNames(bytes)
    if let description = try reading(bytes, { bytes throws(Failure) in try LogDescription(parsing: bytes, named: "i") })
    {
      let again = try readingBack(description.serialized(), "a description") { bytes throws(Failure) in
        try LogDescription(parsing: bytes, named: "again")
      }
      try hold(again == description, "another description was written")
      isTaken = true
    }
    if let entry = try reading(bytes, { bytes throws(Failure) in try CarriedEntry(parsing: bytes, named: "i") }) {
      let again = try readingBack(entry.serialized(), "an entry") { bytes throws(Failure) in
        try CarriedEntry(parsing: bytes, named: "again")
      }
      try hold(again == entry, "another entry was written")
      isTaken = true
    }
    if let heads = try reading(bytes, { bytes throws(Failure) in try LogHeads.parse(bytes, named: "i") }) {
      try hold(LogHeads.serialized(heads) == bytes && heads.count <= LogHeads.most, "heads are written as other bytes")
      isTaken = isTaken || !heads.isEmpty
    }
    if let path = try reading(bytes, { bytes throws(Failure) in try ConsistencyFile.path(parsing: bytes, named: "i") })
    {
      try hold(ConsistencyFile.serialized(path) == bytes, "a proof is written as other bytes")
      isTaken = isTaken || !path.isEmpty
    }
    if let policy = try reading(bytes, { bytes throws(Failure) in try TLogPolicy(parsing: bytes, named: "i") }) {
      try hold(policy.witnesses.count <= TLogPolicy.mostOfAKind, "witnesses out of bounds")
      try hold(policy.logs.count <= TLogPolicy.mostOfAKind, "logs out of bounds")
      // Everybody is enough, and nobody only where nobody is asked.
      try hold(policy.isMet(by: Set(policy.witnesses.map(\.name))), "all witnesses are not enough")
      try hold(policy.isMet(by: []) == (policy.quorum == nil), "no witness is enough")
      isTaken = true
    }
    return try checkBundle(bytes) || isTaken
  }

  private static func checkNames(_ bytes: [UInt8]) throws -> Bool {
    var listing = SnapshotListing()
    var isTaken = false
    for line in bytes.split(separator: 0x0a).prefix(64) {
      if let path = SnapshotPath(parsing: line) {
        try hold(line.elementsEqual(path.text.utf8), "\(path.text) has a second spelling")
        isTaken = true
      }
      _ = try? listing.add(Array(line), size: UInt64(line.count), at: 0)
      _ = try? listing.verifyFolder(Array(line))
    }
    _ = try? listing.finish()
    return isTaken
  }

  /// The first byte is the number of entries.
  private static func checkBundle(_ bytes: [UInt8]) throws -> Bool {
    guard let width = bytes.first else { return false }
    let bundle = Array(bytes.dropFirst())
    guard
      let entries = try reading(
        bundle,
        { bytes throws(Failure) in
          try EntryBundle.entries(in: bytes, width: Int(width), named: "i")
        })
    else { return false }
    let written = entries.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
    try hold(written == bundle && entries.count == Int(width), "a bundle is written as other bytes")
    return true
  }
}

/// What Rekor answers: hashes have their length, whatever stands in the answer.
enum RekorInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let heads = try reading(bytes) { bytes throws(Failure) in try RekorTreeHeads.read(bytes, named: "i") }
    if let path = try reading(bytes, { bytes throws(Failure) in try RekorConsistency.read(bytes, named: "i") }) {
      try hold(path.count <= 64 && path.allSatisfy { $0.count == 32 }, "a proof out of bounds")
      return true
    }
    guard let entries = try reading(bytes, { bytes throws(Failure) in try RekorEntry.read(bytes, named: "i") }) else {
      return heads?.isEmpty == false
    }
    try hold((1...RekorEntry.entryLimit).contains(entries.count), "entries out of bounds")
    for entry in entries {
      try hold(entry.statedLeafHash.count == 32 && entry.logID.count == 32, "a hash of another length")
      try hold((1...RekorEntry.bodyLimit).contains(entry.body.count), "a body out of bounds")
      try hold(entry.proof.hashes.allSatisfy { $0.count == 32 } && entry.proof.rootHash.count == 32, "a proof's hash")
      _ = try LogEntryInvariant.check(entry.body)
      _ = try CheckpointInvariant.check(entry.proof.checkpoint)
    }
    return true
  }
}
