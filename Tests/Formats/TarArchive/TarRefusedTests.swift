import Reasons
import TarArchive
import TestSupport
import Testing

/// Archives in each of which one thing is wrong.
struct TarRefusedTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let reason: Reason
    let offset: UInt64
    let write: @Sendable (inout TarWriter) -> Void
    var testDescription: String { what }

    init(
      _ what: String, _ reason: Reason = .archiveMalformed, at offset: UInt64 = 0,
      by write: @escaping @Sendable (inout TarWriter) -> Void
    ) {
      self.what = what
      self.reason = reason
      self.offset = offset
      self.write = write
    }
  }

  private static func spoiled(_ index: Int, _ byte: UInt8) -> @Sendable (inout TarWriter) -> Void {
    {
      var inner = TarWriter()
      inner.header("n")
      var block = inner.bytes
      block[index] = byte
      $0.append(block)
    }
  }

  private static func size(_ field: [UInt8]) -> @Sendable (inout TarWriter) -> Void {
    { $0.header(Array("n".utf8), sizeField: field) }
  }

  private static func pax(_ body: String) -> @Sendable (inout TarWriter) -> Void {
    {
      $0.extend("x", Array(body.utf8))
      $0.header("n")
    }
  }

  static let headers: [Case] = [
    Case("checksum wrong", by: spoiled(0, 0x6f)),
    Case("checksum no number", by: spoiled(148, 0x78)),
    Case("checksum empty", by: spoiled(148, 0)),
    Case("size empty", by: size([UInt8](repeating: 0, count: 12))),
    Case("size blank", by: size([UInt8](repeating: 0x20, count: 12))),
    Case("size with a stray letter", by: size(Array("0000000001x\u{0}".utf8))),
    Case("size with digits behind its end", by: size(Array("0000001\u{0}0007".utf8))),
    Case("size not octal", by: size(Array("00000000018\u{0}".utf8))),
    Case("size signed", by: size(Array("-0000000001\u{0}".utf8))),
    Case("size negative in base 256", by: size([UInt8](repeating: 0xff, count: 12))),
    Case("size of 2^63 in base 256", by: size([0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0])),
    Case("size of 2^64 in base 256", by: size([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])),
    // Names that some readers would lengthen (Go, Python, GNU tar).
    Case("prefix under GNU's magic") { $0.header(Array("n".utf8), magic: "ustar  \u{0}", prefix: "p") },
    Case("times where others see a prefix") {
      $0.header(Array("n".utf8), magic: "ustar  \u{0}", prefix: "00000000000")
    },
    Case("prefix under no magic") {
      $0.header(Array("n".utf8), magic: String(repeating: "\u{0}", count: 8), prefix: "p")
    },
    Case("prefix under another version") { $0.header(Array("n".utf8), magic: "ustar\u{0}01", prefix: "p") },
    Case("prefix that star has times in") {
      $0.header(Array("n".utf8), prefix: String(repeating: "p", count: 132)) {
        $0.replaceSubrange(508..<512, with: Array("tar\u{0}".utf8))
      }
    },
    Case("second entry's header", at: 1024) {
      $0.file("a", "b")
      spoiled(0, 0x6f)(&$0)
    },
    Case("directory with contents") { $0.header("d/", type: "5", size: 512) },
    Case("symbolic link with contents") { $0.header("l", type: "2", size: 512, link: "a") },
    Case("hard link with contents") { $0.header("l", type: "1", size: 512, link: "a") },
    Case("file named as a directory") { $0.header("d/", type: "0") },
    Case("V7 directory with contents") { $0.header("d/", type: "\u{0}", size: 512) },
    Case("GNU sparse file", .archiveForbiddenEntry) { $0.header("n", type: "S") },
    Case("lone zero block", .archiveTrailingData, at: 1536) {
      $0.file("a", "b")
      $0.append([UInt8](repeating: 0, count: 512))
      $0.header("c")
    },
  ]

  static let extensions: [Case] = [
    Case("PAX without a length", by: pax(" path=a\n")),
    Case("PAX length with letters", by: pax("1x path=a\n")),
    Case("PAX length of eight digits", by: pax("00000010 path=a\n")),
    Case("PAX length too short", by: pax("8 path=a\n")),
    Case("PAX length too long", by: pax("11 path=a\n")),
    Case("PAX length of itself alone", by: pax("2 ")),
    Case("PAX without a space", by: pax("10_path=a\n")),
    Case("PAX without an equals sign", by: pax("8 patha\n")),
    Case("PAX without a key", by: pax("5 =a\n")),
    Case("PAX path twice", by: pax("10 path=a\n10 path=b\n")),
    Case("PAX link path twice", by: pax("14 linkpath=a\n14 linkpath=b\n")),
    Case("PAX size twice", by: pax("10 size=0\n10 size=0\n")),
    Case("PAX path empty", by: pax("8 path=\n")),
    Case("PAX size no number", by: pax("10 size=x\n")),
    Case("PAX size negative", by: pax("11 size=-1\n")),
    Case("PAX size of nineteen digits", by: pax("28 size=9223372036854775807\n")),
    Case("PAX size against the header", at: 1024, by: pax("10 size=1\n")),
    // A header that could not hold it says nothing, or all that it can.
    Case("PAX size beyond a header that says another", at: 1024) {
      $0.pax([("size", "8589934592")])
      $0.header("n", size: 1)
    },
    Case("PAX key behind a blank", by: pax("11  path=x\n")), Case("PAX key behind a tab", by: pax("11 \tpath=x\n")),
    Case("PAX key with a NUL", by: pax("8 a\u{0}b=c\n")), Case("PAX key with a line feed", by: pax("8 a\nb=c\n")),
    Case("PAX sparse file", .archiveForbiddenEntry, by: pax("22 GNU.sparse.major=1\n")),
    Case("PAX sparse file of Solaris", .archiveForbiddenEntry, by: pax("23 SUN.holesdata= 0 10\n")),
    Case("PAX size that is another", .archiveForbiddenEntry, by: pax("21 SCHILY.realsize=5\n")),
    Case("PAX twice for one entry", at: 1024) {
      $0.pax([("mtime", "1")])
      $0.pax([("mtime", "1")])
      $0.header("n")
    },
    Case("PAX for no entry", at: 1024) { $0.pax([("path", "a")]) },
    Case("global PAX path") {
      $0.pax([("path", "a")], type: "g")
      $0.header("n")
    },
    Case("global PAX size") {
      $0.pax([("size", "0")], type: "g")
      $0.header("n")
    },
    Case("global PAX between an extension and its entry", at: 1024) {
      $0.pax([("path", "a")])
      $0.pax([("comment", "a")], type: "g")
      $0.header("n")
    },
    Case("GNU long name twice", at: 1024) {
      $0.extend("L", Array("a\u{0}".utf8))
      $0.extend("L", Array("b\u{0}".utf8))
      $0.header("n")
    },
    Case("GNU long link twice", at: 1024) {
      $0.extend("K", Array("a\u{0}".utf8))
      $0.extend("K", Array("b\u{0}".utf8))
      $0.header("n", type: "2")
    },
    Case("GNU and PAX name", at: 2048) {
      $0.extend("L", Array("a\u{0}".utf8))
      $0.pax([("path", "b")])
      $0.header("n")
    },
    Case("GNU and PAX link", at: 2048) {
      $0.extend("K", Array("a\u{0}".utf8))
      $0.pax([("linkpath", "b")])
      $0.header("n", type: "2")
    },
    Case("extension above the bound", .archiveLimitExceeded) {
      $0.header("e", type: "x", size: TarReader.recordBytes + 1)
    },
  ]

  @Test(arguments: headers + extensions) func refused(one: Case) {
    let failure = #expect(throws: Failure.self) { try walk(TarWriter.archive { one.write(&$0) }) }
    #expect(failure?.reason == one.reason, "\(String(describing: failure))")
    #expect(failure?.offset == one.offset, "\(String(describing: failure))")
  }

  @Test func noEndMark() {
    var writer = TarWriter()
    writer.file("a", "b")
    let failure = #expect(throws: Failure.self) { try walk(writer.bytes) }
    #expect(failure?.reason == .archiveTruncated)
    #expect(failure?.offset == 1024)
  }

  @Test func endAfterAnExtension() {
    var writer = TarWriter()
    writer.pax([("path", "a")])
    let failure = #expect(throws: Failure.self) { try walk(writer.bytes) }
    #expect(failure?.reason == .archiveTruncated)
  }

  /// No input may trap: every byte of every block of a good archive, set to the values that matter.
  @Test func noByteTraps() {
    let archive = TarWriter.archive {
      $0.pax([("path", "long"), ("size", "2")])
      $0.file("a", "bc")
    }
    for index in archive.indices {
      for value: UInt8 in [0, 0x39, 0x80, 0xff] {
        var changed = archive
        changed[index] = value
        _ = try? walk(changed).count
      }
    }
  }
}
