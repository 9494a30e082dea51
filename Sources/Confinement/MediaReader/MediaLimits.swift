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
  /// Where a name begins with this, the contents are hashed and never kept: `EntryCopy` gives them.
  package var passingBy: [UInt8]?
  /// Whether every file is kept that these bounds let be, and not only what may be JSON: for small media of one kind.
  package var keepsEverything = false
  /// Names of which one stands at the root of every directory of the kind that is looked for.
  package var rootMarks = ["index.json", "oci-layout", "manifest.json"]
  /// Levels of directories.
  package var depth = 32
  /// Failures listed.
  package var failures = 100

  package init() {}

  package static let usual = MediaLimits()

  /// Of a trust bundle: metadata, trust roots, keys; log snapshots, which may be large, pass by. A medium that is larger
  /// is none.
  package static let trustBundle: MediaLimits = {
    var limits = MediaLimits()
    limits.entries = 20_000
    limits.totalBytes = 64 << 30
    limits.keptTotalBytes = 256 << 20
    limits.keepsEverything = true
    limits.passingBy = Array("targets/logs/".utf8)
    limits.rootMarks = ["metadata"]
    return limits
  }()
}
