import Files
import Glibc
package import MediumRecord
import Octets
import Reasons

extension Quarantine {
  /// What a reader left, in the quarantine. While there is one, nothing is removed: its copy may have begun so long ago that
  /// it counts as given up until it is judged.
  package struct TakenOver: Sendable {
    package let record: MediumRecord
    /// The same was taken in before, and has that record; this copy gets no second one.
    package let isKnown: Bool
    fileprivate let shared: FileLock
  }

  /// Takes a whole copy over into the quarantine: the contents that its list names, and its record.
  ///
  /// What lies there was written by a process that hostile bytes may have captured, which has ended: it is believed for no
  /// byte, takes no place of a content that is what its name says, and of its files only regular ones move.
  /// - Throws: `quarantine.malformed` for a copy that is not whole, or not the one that was begun.
  package func takeOver(
    _ copy: Incoming, waiting: Duration = longWait
  ) throws(QuarantineError) -> TakenOver {
    let folder: IncomingFolder
    do throws(QuarantineError) {
      folder = try IncomingFolder(copy.id, copy.folder, beside: copy.contents, reserving: reserve)
    } catch { throw Self.notWhole(copy.id, "\(error)") }
    let record = try record(of: copy, in: folder)
    let placing = ContentPlacing(folder, into: blobs)
    let moves = try placing.moves(try sizes(of: record, in: folder))
    // Nobody waits for what is hashed. What another import has changed since is looked at once more.
    let changing = try changing(waiting: waiting)
    defer { withExtendedLifetime(changing) {} }
    for move in moves { try placing.perform(move) }
    let known = try known(like: record, in: folder)
    if known == nil, record.files != nil { try takeOverList(of: folder) }
    // A record must not say that contents are there whose bytes or names a power cut takes away. One wait for all: one
    // for each takes a medium of many small files ten times as long.
    try storing("blobs") { () throws(FileError) in try root.syncFileSystem() }
    if known == nil { try records.keep(record) }
    removeIncoming(copy.id)
    return TakenOver(record: known ?? record, isKnown: known != nil, shared: copy.shared)
  }

  static func notWhole(_ id: String, _ why: String) -> QuarantineError {
    .input(Failure(.quarantineMalformed, "medium \(id)", why))
  }

  private func record(of copy: Incoming, in folder: IncomingFolder) throws(QuarantineError) -> MediumRecord {
    let record: MediumRecord
    do throws(QuarantineError) { record = try folder.records.record(of: copy.id) } catch {
      guard case .unknownMedium = error else { throw error }
      throw Self.notWhole(copy.id, "the reader left no record of it")
    }
    guard record.state == .complete, record.label.utf8.elementsEqual(copy.record.label.utf8),
      record.source.utf8.elementsEqual(copy.record.source.utf8), record.taken == copy.record.taken
    else { throw Self.notWhole(copy.id, "its record is not that of the copy that was begun, to its end") }
    return record
  }

  private func takeOverList(of folder: IncomingFolder) throws(QuarantineError) {
    let name = RecordFolder.listName(folder.id)
    try storing("media/\(folder.id).files") { () throws(FileError) in
      let status = try folder.root.status(of: name)
      guard status.isOfOneName else { throw FileError("rename", code: EINVAL) }
      try folder.root.rename(name, to: records.folder, as: name)
      try records.folder.sync()
    }
  }

  /// The record of a medium with the same files, whatever people called it: the same names, sizes and digests, in the
  /// same order and packed alike. One whose list is gone or altered is not: the new record takes its place.
  private func known(like new: MediumRecord, in folder: IncomingFolder) throws(QuarantineError) -> MediumRecord? {
    func listSize(_ folder: Directory, _ id: String) -> UInt64? {
      (try? folder.status(of: RecordFolder.listName(id)))?.size
    }
    guard let files = new.files, let size = listSize(folder.root, new.id) else { return nil }
    // Lists of another size are other lists, and their records, which take longer, are not read.
    for id in try records.ids() where listSize(records.folder, id) == size {
      guard let old = try? records.record(of: id), old.files == files, old.kind == new.kind,
        old.packing == new.packing, old.size == new.size, old.failures == new.failures,
        (try? records.files(of: old) { _ in }) != nil
      else { continue }
      return old
    }
    return nil
  }
}
