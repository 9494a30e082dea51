import Cryptography
import Files
import Octets
import Reasons
import Synchronization

/// Hashes files that lie ready on a disk, on all cores. A file's hash cannot be split, so the largest go first.
struct HashingWorkers {
  /// Bytes read at a time, and held by each thread: they stay in the core's own cache from reading to hashing.
  static let bufferBytes = 256 << 10

  /// A stretch of bytes to hash.
  struct Job: Sendable {
    /// The file's place in the inventory.
    let index: Int
    let name: [UInt8]
    let size: UInt64
    /// Where its header stands, for errors; and where its contents do.
    let headerOffset: UInt64
    var offset: UInt64
    let algorithm: HashAlgorithm
    let keeps: Bool
    /// When a file of a folder was changed last.
    let modified: FileStatus.Moment?

    /// - Parameter offset: where the contents stand.
    init(_ index: Int, _ item: Inventory.Item, at offset: UInt64, modified: FileStatus.Moment? = nil) {
      self.index = index
      name = item.name
      size = item.size
      headerOffset = item.offset
      self.offset = offset
      algorithm = item.algorithm
      keeps = item.decision == .keep
      self.modified = modified
    }

    var content: MediumContent {
      MediumContent(name: name, size: size, offset: headerOffset, modified: modified, algorithm: algorithm)
    }
  }

  /// - Parameters:
  ///   - places: of files in the inventory.
  ///   - job: what is to be done for one of them.
  ///   - sink: takes the bytes, too.
  ///   - file: gives the file that holds a job's bytes.
  /// - Throws: `archive.unreadable`; what the sink throws.
  static func run(
    _ places: [UInt32], of inventory: Inventory, meter: ProgressMeter, to sink: (any ContentSink)? = nil,
    as job: @escaping @Sendable (Int) -> Job, on file: @escaping @Sendable (Job) throws(Failure) -> ReadableFile
  ) throws(Failure) -> HashedContents {
    try sink?.plan(AnySequence(places.lazy.map { job(Int($0)).content }))
    let order = places.sorted { one, other in
      let (size, another) = (inventory.size(of: Int(one)), inventory.size(of: Int(other)))
      return size != another ? size > another : one < other
    }
    let state = WorkState(inventory, order)
    onThreads(min(readingThreads, order.count)) {
      var buffer: [UInt8] = []
      while let job = state.next().map(job) {
        do throws(Failure) {
          if let sink {
            state.finish(job.index, try copy(job, from: file, to: sink, &buffer, meter))
          } else {
            state.finish(job.index, try hash(job, try file(job), &buffer, meter))
          }
        } catch {
          state.fail(error)
        }
      }
    }
    return try state.outcome()
  }

  /// Hashes what was copied before where it still is what it was, and otherwise the medium's bytes on their way.
  private static func copy(
    _ job: Job, from file: (Job) throws(Failure) -> ReadableFile, to sink: any ContentSink,
    _ buffer: inout [UInt8], _ meter: ProgressMeter
  ) throws(Failure) -> Hashed {
    if let copied = sink.copied(job.content), let local = try? ReadableFile(copied.file),
      local.status.kind == .regular, local.status.size == job.size
    {
      var there = job
      there.offset = 0
      if let result = try? hash(there, local, &buffer, meter), copied.digest == result.digest { return result }
    }
    let writer = try sink.writer(for: job.content)
    let result = try hash(job, try file(job), &buffer, meter, to: writer)
    try writer.finish(result.digest)
    return result
  }

  private static func hash(
    _ job: Job, _ file: ReadableFile, _ buffer: inout [UInt8], _ meter: ProgressMeter,
    to writer: (any ContentWriter)? = nil
  ) throws(Failure) -> Hashed {
    func unreadable(_ why: String) -> Failure {
      Failure(.archiveUnreadable, printable(job.name), at: job.headerOffset, why)
    }
    var digester = Digester(job.algorithm)
    var contents: [UInt8] = []
    if job.keeps { contents.reserveCapacity(Int(clamping: job.size)) }
    // A thread that only meets small files needs no large buffer.
    let wanted = Int(min(job.size, UInt64(bufferBytes)))
    if buffer.count < wanted { buffer = [UInt8](repeating: 0, count: wanted) }
    var done: UInt64 = 0
    while done < job.size {
      let piece = Int(min(job.size - done, UInt64(buffer.count)))
      let count = try reading(printable(job.name), at: job.headerOffset) { () throws(FileError) in
        try file.file.read(into: &buffer, 0..<piece, at: job.offset + done)
      }
      guard count == piece else { throw unreadable("it became shorter while it was read") }
      digester.update(buffer[..<count])
      try writer?.write(buffer[..<count])
      if job.keeps { contents += buffer[..<count] }
      done += UInt64(count)
      meter.advance(count)
    }
    try file.verifyUnchanged(unreadable)
    return Hashed(digest: digester.finish(), contents: job.keeps ? contents : nil)
  }
}

/// What the threads share.
private final class WorkState: Sendable {
  private struct State {
    var next = 0
    var hashed = HashedContents()
    var failure: Failure?
  }
  private let inventory: Inventory
  private let order: [UInt32]
  private let state = Mutex(State())

  init(_ inventory: Inventory, _ order: [UInt32]) {
    self.inventory = inventory
    self.order = order
  }

  func next() -> Int? {
    state.withLock { state in
      guard state.failure == nil, state.next < order.count else { return nil }
      state.next += 1
      return Int(order[state.next - 1])
    }
  }

  func finish(_ place: Int, _ result: Hashed) {
    state.withLock { $0.hashed.set(place, result, named: inventory.packedName(place)) }
  }

  func fail(_ failure: Failure) { state.withLock { $0.failure = $0.failure ?? failure } }

  func outcome() throws(Failure) -> HashedContents {
    let (hashed, failure) = state.withLock { ($0.hashed, $0.failure) }
    if let failure { throw failure }
    return hashed
  }
}
