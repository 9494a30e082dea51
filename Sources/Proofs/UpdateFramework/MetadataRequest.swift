package import TUFMetadata

/// A metadata file that the workflow asks its repository for.
package struct MetadataRequest: Hashable, Sendable {
  package let role: RoleName
  /// The file's name below the repository's `metadata`: `12.targets.json`.
  package let fileName: String
  /// The version that is wanted; nil for the timestamp, of which nobody knows. Known also where the name does not say it.
  package let version: Int64?
  /// Bytes beyond which nothing need be read: one more shows that the file is too long.
  package let limit: Int
}
