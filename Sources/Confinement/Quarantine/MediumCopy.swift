import Cryptography
import Files
import MediaReader
import MediumRecord
import Octets
import Reasons
import Synchronization

/// Takes a medium's contents into the folder of its copy while they are hashed. Holds none of them in memory.
final class MediumCopy: ContentSink {
  let folder: IncomingFolder
  /// What an interrupted copy of this medium says that it had finished, by name.
  private let earlier: [[UInt8]: MediumFile]
  private let notice: @Sendable (IncomingFolder.Notice) -> Void
  private let state: Mutex<State>

  private struct State {
    let journal: NewFile
    var next = 0
    var trouble: QuarantineError?
  }

  init(
    into folder: IncomingFolder, earlier: [[UInt8]: MediumFile], journal: NewFile,
    notice: @escaping @Sendable (IncomingFolder.Notice) -> Void
  ) {
    self.folder = folder
    self.earlier = earlier
    self.notice = notice
    state = Mutex(State(journal: journal))
  }

  /// What stopped the copy and is no fault of the medium.
  var trouble: QuarantineError? { state.withLock { $0.trouble } }

  // MARK: ContentSink

  func plan(_ contents: AnySequence<MediumContent>?) throws(Failure) {
    let available = try available()
    guard let contents else { return notice(.spaceUnknown(available: available)) }
    var needed: UInt64 = 0
    var counted: Set<ClaimedDigest> = []
    for content in contents {
      if let digest = earlier[content.name]?.digest ?? content.claimed, digest.algorithm == content.algorithm {
        if folder.size(of: digest) == content.size { continue }
        guard counted.insert(digest).inserted else { continue }
      }
      needed = needed.addingReportingOverflow(content.size).partialValue
    }
    guard needed <= available else { throw stop(.noSpace(needed: needed, available: available)) }
  }

  func copied(_ content: MediumContent) -> (file: OpenFile, digest: ClaimedDigest)? {
    guard let known = earlier[content.name], known.size == content.size, known.offset == content.offset,
      known.modified == content.modified.flatMap(MediumRecord.Moment.init),
      known.digest.algorithm == content.algorithm, let file = try? folder.open(known.digest)
    else { return nil }
    return (file, known.digest)
  }

  func writer(for content: MediumContent) throws(Failure) -> any ContentWriter {
    try ContentCopy(content, in: self, expecting: earlier[content.name]?.digest ?? content.claimed)
  }

  // MARK: What a content asks for

  func nextName() -> [UInt8] {
    state.withLock { state in
      state.next += 1
      return Array("\(state.next)".utf8) + IncomingFolder.partEnding
    }
  }

  /// Writes down that a content is there: it need not be read from the medium again.
  func note(_ content: MediumContent, _ digest: ClaimedDigest) throws(Failure) {
    let file = MediumFile(
      name: content.name, digest: digest, size: content.size, offset: content.offset,
      modified: content.modified.flatMap(MediumRecord.Moment.init))
    guard earlier[content.name] != file else { return }
    let line = try file.line()
    // A torn line is passed over when it is read again; nothing rests on this one being there.
    try storing(content, missing: UInt64(line.count)) { () throws(FileError) in
      let result: Result<Void, FileError> = state.withLock { state in
        do throws(FileError) { return .success(try state.journal.append(line[...])) } catch { return .failure(error) }
      }
      try result.get()
    }
  }

  func verifySpace(for size: UInt64) throws(Failure) {
    let available = try available()
    guard size <= available else { throw stop(.noSpace(needed: size, available: available)) }
  }

  private func available() throws(Failure) -> UInt64 {
    do throws(FileError) {
      let free = try folder.root.freeBytes()
      return free - min(free, folder.reserve)
    } catch {
      throw stop(.file("incoming/\(folder.id)", error))
    }
  }

  /// - Parameter missing: bytes that are still to come, for the words where the disk is full.
  func storing<Answer>(
    _ content: MediumContent, missing: UInt64, _ ask: () throws(FileError) -> Answer
  ) throws(Failure) -> Answer {
    do throws(FileError) { return try ask() } catch {
      // What is larger than the room that there was when this process began is more than the disk takes.
      guard error.isFull || error.isTooLarge else { throw stop(.file(printable(content.name), error)) }
      let free = (try? folder.root.freeBytes()) ?? 0
      throw stop(.noSpace(needed: missing, available: free - min(free, folder.reserve)))
    }
  }

  /// Keeps the trouble, and gives what ends the reading.
  private func stop(_ trouble: QuarantineError) -> Failure {
    state.withLock { $0.trouble = $0.trouble ?? trouble }
    return Failure(.archiveUnreadable, "quarantine", "the copy was stopped: \(trouble)")
  }
}

extension MediumRecord.Moment {
  /// Nil for a moment that no file system gives.
  init?(_ moment: FileStatus.Moment) {
    self.init(seconds: Int64(moment.seconds), nanoseconds: Int64(moment.nanoseconds))
  }
}
