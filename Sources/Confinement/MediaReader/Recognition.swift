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
      try Self.verifyPlain(start, of: source.description)
      self = .tar
    } else if let compression = Compression(magic: start) {
      guard !TarBlock.couldBeHeader(start) else { throw Self.twoThings(compression.rawValue, source.description) }
      self = .compressed(compression)
    } else {
      throw Failure(.archiveNotRecognised, source.description, at: 0, Self.words(start))
    }
  }

  /// A tar begins with a name, and of what stands in front of an extension header nobody asks: it can be the start of a
  /// compressed stream, in which other tools, which look for those first, find another archive.
  /// - Parameter start: of what is a tar by its first header.
  static func verifyPlain(_ start: ArraySlice<UInt8>, of source: String) throws(Failure) {
    let other = Compression(magic: start)?.rawValue ?? compressions.first { start.starts(with: $0.magic) }?.name
    if let other { throw twoThings(other, source) }
  }

  private static func twoThings(_ compression: String, _ source: String) -> Failure {
    Failure(
      .archiveNotRecognised, source, at: 0,
      "it begins as a tar archive does, and as a stream of \(compression) does: tools would find other images in it")
  }

  /// What container tools inflate, and Assay does not.
  private static let compressions: [(magic: [UInt8], name: String)] = [
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"), (Array("BZh".utf8), "bzip2"), ([0x04, 0x22, 0x4d, 0x18], "lz4"),
  ]

  private static func words(_ start: ArraySlice<UInt8>) -> String {
    if start.isEmpty { return "it is empty" }
    let others = compressions + [(Array("PK".utf8), "zip"), (Array("7z".utf8), "7-Zip")]
    if let other = others.first(where: { start.starts(with: $0.magic) }) {
      return "it is compressed with \(other.name); Assay reads tar, plain or compressed with gzip or zstd"
    }
    return "it is neither a tar archive, plain or compressed with gzip or zstd, nor a directory"
  }
}
