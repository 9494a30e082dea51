import Files
import TestSupport
import Testing

@testable import LogStore

/// More rows than fit into the memory that is allowed: runs on the disk, merged with what was there.
@Suite struct IndexWriterTests {
  private func rows(in folder: String) throws -> [IndexRow] {
    var rows: [IndexRow] = []
    EntryIndex(try OpenFile(path: folder + "/index")).rows(from: EntryKey(index: 0)) {
      rows.append($0)
      return true
    }
    return rows
  }

  /// Index 97·i mod 1009, so that no run is in order by itself.
  private func write(_ numbers: Range<UInt64>, pack: UInt32, to folder: String) throws {
    let writer = try IndexWriter(folder, inMemory: 16)
    for number in numbers {
      let index = number * 97 % 1009
      try writer.add(IndexRow(EntryKey(index: index), index: index, pack: pack, offset: number, length: 1))
    }
    try writer.finish()
  }

  @Test func runsAreMerged() throws {
    let folder = try TemporaryFolder()
    try write(0..<700, pack: 1, to: folder.path)
    try write(500..<1009, pack: 2, to: folder.path)
    let rows = try rows(in: folder.path)
    #expect(rows.map(\.index) == Array(0..<1009))
    // Of one entry the newest stays.
    for row in rows { #expect(row.pack == (row.offset < 500 ? 1 : 2)) }
    #expect(try folder.names() == ["index"])
  }

  @Test func withinOneImportTheLastRowStays() throws {
    let folder = try TemporaryFolder()
    let writer = try IndexWriter(folder.path, inMemory: 3)
    for offset in 0..<10 {
      try writer.add(IndexRow(EntryKey(index: 7), index: 7, pack: 1, offset: UInt64(offset), length: 1))
    }
    try writer.finish()
    #expect(try rows(in: folder.path).map(\.offset) == [9])
  }

  @Test func whatAnInterruptedRunLeftIsGone() throws {
    let folder = try TemporaryFolder()
    for name in ["run-0", "run-1", "run-0.new"] { try folder.write(name, [1]) }
    try write(0..<40, pack: 1, to: folder.path)
    #expect(try rows(in: folder.path).count == 40)
    #expect(try folder.names() == ["index"])
  }
}
