/// Bounds of this reading, all our own choice: far above what tools write, far below what hurts.
enum Limits {
  /// Descriptors in one index.
  static let descriptors = 20_000
  /// Layers in one manifest; runc's mount limit is near 128, signature manifests hold one layer a signature.
  static let layers = 10_000
  /// Annotations of one descriptor or manifest.
  static let annotations = 1_000
  /// `urls` of one descriptor.
  static let urls = 64
  /// Indexes inside indexes.
  static let nesting = 8
  /// Descriptors followed to a manifest or index in one archive, each time that it is named: indexes may name each
  /// other's children, so that the walk is longer than the bytes.
  static let visits = 100_000
  /// Layers of attached manifests that are looked at for evidence, counted once for each image that they hang on.
  static let evidence = 20_000
  /// Bytes of all evidence, counted once for each image that it hangs on: each time it is hashed and verified anew.
  static let evidenceBytes = 128 << 20
  /// Images in one docker-archive `manifest.json`.
  static let dockerImages = 1_000
  /// Bytes of an unlisted blob that is looked at for evidence.
  static let unlistedBlob = 4 << 20
  /// Failures and notes that are kept of each archive: all images repeat them.
  static let failures = 32
}
