/// Bounds on what a medium may ask of us. Beyond them: `archive.limit-exceeded`.
package struct MediaLimits: Sendable {
  /// Files, links and directories.
  package var entries = 1_000_000
  /// Bytes of one name; Linux' PATH_MAX.
  package var nameBytes = 4096
  /// Bytes of all names together.
  package var totalNameBytes = 128 << 20
  /// Bytes of the archive after inflating, or of all files in a directory: 1 TiB.
  package var totalBytes: UInt64 = 1 << 40
  /// Bytes of a file whose contents are kept. Manifests of 10 MB are in use.
  package var keptEntryBytes: UInt64 = 16 << 20
  /// Bytes of all kept contents together, without the few files that describe the layout.
  package var keptTotalBytes: UInt64 = 64 << 20
  /// Levels of directories.
  package var depth = 32
  /// Failures listed.
  package var failures = 100

  package init() {}

  package static let usual = MediaLimits()
}
