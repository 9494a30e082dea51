import Compression
import Reasons
import TarArchive

/// What an input is, told by its first bytes. Names say nothing: a `.tar` is often compressed.
enum Recognition {
  case tar
  case compressed(Compression)

  /// Bytes to look at.
  static let bytes = TarBlock.size

  /// - Throws: `archive.not-recognised`.
  init(_ start: ArraySlice<UInt8>, of source: MediaSource) throws(Failure) {
    if TarBlock.isHeader(start) {
      self = .tar
    } else if let compression = Compression(magic: start) {
      self = .compressed(compression)
    } else {
      throw Failure(.archiveNotRecognised, source.description, at: 0, Self.words(start))
    }
  }

  private static func words(_ start: ArraySlice<UInt8>) -> String {
    if start.isEmpty { return "it is empty" }
    let others: [(magic: [UInt8], name: String)] = [
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"), (Array("BZh".utf8), "bzip2"), ([0x04, 0x22, 0x4d, 0x18], "lz4"),
      (Array("PK".utf8), "zip"), (Array("7z".utf8), "7-Zip"),
    ]
    if let other = others.first(where: { start.starts(with: $0.magic) }) {
      return "it is compressed with \(other.name); Assay reads tar, plain or compressed with gzip or zstd"
    }
    return "it is neither a tar archive, plain or compressed with gzip or zstd, nor a directory"
  }
}
