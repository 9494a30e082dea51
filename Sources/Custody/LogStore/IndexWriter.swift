import Files

/// Collects rows in any number, in memory of one size, and writes them into the index in order.
final class IndexWriter {
  /// Rows that are sorted in memory: 32 MiB.
  private let mostInMemory: Int
  private let folder: String
  private var rows: [IndexRow] = []
  private var runs = 0

  init(_ folder: String, inMemory: Int = 1 << 19) throws(FileError) {
    self.folder = folder
    mostInMemory = inMemory
    // Of an import that was killed.
    var left = 0
    while DurableFile.isTaken(run(left)) {
      try DurableFile.remove(run(left))
      left += 1
    }
  }

  deinit { for number in 0..<runs { try? DurableFile.remove(run(number)) } }

  func add(_ row: IndexRow) throws(FileError) {
    rows.append(row)
    if rows.count >= mostInMemory { try spill() }
  }

  /// Puts the new index into the place of the old one. Of rows of one entry the newest stays.
  func finish() throws(FileError) {
    guard !rows.isEmpty || runs > 0 else { return }
    try spill()
    var sources: [RowSource] = []
    for (age, path) in ([folder + "/index"] + (0..<runs).map(run)).enumerated() {
      guard let source = try RowSource(path, age: age) else { continue }
      Self.insert(source, into: &sources)
    }
    let output = try GrowingFile(folder + "/index.new")
    var buffer: [UInt8] = []
    var pending: (row: IndexRow, age: Int)?
    while let source = sources.popLast() {
      let row = source.row
      if let last = pending, last.row.isBefore(row) {
        buffer += last.row.encoded
        pending = nil
        if buffer.count >= 1 << 20 {
          try output.append(buffer[...])
          buffer.removeAll(keepingCapacity: true)
        }
      }
      if pending.map({ $0.age <= source.age }) ?? true { pending = (row, source.age) }
      if try source.advance() { Self.insert(source, into: &sources) }
    }
    if let pending { buffer += pending.row.encoded }
    try output.append(buffer[...])
    try output.finish(as: folder + "/index")
  }

  private func spill() throws(FileError) {
    guard !rows.isEmpty else { return }
    // Rows of one entry stay in the order in which they came.
    let order = rows.indices.sorted { one, other in
      rows[one].isBefore(rows[other]) || !rows[other].isBefore(rows[one]) && one < other
    }
    let output = try GrowingFile(run(runs) + ".new")
    var buffer: [UInt8] = []
    for place in order {
      buffer += rows[place].encoded
      if buffer.count >= 1 << 20 {
        try output.append(buffer[...])
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try output.append(buffer[...])
    try output.finish(as: run(runs))
    runs += 1
    rows.removeAll(keepingCapacity: true)
  }

  private func run(_ number: Int) -> String { "\(folder)/run-\(number)" }

  /// Keeps the source with the smallest row last.
  private static func insert(_ source: RowSource, into sources: inout [RowSource]) {
    var (low, high) = (0, sources.count)
    while low < high {
      let middle = (low + high) / 2
      if source.row.isBefore(sources[middle].row) { low = middle + 1 } else { high = middle }
    }
    sources.insert(source, at: low)
  }
}

/// Rows of a sorted file, one after the other; those that are not in order are passed over.
private final class RowSource {
  private(set) var row: IndexRow
  /// Larger is newer.
  let age: Int
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var position = 0

  /// Nil for a file that is not there, or holds no row.
  init?(_ path: String, age: Int) throws(FileError) {
    let folder = try Directory(path: DurableFile.parent(of: path))
    let name = Array(path.utf8.suffix(from: path.utf8.index(after: path.utf8.lastIndex(of: UInt8(ascii: "/"))!)))
    do throws(FileError) {
      file = try folder.file(name)
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
    guard try file.status().kind == .regular else { throw FileError("open", code: 22) }
    self.age = age
    row = IndexRow(EntryKey(index: 0), index: 0, pack: 0, offset: 0, length: 0)
    guard let first = try next() else { return nil }
    row = first
  }

  /// Whether there is another row.
  func advance() throws(FileError) -> Bool {
    while let next = try next() {
      // Equal rows may follow each other.
      guard !next.isBefore(row) else { continue }
      row = next
      return true
    }
    return false
  }

  private func next() throws(FileError) -> IndexRow? {
    if position == buffer.count {
      buffer = [UInt8](repeating: 0, count: 512 * IndexRow.size)
      let got = try file.readOn(into: &buffer, 0..<buffer.count)
      buffer.removeLast(buffer.count - got / IndexRow.size * IndexRow.size)
      position = 0
      if buffer.isEmpty { return nil }
    }
    defer { position += IndexRow.size }
    return IndexRow(decoding: buffer[position..<position + IndexRow.size])
  }
}
