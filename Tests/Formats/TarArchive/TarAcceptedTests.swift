import TarArchive
import TestSupport
import Testing

/// Every spelling that honest writers use.
struct TarAcceptedTests {
  private static let long = String(repeating: "d/", count: 80) + "file"

  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let entry: TarEntry
    let write: @Sendable (inout TarWriter) -> Void
    var testDescription: String { what }

    init(
      _ what: String, name: String, kind: TarEntry.Kind = .regular, size: UInt64 = 0, offset: UInt64 = 0,
      _ write: @escaping @Sendable (inout TarWriter) -> Void
    ) {
      self.what = what
      entry = TarEntry(name: Array(name.utf8), kind: kind, size: size, offset: offset)
      self.write = write
    }
  }

  static let cases: [Case] = [
    Case("ustar", name: "a/b", size: 5) { $0.file("a/b", "hello") },
    Case("ustar prefix", name: "deep/name") { $0.header(Array("name".utf8), prefix: "deep") },
    Case("GNU", name: "name") { $0.header(Array("name".utf8), magic: "ustar  \u{0}") },
    Case("star has times behind its prefix", name: "p/name") {
      $0.header(Array("name".utf8), prefix: "p") { block in
        block.replaceSubrange(476..<487, with: Array("00000000000".utf8))
        block.replaceSubrange(508..<512, with: Array("tar\u{0}".utf8))
      }
    },
    Case("V7 file", name: "name") { $0.header(Array("name".utf8), type: "\u{0}", magic: "") },
    Case("V7 directory", name: "dir/", kind: .directory) { $0.header(Array("dir/".utf8), type: "\u{0}", magic: "") },
    Case("contiguous file", name: "name") { $0.header("name", type: "7") },
    Case("directory", name: "dir/", kind: .directory) { $0.header("dir/", type: "5") },
    Case("directory without slash", name: "dir", kind: .directory) { $0.header("dir", type: "5") },
    Case("symbolic link", name: "l", kind: .symbolicLink(target: Array("../t".utf8))) {
      $0.header("l", type: "2", link: "../t")
    },
    Case("a name that fills its field", name: String(repeating: "n", count: 100)) {
      $0.header(String(repeating: "n", count: 100))
    },
    Case("size after spaces", name: "n", size: 8) {
      $0.header(Array("n".utf8), sizeField: Array("        10 \u{0}".utf8))
      $0.contents([UInt8](repeating: 1, count: 8))
    },
    Case("size of twelve digits", name: "n", size: 8) {
      $0.header(Array("n".utf8), sizeField: Array("000000000010".utf8))
      $0.contents([UInt8](repeating: 1, count: 8))
    },
    Case("size in base 256", name: "n", size: 8) {
      $0.header(Array("n".utf8), sizeField: [0x80] + [UInt8](repeating: 0, count: 10) + [8])
      $0.contents([UInt8](repeating: 1, count: 8))
    },
    Case("PAX path", name: long, offset: 1024) {
      $0.pax([("path", long)])
      $0.header("short")
    },
    Case("PAX link path", name: "l", kind: .symbolicLink(target: Array(long.utf8)), offset: 1024) {
      $0.pax([("linkpath", long)])
      $0.header("l", type: "2", link: "short")
    },
    Case("PAX size that the header repeats", name: "n", size: 3, offset: 1024) {
      $0.pax([("size", "3")])
      $0.file("n", "abc")
    },
    Case("PAX keys of others", name: "n", offset: 1024) {
      $0.pax([("mtime", "1.5"), ("SCHILY.xattr.user.a", ""), ("LIBARCHIVE.creationtime", "2")])
      $0.header("n")
    },
    Case("global PAX header", name: "n", offset: 1024) {
      $0.pax([("comment", "0123")], type: "g")
      $0.header("n")
    },
    Case("empty PAX header", name: "n", offset: 512) {
      $0.extend("x", [])
      $0.header("n")
    },
    Case("GNU long name", name: long, offset: 1024) {
      $0.extend("L", Array(long.utf8) + [0])
      $0.header("short")
    },
    Case("GNU long name and link", name: long, kind: .symbolicLink(target: Array(long.utf8)), offset: 2048) {
      $0.extend("K", Array(long.utf8) + [0])
      $0.extend("L", Array(long.utf8) + [0, 0, 0])
      $0.header("short", type: "2", link: "short")
    },
    Case("GNU long name of nothing but NULs is an empty name", name: "", offset: 1024) {
      $0.extend("L", [0, 0])
      $0.header("short")
    },
  ]

  @Test(arguments: cases) func accepted(one: Case) throws {
    #expect(try walk(TarWriter.archive { one.write(&$0) }) == [one.entry])
  }

  @Test func anExtensionIsForOneEntryOnly() throws {
    let archive = TarWriter.archive {
      $0.pax([("path", "long")])
      $0.header("short")
      $0.header("next")
    }
    #expect(try walk(archive).map(\.name) == [Array("long".utf8), Array("next".utf8)])
  }

  @Test func aPAXSizeThatNoHeaderHoldsCounts() throws {
    var writer = TarWriter()
    writer.pax([("size", "8589934592")])
    writer.header("n")
    var reader = TarReader()
    #expect(try reader.take(block: writer.bytes[..<512], at: 0) == .record(size: 19))
    try reader.take(record: Array(writer.bytes[512..<531]))
    let entry = TarEntry(name: [0x6e], kind: .regular, size: 1 << 33, offset: 1024)
    #expect(try reader.take(block: writer.bytes[1024...], at: 1024) == .entry(entry))
  }

  @Test func aChecksumOfSignedBytesCounts() throws {
    var archive = TarWriter.archive { $0.header([0xc3, 0xa9]) }
    var block = Array(archive[..<512])
    TarWriter.seal(&block, signed: true)
    #expect(block != Array(archive[..<512]))
    archive.replaceSubrange(..<512, with: block)
    #expect(try walk(archive).count == 1)
  }

  @Test func oneZeroBlockAtTheEndIsAnEndMark() throws {
    var writer = TarWriter()
    writer.file("a", "b")
    writer.append([UInt8](repeating: 0, count: 512))
    #expect(try walk(writer.bytes).count == 1)
  }

  @Test(
    arguments: [
      ("1", "hard link"), ("3", "character device"), ("4", "block device"), ("6", "named pipe"),
      ("V", "entry of type “V”"), ("M", "entry of type “M”"), ("X", "entry of type “X”"),
    ] as [(Character, String)])
  func forbiddenKindsAreNamed(type: Character, words: String) throws {
    let archive = TarWriter.archive { $0.header("n", type: type) }
    #expect(try walk(archive).map(\.kind) == [.forbidden(words)])
  }

  @Test func aHeaderIsToldFromOtherBytes() {
    var archive = TarWriter.archive { $0.header("n") }
    #expect(TarBlock.isHeader(archive[...]))
    #expect(!TarBlock.isHeader(archive[..<511]))
    archive[0] ^= 1
    #expect(!TarBlock.isHeader(archive[...]))
    #expect(!TarBlock.isHeader([UInt8](repeating: 0, count: 512)[...]))
  }

  @Test(arguments: [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511), (UInt64(Int64.max), 1)] as [(UInt64, UInt64)])
  func padding(size: UInt64, padding: UInt64) {
    #expect(TarBlock.padding(after: size) == padding)
  }
}
