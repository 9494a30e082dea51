package import Compression
package import Cryptography
package import OCIImage
package import Reasons

/// What the reader hands on: an archive that was read to its end, every byte hashed.
package struct Reading: Sendable {
  package let archive: ImageArchive
  /// Wrong bytes anywhere: they refuse every image.
  package let failures: [Failure]
  /// Files in the archive; every one was hashed.
  package let entries: Int
  /// Bytes of the medium as it came.
  package let size: UInt64
  package let compression: Compression?
  /// SHA-256 over what each file is called and holds: names the medium, however it was packed.
  package let inventory: ComputedDigest

  package init(
    archive: ImageArchive, failures: [Failure], entries: Int, size: UInt64, compression: Compression?,
    inventory: ComputedDigest
  ) {
    self.archive = archive
    self.failures = failures
    self.entries = entries
    self.size = size
    self.compression = compression
    self.inventory = inventory
  }

  /// `oci-layout in gzip`.
  package var shape: String {
    compression.map { "\(archive.shape.rawValue) in \($0)" } ?? archive.shape.rawValue
  }
}
