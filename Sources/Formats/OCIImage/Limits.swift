/// Bounds of this reading, all our own choice: far above what tools write, far below what hurts.
enum Limits {
  /// Descriptors in one index.
  static let descriptors = 20_000
  /// Layers in one manifest; runc's mount limit is near 128, signature manifests hold one layer a signature.
  static let layers = 10_000
  /// `urls` of one descriptor.
  static let urls = 64
  /// Indexes inside indexes.
  static let nesting = 8
  /// Manifests and indexes in one archive.
  static let manifests = 100_000
  /// Images in one docker-archive `manifest.json`.
  static let dockerImages = 1_000
  /// Bytes of an unlisted blob that is looked at for evidence.
  static let unlistedBlob = 4 << 20
}
