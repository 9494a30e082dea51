import Octets
import Reasons

/// A name on the medium that every system takes for the same place below the root.
enum EntryName {
  /// Strips one leading `./` and the `/` behind a directory's name.
  ///
  /// - Returns: the normal name; empty for the root directory itself.
  /// - Throws: `archive.unsafe-path`, `archive.limit-exceeded`.
  static func normal(
    _ raw: [UInt8], isDirectory: Bool, at offset: UInt64, limit: Int
  ) throws(Failure) -> [UInt8] {
    func unsafe(_ why: String) -> Failure { Failure(.archiveUnsafePath, printable(raw), at: offset, why) }
    guard raw.count <= limit else {
      throw Failure(
        .archiveLimitExceeded, printable(raw, limit: 80), at: offset, "a name of \(raw.count) bytes; at most \(limit)")
    }
    var name = raw[...]
    if isDirectory, name.last == slash { name = name.dropLast() }
    if isDirectory, name.elementsEqual([dot]) { return [] }
    if name.starts(with: [dot, slash]) { name = name.dropFirst(2) }
    guard !name.isEmpty else { throw unsafe("the name is empty") }
    guard name.first != slash else { throw unsafe("the name is absolute") }
    for part in name.split(separator: slash, omittingEmptySubsequences: false) {
      if part.isEmpty { throw unsafe("a part of the name is empty") }
      if part.elementsEqual([dot]) { throw unsafe("a part of the name is “.”") }
      if part.elementsEqual([dot, dot]) { throw unsafe("the name climbs with “..”") }
    }
    if let why = unplain(name) { throw unsafe(why) }
    return name.count == raw.count ? raw : Array(name)
  }

  /// Where a relative link leads, without looking at anything; nil where it is absolute, climbs above the root or is
  /// not plain.
  static func resolve(_ target: [UInt8], from name: [UInt8], limit: Int) -> [UInt8]? {
    guard !target.isEmpty, target.count <= limit, target.first != slash, unplain(target[...]) == nil else { return nil }
    var parts = name.split(separator: slash).dropLast()
    for part in target.split(separator: slash, omittingEmptySubsequences: false) {
      if part.isEmpty { return nil }
      if part.elementsEqual([dot]) { continue }
      if part.elementsEqual([dot, dot]) {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(part)
      }
    }
    return Array(parts.joined(separator: [slash]))
  }

  static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  /// Backslashes are separators elsewhere, control characters forge listings, and bytes that are no UTF-8 are read
  /// differently by each reader.
  private static func unplain(_ name: ArraySlice<UInt8>) -> String? {
    var isASCII = true
    for byte in name {
      if byte == UInt8(ascii: "\\") { return "the name holds a backslash" }
      if byte < 0x20 || byte == 0x7f { return "the name holds a control character" }
      if byte >= 0x80 { isASCII = false }
    }
    if isASCII { return nil }
    guard let text = String(validating: name, as: UTF8.self) else { return "the name is no UTF-8" }
    let hasControl = text.unicodeScalars.contains { (0x80...0x9f).contains($0.value) }
    return hasControl ? "the name holds a control character" : nil
  }
}
