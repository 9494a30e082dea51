import Octets
import Reasons

/// The body of a PAX extended header: `LENGTH KEY=VALUE\n`, repeated (POSIX.1-2017 pax, “pax Extended Header”).
///
/// Only what decides where entries lie and how they are called is kept. Each such key may stand once and not be empty:
/// readers disagree about both.
struct PAXRecords {
  private(set) var path: [UInt8]?
  private(set) var linkPath: [UInt8]?
  private(set) var size: UInt64?

  var isEmpty: Bool { path == nil && linkPath == nil && size == nil }

  /// - Parameter offset: of the header that the records belong to.
  /// - Throws: `archive.malformed`; `archive.forbidden-entry` for sparse files.
  init(_ body: [UInt8], at offset: UInt64) throws(Failure) {
    func failure(_ detail: String) -> Failure {
      Failure(.archiveMalformed, "PAX header", at: offset, detail)
    }
    var rest = body[...]
    while !rest.isEmpty {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      // Seven digits hold any length that fits TarLimits.recordBytes.
      guard (1...7).contains(digits.count) else { throw failure("a record's length is no number") }
      let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      guard length > digits.count + 2, length <= rest.count, rest[digits.endIndex] == 0x20,
        rest[rest.startIndex + length - 1] == 0x0a
      else { throw failure("a record is not LENGTH KEY=VALUE and a newline") }
      let record = rest[(digits.endIndex + 1)..<(rest.startIndex + length - 1)]
      guard let equals = record.firstIndex(of: 0x3d), equals > record.startIndex else {
        throw failure("a record has no key")
      }
      // GNU tar skips blanks before a key, and ends at a NUL.
      guard record[..<equals].allSatisfy({ (0x21...0x7e).contains($0) }) else {
        throw failure("“\(printable(Array(record[..<equals]), limit: 80))” is another key to some readers")
      }
      try take(record[..<equals], Array(record[(equals + 1)...]), failure, at: offset)
      rest = rest[(rest.startIndex + length)...]
    }
  }

  private mutating func take(
    _ key: ArraySlice<UInt8>, _ value: [UInt8], _ failure: (String) -> Failure, at offset: UInt64
  ) throws(Failure) {
    func once(_ old: Bool) throws(Failure) {
      guard !old else { throw failure("“\(printable(key))” stands twice") }
      guard !value.isEmpty else { throw failure("“\(printable(key))” is empty") }
    }
    if key.elementsEqual("path".utf8) {
      try once(path != nil)
      path = value
    } else if key.elementsEqual("linkpath".utf8) {
      try once(linkPath != nil)
      linkPath = value
    } else if key.elementsEqual("size".utf8) {
      try once(size != nil)
      // 18 digits stay below 2⁶³.
      guard value.count <= 18, value.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw failure("“size” is no number")
      }
      size = value.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    } else if Self.isSparse(key) {
      throw Failure(.archiveForbiddenEntry, "PAX header", at: offset, "a sparse file, which an image never needs")
    }
  }

  /// Keys by which GNU tar and libarchive would take other bytes for a file's contents than stand there.
  private static func isSparse(_ key: ArraySlice<UInt8>) -> Bool {
    key.starts(with: "GNU.sparse.".utf8) || key.elementsEqual("SUN.holesdata".utf8)
      || key.elementsEqual("SCHILY.realsize".utf8)
  }
}
