import Files
import MediumRecord
package import Octets
package import Reasons

extension Quarantine {
  /// What to remove. What was admitted is never removed, and its bytes stay where it lies.
  package struct Wish: Sendable {
    /// These media.
    package var media: [String] = []
    /// Media of which no image was admitted, all being judged, or that could not be read.
    package var refused = false
    /// Media that were taken longer ago than so many days.
    package var olderThanDays: Int?

    package init() {}
  }

  /// Days after which a copy that was interrupted counts as one that nobody goes on with.
  package static let partialDays = 1

  /// What is removed, or would be.
  package struct Removal: Sendable {
    package struct Medium: Hashable, Sendable {
      package let id: String
      /// Nil where the record cannot be read.
      package let label: String?
    }
    package fileprivate(set) var media: [Medium] = []
    /// Contents that no medium names any more.
    package fileprivate(set) var blobs = 0
    /// Bytes that the disk gets back; a file that has a name elsewhere still takes its own.
    package fileprivate(set) var bytes: UInt64 = 0
    /// Records that cannot be read: while there is one, no content is removed, since it may name any.
    package fileprivate(set) var unreadable: [Failure] = []
  }

  /// Removes what is not needed: media as wished, copies that nobody goes on with, contents that no medium names.
  ///
  /// - Parameters:
  ///   - isTrial: nothing is removed, and the same is said.
  ///   - waiting: how long for imports at work; while one is, nothing is removed.
  package func collect(
    _ wish: Wish, now: UnixTime, isTrial: Bool, waiting: Duration = usualWait
  ) throws(QuarantineError) -> Removal {
    let lock = try lock(.alone, waiting: waiting)
    defer { withExtendedLifetime(lock) {} }
    var removal = Removal()
    let all = try list()
    for id in wish.media where !all.contains(where: { $0.id.utf8.elementsEqual(id.utf8) }) { throw .unknownMedium(id) }
    var kept: [MediumRecord] = []
    for listed in all {
      let isNamed = wish.media.contains { $0.utf8.elementsEqual(listed.id.utf8) }
      switch listed.record {
      case .success(let record) where isNamed || wish.covers(record, now):
        removal.media.append(Removal.Medium(id: listed.id, label: record.label))
      case .success(let record): kept.append(record)
      case .failure where isNamed: removal.media.append(Removal.Medium(id: listed.id, label: nil))
      case .failure(let failure): removal.unreadable.append(failure)
      }
    }
    let named = try named(by: kept, &removal)
    if !isTrial {
      for medium in removal.media { try remove(medium.id) }
      try storing("media") { () throws(FileError) in try media.sync() }
    }
    try sweepIncoming(&removal, isTrial)
    if removal.unreadable.isEmpty { try sweepBlobs(but: named, &removal, isTrial) }
    return removal
  }

  private func named(
    by records: [MediumRecord], _ removal: inout Removal
  ) throws(QuarantineError) -> Set<ClaimedDigest> {
    var named: Set<ClaimedDigest> = []
    for record in records {
      if record.state == .copying {
        for file in journal(record.id) { named.insert(file.digest) }
        continue
      }
      do throws(QuarantineError) {
        try files(of: record) { file throws(Failure) in named.insert(file.digest) }
      } catch {
        guard case .input(let failure) = error else { throw error }
        removal.unreadable.append(failure)
      }
    }
    return named
  }

  func remove(_ id: String) throws(QuarantineError) {
    try storing("media/\(id).json") { () throws(FileError) in
      // The record first: without it the list says nothing, and with it a missing list would be damage.
      try media.remove(Self.recordName(id))
      try media.remove(Self.listName(id))
      try media.remove(Self.listName(id) + Array(".new".utf8))
    }
  }

  /// Nobody copies now: whatever is on its way was left there.
  private func sweepIncoming(_ removal: inout Removal, _ isTrial: Bool) throws(QuarantineError) {
    removal.bytes += try sweep(incoming, "incoming", isTrial) { _ in true }.bytes
  }

  private func sweepBlobs(
    but named: Set<ClaimedDigest>, _ removal: inout Removal, _ isTrial: Bool
  ) throws(QuarantineError) {
    for algorithm in BlobFolder.algorithms {
      let swept = try sweep(blobs.folder(algorithm), "blobs", isTrial) { name in
        guard let digest = Hex.decode(name).flatMap({ ClaimedDigest(algorithm, $0) }) else { return true }
        return !named.contains(digest)
      }
      removal.blobs += swept.files
      removal.bytes += swept.bytes
    }
  }

  private func sweep(
    _ folder: Directory, _ name: String, _ isTrial: Bool, _ isWaste: ([UInt8]) -> Bool
  ) throws(QuarantineError) -> (files: Int, bytes: UInt64) {
    try storing(name) { () throws(FileError) in
      var (files, bytes) = (0, UInt64(0))
      for name in try folder.names(atMost: .max) ?? [] where isWaste(name) {
        let status = try folder.status(of: name)
        guard status.kind != .directory else { continue }
        files += 1
        if status.links == 1, status.kind == .regular { bytes += status.size }
        if !isTrial { try folder.remove(name) }
      }
      if files > 0, !isTrial { try folder.sync() }
      return (files, bytes)
    }
  }
}

extension Quarantine.Wish {
  fileprivate func covers(_ record: MediumRecord, _ now: UnixTime) -> Bool {
    func isOlder(thanDays days: Int) -> Bool {
      let (limit, isTooFar) = now.seconds.subtractingReportingOverflow(
        Int64(clamping: days).multipliedClamped(by: 86_400))
      return !isTooFar && record.taken.seconds < limit
    }
    if record.state == .copying, isOlder(thanDays: Quarantine.partialDays) { return true }
    if let days = olderThanDays, isOlder(thanDays: days) { return true }
    guard refused else { return false }
    if record.unreadable != nil { return true }
    return record.state == .judged && !record.images.contains { $0.verdict == .admit }
  }
}

extension Int64 {
  fileprivate func multipliedClamped(by other: Int64) -> Int64 {
    let (product, isTooMuch) = multipliedReportingOverflow(by: other)
    return isTooMuch ? (self < 0 ? .min : .max) : product
  }
}
