import Files
import MediaReader
import MediumRecord
import Octets
import Reasons

/// The contents of a copy, on their way to the places that their names give them in the quarantine.
///
/// A content that is there already stays, if it is what its name says. Of two that differ in size the smaller one is hashed:
/// where it is right, the other cannot be, and where it is not, the one that is there is no worse than the one that comes.
/// So a file that has any size and no bytes costs nobody its hashing where the other one is small.
struct ContentPlacing {
  private let folder: IncomingFolder
  private let blobs: BlobFolder

  init(_ folder: IncomingFolder, into blobs: BlobFolder) {
    self.folder = folder
    self.blobs = blobs
  }

  /// A content that has a place to get.
  struct Move {
    let digest: ClaimedDigest
    /// What had the place when that was decided.
    let present: FileStatus?
  }

  /// What is to move, each content being there with the size that the list says.
  /// - Parameter sizes: by the copy's list.
  func moves(_ sizes: [ClaimedDigest: UInt64]) throws(QuarantineError) -> [Move] {
    var moves: [Move] = []
    var smallerOwn: [Move] = []
    var smallerPresent: [Move] = []
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
      let move = Move(digest: digest, present: present)
      switch present {
      case nil: moves.append(move)
      case let present? where own.size < present.size: smallerOwn.append(move)
      case _?: smallerPresent.append(move)
      }
    }
    let own = folder.blobs.hash(smallerOwn.map(\.digest))
    let there = blobs.hash(smallerPresent.map(\.digest))
    moves += zip(smallerOwn, own).filter { (try? $1.get()) != nil }.map(\.0)
    moves += zip(smallerPresent, there).filter { (try? $1.get()) == nil }.map(\.0)
    return moves
  }

  private func verify(_ status: FileStatus, _ size: UInt64, _ digest: ClaimedDigest) throws(QuarantineError) {
    guard status.size == size else {
      throw Quarantine.notWhole(folder.id, "\(digest) has \(status.size) bytes, and its list says \(size)")
    }
  }

  /// Takes the place, unless another import has put what is right there meanwhile.
  func perform(_ move: Move) throws(QuarantineError) {
    let (digest, name) = (move.digest, BlobFolder.name(move.digest))
    if blobs.status(digest) != move.present, (try? blobs.hash(digest)) != nil { return }
    try storing("blobs/\(digest)") { () throws(FileError) in
      try folder.blobs.folder(of: digest).rename(name, to: blobs.folder(of: digest), as: name)
    }
  }
}

extension Quarantine {
  /// Sizes of contents by the list of a copy. Together they are no more than a medium may hold: a file may have any size and
  /// no bytes, and whoever comes later hashes it.
  func sizes(of record: MediumRecord, in folder: IncomingFolder) throws(QuarantineError) -> [ClaimedDigest: UInt64] {
    var sizes: [ClaimedDigest: UInt64] = [:]
    var total: UInt64 = 0
    try folder.records.files(of: record) { file throws(Failure) in
      if let size = sizes.updateValue(file.size, forKey: file.digest) {
        guard size == file.size else {
          throw Failure(.quarantineMalformed, "medium \(record.id)", "\(file.digest) has two sizes on its list")
        }
        return
      }
      let (sum, isTooMuch) = total.addingReportingOverflow(file.size)
      guard !isTooMuch, sum <= MediaLimits.usual.totalBytes else {
        throw Failure(.quarantineMalformed, "medium \(record.id)", "its list holds more than a medium may")
      }
      total = sum
    }
    return sizes
  }
}
