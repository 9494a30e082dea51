package import Reasons

import Octets

/// Reads an archive block by block. It holds no file: whoever has the bytes feeds them, and is told what to bring next.
///
/// Where two readers of tar could take one archive for two different ones, it is refused.
package struct TarReader: Sendable {
  /// Largest extension record in bytes; Go's archive/tar has the same bound.
  package static let recordBytes = 1 << 20

  /// What to do next.
  package enum Next: Hashable, Sendable {
    /// Bring the next block to `take(block:at:)`.
    case block
    /// Bring the next `size` bytes to `take(record:)`, and pass over the padding behind them.
    case record(size: Int)
    /// An entry: its contents and their padding follow, then the next block.
    case entry(TarEntry)
    /// The end mark. Only zeros may follow.
    case end
  }

  private enum Extension { case pax, globalPAX, longName, longLink }

  private var pending: (kind: Extension, offset: UInt64)?
  private var pax: PAXRecords?
  private var longName: [UInt8]?
  private var longLink: [UInt8]?
  private var zeroBlocks = 0

  package init() {}

  /// - Parameters:
  ///   - block: `TarBlock.size` bytes.
  ///   - offset: where they stand in the archive.
  /// - Throws: `archive.malformed`, `archive.forbidden-entry`, `archive.limit-exceeded`; `archive.trailing-data` for
  ///   anything but zeros behind a zero block.
  package mutating func take(block: ArraySlice<UInt8>, at offset: UInt64) throws(Failure) -> Next {
    if block.allSatisfy({ $0 == 0 }) {
      guard !hasExtension else { throw dangling(at: offset) }
      zeroBlocks += 1
      return zeroBlocks == 2 ? .end : .block
    }
    guard zeroBlocks == 0 else {
      throw Failure(.archiveTrailingData, "", at: offset, "a zero block ends the archive, and more follows it")
    }
    let header = try TarHeader(block, at: offset)
    switch header.type {
    case UInt8(ascii: "x"): return try begin(.pax, again: pax != nil, header, at: offset)
    case UInt8(ascii: "g"): return try begin(.globalPAX, again: hasExtension, header, at: offset)
    case UInt8(ascii: "L"): return try begin(.longName, again: longName != nil, header, at: offset)
    case UInt8(ascii: "K"): return try begin(.longLink, again: longLink != nil, header, at: offset)
    default: return .entry(try entry(header, at: offset))
    }
  }

  /// Takes the body of an extension that `take(block:at:)` asked for.
  package mutating func take(record: [UInt8]) throws(Failure) {
    guard let (kind, offset) = pending else { preconditionFailure("no record was asked for") }
    pending = nil
    switch kind {
    case .pax: pax = try PAXRecords(record, at: offset)
    case .globalPAX:
      // One that named or sized every entry would serve no honest writer, and half of all readers ignore it.
      guard try PAXRecords(record, at: offset).isEmpty else {
        throw Failure(.archiveMalformed, "PAX header", at: offset, "a global header sets names or sizes")
      }
    case .longName: longName = Self.untilNUL(record)
    case .longLink: longLink = Self.untilNUL(record)
    }
  }

  /// The input has ended: throws `archive.truncated` unless an end mark stood before. One zero block is enough, since
  /// all readers stop there; none at all may be a cut between two entries.
  package func finish(at offset: UInt64) throws(Failure) {
    guard zeroBlocks > 0, !hasExtension else {
      throw Failure(.archiveTruncated, "", at: offset, "the archive ends without its end mark")
    }
  }

  private var hasExtension: Bool { pax != nil || longName != nil || longLink != nil }

  private mutating func begin(
    _ kind: Extension, again: Bool, _ header: TarHeader, at offset: UInt64
  ) throws(Failure) -> Next {
    guard !again else {
      throw Failure(.archiveMalformed, printable(header.name), at: offset, "two extensions of one kind for one entry")
    }
    guard header.size <= UInt64(Self.recordBytes) else {
      throw Failure(
        .archiveLimitExceeded, printable(header.name), at: offset,
        "an extension of \(header.size) bytes; at most \(Self.recordBytes)")
    }
    pending = (kind, offset)
    return .record(size: Int(header.size))
  }

  private func dangling(at offset: UInt64) -> Failure {
    Failure(.archiveMalformed, "", at: offset, "an extension belongs to no entry")
  }

  /// GNU counts the NUL that ends the name, and some writers pad with more. One inside stays, and is refused as a name.
  private static func untilNUL(_ record: [UInt8]) -> [UInt8] {
    Array(record[...(record.lastIndex { $0 != 0 } ?? -1)])
  }

  private mutating func entry(_ header: TarHeader, at offset: UInt64) throws(Failure) -> TarEntry {
    defer { (pax, longName, longLink) = (nil, nil, nil) }
    func malformed(_ name: [UInt8], _ detail: String) -> Failure {
      Failure(.archiveMalformed, printable(name), at: offset, detail)
    }
    guard longName == nil || pax?.path == nil, longLink == nil || pax?.linkPath == nil else {
      throw malformed(header.name, "both PAX and GNU name this entry")
    }
    let name = pax?.path ?? longName ?? header.name
    let target = pax?.linkPath ?? longLink ?? header.linkName
    let size = pax?.size ?? header.size
    // A reader that overlooks PAX finds the next header elsewhere: only sizes that the header cannot hold may differ.
    guard size == header.size || size >= 1 << 33 && [0, 1 << 33 - 1].contains(header.size) else {
      throw malformed(name, "PAX states \(size) bytes, the header \(header.size)")
    }
    let kind = Self.kind(of: header.type, name: name, target: target)
    if header.type == UInt8(ascii: "S") {
      // What follows its header is not for us to know.
      throw Failure(.archiveForbiddenEntry, printable(name), at: offset, "a sparse file, which an image never needs")
    }
    let hasTrailingSlash = name.last == UInt8(ascii: "/")
    if kind == .regular, hasTrailingSlash {
      throw malformed(name, "a file whose name ends as a directory's does")
    }
    // Some readers pass over contents here, some do not.
    guard size == 0 || !Self.hasNoContents(kind, header.type) else {
      throw malformed(name, "an entry of this kind has no contents, and its header states \(size) bytes")
    }
    return TarEntry(name: name, kind: kind, size: size, offset: offset)
  }

  private static func kind(of type: UInt8, name: [UInt8], target: [UInt8]) -> TarEntry.Kind {
    switch type {
    // Before POSIX a directory was a file whose name ends with a slash.
    case 0: name.last == UInt8(ascii: "/") ? .directory : .regular
    case UInt8(ascii: "0"), UInt8(ascii: "7"): .regular
    case UInt8(ascii: "1"): .forbidden("hard link")
    case UInt8(ascii: "2"): .symbolicLink(target: target)
    case UInt8(ascii: "3"): .forbidden("character device")
    case UInt8(ascii: "4"): .forbidden("block device")
    case UInt8(ascii: "5"): .directory
    case UInt8(ascii: "6"): .forbidden("named pipe")
    default: .forbidden("entry of type “\(printable([type]))”")
    }
  }

  private static func hasNoContents(_ kind: TarEntry.Kind, _ type: UInt8) -> Bool {
    switch kind {
    case .regular: false
    case .directory, .symbolicLink: true
    case .forbidden: (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(type)
    }
  }
}
