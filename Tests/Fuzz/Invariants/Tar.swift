import Cryptography
import Files
import Octets
import Reasons
import TarArchive

@testable import MediaReader

/// One archive has one reading, on every way on which it can come; what is found are the bytes that are there; and what
/// is found, written again, is found again.
enum TarInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let limits = MediaLimits.usual
    let held = Told { () throws(Failure) in try MediaReader(limits: limits).read(held: bytes) }
    try held.holdPlaces(in: bytes.count)
    try checkBounds(bytes)
    guard TarBlock.isHeader(bytes[...]) else {
      try hold(held.failures.map(\.reason) == [.archiveNotRecognised], "no header, and \(held)")
      return false
    }
    let file = try MemoryFile(bytes)
    let source = MediaSource.path(file.path)
    let jumped = Told { () throws(Failure) in try MediaReader(limits: limits).read(source) }
    try jumped.holdPlaces(in: bytes.count)
    let odd = 1 + (bytes.count * 7 + Int(bytes[0])) % 1021
    for size in [odd, InflatedInput.pieceBytes] {
      let passed = try streamed(file, source, limits, pieces: size)
      // Whoever does not know where the input ends can only say that so much is too much.
      if passed.isTooLarge, jumped.isTruncated, passed.failures[0].offset == jumped.failures[0].offset { continue }
      try hold(passed == jumped, "in pieces of \(size): \(passed), and with jumps: \(jumped)")
    }
    if held.entries == nil {
      // One that is held is refused where another is only noted to be too long.
      try hold(jumped.failures.contains { $0.reason == held.failures[0].reason }, "held \(held), in a file \(jumped)")
    } else {
      try hold(held == jumped, "held \(held), in a file \(jumped)")
    }
    guard let entries = jumped.entries else { return false }
    try checkDigests(entries, in: bytes)
    try checkWriting(entries, in: bytes)
    return jumped.failures.isEmpty
  }

  private static func streamed(
    _ file: MemoryFile, _ source: MediaSource, _ limits: MediaLimits, pieces: Int
  ) throws -> Told {
    let meter = ProgressMeter(total: nil, nil)
    let input = try InflatedInput(
      OpenFile(path: file.path), head: [], compression: nil, source: source, meter: meter, pieceBytes: pieces)
    defer { input.stop() }
    let told = Told { () throws(Failure) in
      let archive = StreamedArchive(input, isInflated: false, from: source, limits: limits)
      let (entries, failures) = try archive.read().resolved()
      return Medium(kind: .tar, compression: nil, size: 0, entries: entries, failures: failures)
    }
    return told.about(source)
  }

  /// Few entries, and little room: what is kept stays within it.
  private static func checkBounds(_ bytes: [UInt8]) throws {
    var limits = MediaLimits()
    (limits.entries, limits.keptEntryBytes, limits.keptTotalBytes, limits.failures) = (8, 256, 512, 3)
    limits.keepsEverything = true
    guard let medium = try? MediaReader(limits: limits).read(held: bytes) else { return }
    try hold(medium.entries.count <= limits.entries, "\(medium.entries.count) entries")
    try hold(medium.failures.count <= limits.failures, "\(medium.failures.count) failures")
    // Aliases share their target's contents; files that describe the layout are kept beside the others.
    let kept = medium.entries.filter { $0.alias == nil }.compactMap(\.contents)
    try hold(kept.allSatisfy { $0.count <= limits.keptEntryBytes }, "an entry larger than the bound was kept")
    let describing = medium.entries.count { entry in Self.describing.contains { entry.name.elementsEqual($0.utf8) } }
    let most = Int(limits.keptTotalBytes) + describing * Int(limits.keptEntryBytes)
    try hold(kept.reduce(0) { $0 + $1.count } <= most, "more was kept than the bound")
  }

  /// Files that are kept beside the bound for all: they say what the rest is.
  private static let describing = ["index.json", "manifest.json", "oci-layout", "version", "repositories"]

  private static func checkDigests(_ entries: [Told.Entry], in bytes: [UInt8]) throws {
    for entry in entries where entry.alias == nil {
      let contents = Array(bytes[entry.contentRange])
      try hold(digest(contents, entry.digest.algorithm) == entry.digest, "\(printable(entry.name)) hashes otherwise")
      try hold(entry.contents == nil || entry.contents == contents, "\(printable(entry.name)) was kept otherwise")
    }
    try hold(Set(entries.map(\.name)).count == entries.count, "a name stands twice")
  }

  private static func checkWriting(_ entries: [Told.Entry], in bytes: [UInt8]) throws {
    let files = entries.filter { $0.alias == nil }
    guard !files.isEmpty else { return }
    var archive: [UInt8] = []
    for file in files {
      let name = String(decoding: file.name, as: UTF8.self)
      archive += TarOutput.file(name, size: Int64(file.size)) + bytes[file.contentRange]
      archive += TarOutput.padding(Int64(file.size))
    }
    let again = Told { () throws(Failure) in try MediaReader().read(held: archive + TarOutput.end) }
    try hold(again.failures.isEmpty, "what was written is refused: \(again)")
    let found = again.entries?.map { [$0.name, $0.digest.bytes] }
    try hold(found == files.map { [$0.name, $0.digest.bytes] }, "other files were found than were written")
  }
}
