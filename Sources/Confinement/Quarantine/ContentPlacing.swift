import Files
import MediumRecord
import Octets
import Reasons

/// The contents of a copy, on their way to the places that their names give them in the quarantine.
///
/// A content that is there already stays, if it is what its name says. Of two that differ in size the smaller one is hashed:
/// where it is right, the other cannot be, and where it is not, the one that is there is no worse than the one that comes.
/// So a file that has any size and no bytes costs nobody its hashing, in either place.
struct ContentPlacing {
  private let folder: IncomingFolder
  private let blobs: BlobFolder

  init(_ folder: IncomingFolder, into blobs: BlobFolder) {
    self.folder = folder
    self.blobs = blobs
  }

  /// What is to move, each content being there with the size that the list says.
  /// - Parameter sizes: by the copy's list.
  func moves(_ sizes: [ClaimedDigest: UInt64]) throws(QuarantineError) -> [ClaimedDigest] {
    var moves: [ClaimedDigest] = []
    var smallerOwn: [ClaimedDigest] = []
    var smallerPresent: [ClaimedDigest] = []
    for (digest, size) in sizes {
      let present = blobs.status(digest)
      guard let own = folder.blobs.status(digest), own.isOfOneName else {
        guard let present else {
          throw Quarantine.notWhole(folder.id, "\(digest) is on its list, and is not there as a file")
        }
        try verify(present, size, digest)
        continue
      }
      try verify(own, size, digest)
      switch present {
      case nil: moves.append(digest)
      case let present? where own.size < present.size: smallerOwn.append(digest)
      case _?: smallerPresent.append(digest)
      }
    }
    let own = folder.blobs.hash(smallerOwn)
    let there = blobs.hash(smallerPresent)
    moves += zip(smallerOwn, own).filter { (try? $1.get()) != nil }.map(\.0)
    moves += zip(smallerPresent, there).filter { (try? $1.get()) == nil }.map(\.0)
    return moves
  }

  private func verify(_ status: FileStatus, _ size: UInt64, _ digest: ClaimedDigest) throws(QuarantineError) {
    guard status.size == size else {
      throw Quarantine.notWhole(folder.id, "\(digest) has \(status.size) bytes, and its list says \(size)")
    }
  }

  func move(_ digest: ClaimedDigest) throws(QuarantineError) {
    let name = BlobFolder.name(digest)
    try storing("blobs/\(digest)") { () throws(FileError) in
      try folder.blobs.folder(of: digest).rename(name, to: blobs.folder(of: digest), as: name)
    }
  }
}

extension Quarantine {
  /// Gives the contents their places that the list of a copy names.
  func placeContents(named record: MediumRecord, from folder: IncomingFolder) throws(QuarantineError) {
    var sizes: [ClaimedDigest: UInt64] = [:]
    try folder.records.files(of: record) { file throws(Failure) in
      guard sizes.updateValue(file.size, forKey: file.digest) ?? file.size == file.size else {
        throw Failure(.quarantineMalformed, "medium \(record.id)", "\(file.digest) has two sizes on its list")
      }
    }
    let placing = ContentPlacing(folder, into: blobs)
    for digest in try placing.moves(sizes) { try placing.move(digest) }
  }
}
