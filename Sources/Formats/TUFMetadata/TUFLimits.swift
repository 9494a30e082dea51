/// How much of TUF metadata is read. Our own choice (§5 leaves W, X, Y and Z to the client); the largest of Sigstore's
/// are named beside each.
package enum TUFLimits {
  /// Bytes of root metadata; Sigstore's have 7 KB.
  package static let rootBytes = 512 << 10
  /// Bytes of timestamp metadata; Sigstore's have half a KB.
  package static let timestampBytes = 16 << 10
  /// Bytes of snapshot metadata; Sigstore's have 2 KB.
  package static let snapshotBytes = 2 << 20
  /// Bytes of targets metadata, delegated or not; Sigstore's have 5 KB.
  package static let targetsBytes = 8 << 20
  /// Keys in one document; Sigstore's roots have seven.
  package static let keys = 1024
  /// Keys of one role, and signatures on one document; Sigstore's have ten.
  package static let keysOfRole = 256
  /// Delegations in one document.
  package static let delegations = 4096
  /// Patterns or hash prefixes of one delegation.
  package static let patterns = 4096
  /// Bytes of a role's name, a key ID, or one pattern or path.
  package static let nameBytes = 1024
}
