import Compression
import Reasons
import TarArchive

extension MediaReader {
  /// What first bytes say of a file.
  package enum Likeness: Hashable, Sendable {
    /// A tar; the name of its first entry, as written.
    case plain(first: [UInt8])
    /// A stream that may hold one.
    case compressed
  }

  /// Bytes to look at.
  package static let recognitionBytes = Recognition.bytes

  /// Nil for what is no archive that `read` would take. What is two things at once is one of them, and not passed over:
  /// `read` says why it takes neither. What it is called does not matter.
  package static func recognises(_ start: ArraySlice<UInt8>) -> Likeness? {
    if TarBlock.isHeader(start) { return .plain(first: Array(start.prefix(100).prefix { $0 != 0 })) }
    return Compression(magic: start) == nil ? nil : .compressed
  }

  /// Why a file's name is not the same place to every system, by the rules for names on media; nil where it is.
  package static func unsafety(ofName name: [UInt8]) -> String? {
    do {
      let normal = try EntryName.normal(name, isDirectory: false, at: 0, limit: MediaLimits.usual.nameBytes)
      return normal == name ? nil : "there is a shorter name for its place"
    } catch { return error.detail }
  }
}
