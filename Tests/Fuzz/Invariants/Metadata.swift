import Octets
import Reasons
import StrictJSON
import TUFMetadata

/// Metadata of one role is that of no other; what is signed is canonical, and does not depend on how the file is spelled.
enum MetadataInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let taken = [
      try check(bytes, RootMetadata.self), try check(bytes, TimestampMetadata.self),
      try check(bytes, SnapshotMetadata.self), try check(bytes, TargetsMetadata.self),
    ].count { $0 }
    try hold(taken <= 1, "one file is metadata of two roles")
    return taken == 1
  }

  private static func check<Body: MetadataBody>(_ bytes: [UInt8], _: Body.Type) throws -> Bool {
    let read: ([UInt8]) throws(Failure) -> SignedMetadata<Body> = { (bytes) throws(Failure) in
      try SignedMetadata<Body>(parsing: bytes, named: "i")
    }
    guard let metadata = try reading(bytes, read) else { return false }
    try hold(metadata.bytes == bytes && metadata.body.version >= 1, "bytes or version")
    try hold(metadata.signatures.count <= TUFLimits.keysOfRole, "signatures out of bounds")
    if let root = metadata.body as? RootMetadata {
      for role in [root.root, root.timestamp, root.snapshot, root.targets] {
        try hold(role.threshold >= 1 && Set(role.keyIDs).count == role.keyIDs.count, "a role's keys")
      }
    }
    guard let value = try? JSON(parsing: bytes, named: "i") else { throw Broken("metadata that is no JSON") }
    let again = try readingBack(value.serialized(pretty: true), "metadata", read)
    try hold(again.signed == metadata.signed, "other bytes are signed in another spelling")
    try hold(again.signatures == metadata.signatures, "other signatures in another spelling")
    return true
  }
}
