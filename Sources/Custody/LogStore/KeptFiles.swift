import Files
import LogHistory
import LogSnapshot

/// The files of one log, open for reading. Whatever cannot be read is as if it were not there, and is named.
struct KeptFiles: KeptHashes {
  private let folder: Directory?
  private let hashFiles: [OpenFile?]
  let index: EntryIndex?
  /// Files that are there, and are none of ours or cannot be opened.
  let unreadable: [String]

  init(_ path: String) {
    var unreadable: [String] = []
    var folder: Directory?
    do throws(FileError) {
      folder = try Directory(path: path)
    } catch {
      if !error.isAbsence { unreadable.append(path) }
    }
    func open(_ name: String) -> OpenFile? {
      do throws(FileError) {
        guard let file = try folder?.file(Array(name.utf8)) else { return nil }
        if try file.status().kind == .regular { return file }
      } catch {
        if error.isAbsence { return nil }
      }
      unreadable.append("\(path)/\(name)")
      return nil
    }
    hashFiles = (0..<SnapshotPath.levels).map { open("hashes-\($0)") }
    index = open("index").map { EntryIndex($0) }
    self.folder = folder
    self.unreadable = unreadable
  }

  func hashes(level: Int, from first: UInt64, count: Int) -> [UInt8]? {
    guard let file = hashFiles[level], first < UInt64.max / 64 else { return nil }
    var hashes = [UInt8](repeating: 0, count: 32 * count)
    guard (try? file.read(into: &hashes, 0..<hashes.count, at: 32 * first)) == hashes.count else { return nil }
    // Zeros are a hole: nobody knows what hashes to them.
    for start in stride(from: 0, to: hashes.count, by: 32) where hashes[start..<start + 32].allSatisfy({ $0 == 0 }) {
      return nil
    }
    return hashes
  }

  /// The record that a row leads to; nil where there is none.
  func record(_ row: IndexRow) -> EntryRecord? {
    guard row.length <= EntryRecord.mostBytes,
      let pack = try? folder?.file(Array("pack-\(row.pack)".utf8)), (try? pack.status().kind) == .regular
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(row.length))
    guard (try? pack.read(into: &bytes, 0..<bytes.count, at: row.offset)) == bytes.count,
      let record = try? EntryRecord(decoding: bytes), record.index == row.index
    else { return nil }
    return record
  }

  /// The number behind the last pack.
  func nextPack() throws(FileError) -> UInt32 {
    var next: UInt32 = 0
    for name in try folder?.names(atMost: .max) ?? [] {
      let text = String(decoding: name, as: UTF8.self)
      guard text.hasPrefix("pack-"), let number = UInt32(text.dropFirst(5)), number < .max else { continue }
      next = max(next, number + 1)
    }
    return next
  }
}
