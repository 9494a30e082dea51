/// How much of each kind the reading of one archive can hold, for whoever takes one from another process.
package enum ArchiveReach {
  package static let images = Limits.descriptors
  /// Of all images together.
  package static let parts = Limits.visits
  /// Of one part.
  package static let layers = Limits.layers
  /// Indexes above a part.
  package static let ancestors = Limits.nesting
  /// With the one that says how many more there were.
  package static let failures = Limits.failures + 1
  /// Bytes of all evidence, counted once for each image that it hangs on.
  package static let evidenceBytes = Limits.evidenceBytes
}
