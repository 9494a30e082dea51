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

  /// Days after which a copy that was interrupted, before its end or before its verdict, counts as one that nobody goes on
  /// with.
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

  /// Removes what is not needed: media as wished, copies that nobody goes on with, contents that no medium names, and what
  /// imports that were ended left on its way.
  ///
  /// - Parameters:
  ///   - layout: where images are let out to.
  ///   - isTrial: nothing is removed, and the same is said.
  ///   - waiting: how long for imports at work; while one is, nothing is removed.
  package func collect(
    _ wish: Wish, in layout: AdmittedLayout?, now: UnixTime, isTrial: Bool, waiting: Duration = usualWait
  ) throws(QuarantineError) -> Removal {
    let lock = try lock(.alone, waiting: waiting)
    defer { withExtendedLifetime(lock) {} }
    var removal = Removal()
    let all = try list()
    for id in wish.media where !all.contains(where: { $0.id.utf8.elementsEqual(id.utf8) }) { throw .unknownMedium(id) }
    var kept: [Listed] = []
    var going: [Listed] = []
    for listed in all {
      let isNamed = wish.media.contains { $0.utf8.elementsEqual(listed.id.utf8) }
      switch listed.record {
      case .success(let record) where isNamed || wish.covers(record, listed.progress, now): going.append(listed)
      case .success: kept.append(listed)
      // A copy that cannot be gone on with is one that nobody goes on with.
      case .failure where isNamed || listed.progress != .taken: going.append(listed)
      case .failure(let failure): removal.unreadable.append(failure)
      }
    }
    let named = try named(by: kept, &removal)
    removal.media = going.map { Removal.Medium(id: $0.id, label: try? $0.record.get().label) }
    if !isTrial {
      for medium in going where medium.progress == .taken { try records.remove(medium.id) }
      try storing(records.name) { () throws(FileError) in try records.folder.sync() }
    }
    try sweepLists(&removal, isTrial)
    try sweepIncoming(kept, &removal, isTrial)
    if removal.unreadable.isEmpty { try sweepBlobs(but: named, &removal, isTrial) }
    if let layout { try sweep(layout, &removal, isTrial) }
    return removal
  }

  private func named(by kept: [Listed], _ removal: inout Removal) throws(QuarantineError) -> Set<ClaimedDigest> {
    var named: Set<ClaimedDigest> = []
    for listed in kept {
      guard case .success(let record) = listed.record else { continue }
      if listed.progress != .taken {
        // What it found here already, it does not bring again.
        guard let folder = try? incoming.directory(Array(listed.id.utf8)) else { continue }
        RecordFolder(ofIncoming: listed.id, folder).journal(listed.id) { named.insert($0.digest) }
        continue
      }
      do throws(QuarantineError) {
        try records.files(of: record) { file throws(Failure) in named.insert(file.digest) }
      } catch {
        guard case .input(let failure) = error else { throw error }
        removal.unreadable.append(failure)
      }
    }
    return named
  }

  /// Lists whose record is gone, or was never written, and what was on its way to a name.
  private func sweepLists(_ removal: inout Removal, _ isTrial: Bool) throws(QuarantineError) {
    let stays = Set(
      try records.ids().flatMap { [RecordFolder.recordName($0), RecordFolder.listName($0)] })
    let swept = try sweep(records.folder, records.name, isTrial) { !stays.contains($0) }
    removal.bytes = removal.bytes.addingClamped(swept.bytes)
  }

  /// Nobody copies now: what is there is a copy that goes on, or waste.
  private func sweepIncoming(_ kept: [Listed], _ removal: inout Removal, _ isTrial: Bool) throws(QuarantineError) {
    let stays = Set(
      kept.filter { $0.progress != .taken }.flatMap { [Array($0.id.utf8), RecordFolder.recordName($0.id)] })
    let swept = try storing("incoming") { () throws(FileError) in
      var bytes: UInt64 = 0
      for name in try incoming.names(atMost: .max) ?? [] where !stays.contains(name) {
        bytes = bytes.addingClamped(try self.bytes(ofIncoming: name))
        if !isTrial { try incoming.removeTree(name) }
      }
      return bytes
    }
    removal.bytes = removal.bytes.addingClamped(swept)
  }

  private func bytes(ofIncoming name: [UInt8]) throws(FileError) -> UInt64 {
    guard let folder = try? incoming.directory(name) else { return try incoming.status(of: name).size }
    let blobs = (try? folder.directory(Array(BlobFolder.folderName.utf8))).flatMap { try? BlobFolder(reading: $0) }
    var bytes: UInt64 = 0
    for place in [folder] + (blobs.map { BlobFolder.algorithms.map($0.folder) } ?? []) {
      try place.forEachName { (name) throws(FileError) in
        let status = try place.status(of: name)
        if status.isOfOneName { bytes = bytes.addingClamped(status.size) }
        return true
      }
    }
    return bytes
  }

  private func sweepBlobs(
    but named: Set<ClaimedDigest>, _ removal: inout Removal, _ isTrial: Bool
  ) throws(QuarantineError) {
    for algorithm in BlobFolder.algorithms {
      let swept = try sweep(blobs.folder(algorithm), BlobFolder.folderName, isTrial) { name in
        guard let digest = Hex.decode(name).flatMap({ ClaimedDigest(algorithm, $0) }) else { return true }
        return !named.contains(digest)
      }
      removal.blobs += swept.files
      removal.bytes = removal.bytes.addingClamped(swept.bytes)
    }
  }

  /// What a letting-out that was ended had on its way. Nobody lets out now, since that takes the lock, too.
  private func sweep(_ layout: AdmittedLayout, _ removal: inout Removal, _ isTrial: Bool) throws(QuarantineError) {
    for folder in [layout.root] + BlobFolder.algorithms.map(layout.blobs.folder) {
      removal.bytes = removal.bytes.addingClamped(try sweep(folder, "admitted", isTrial, BlobFolder.isOnItsWay).bytes)
    }
  }

  private func sweep(
    _ folder: Directory, _ name: String, _ isTrial: Bool, _ isWaste: ([UInt8]) -> Bool
  ) throws(QuarantineError) -> (files: Int, bytes: UInt64) {
    try storing(name) { () throws(FileError) in
      var (files, bytes) = (0, UInt64(0))
      try folder.forEachName { (name) throws(FileError) in
        guard isWaste(name) else { return true }
        let status = try folder.status(of: name)
        guard status.kind != .directory else { return true }
        files += 1
        if status.isOfOneName { bytes = bytes.addingClamped(status.size) }
        if !isTrial { try folder.remove(name) }
        return true
      }
      if files > 0, !isTrial { try folder.sync() }
      return (files, bytes)
    }
  }
}

extension Quarantine.Wish {
  fileprivate func covers(_ record: MediumRecord, _ progress: Quarantine.Listed.Progress, _ now: UnixTime) -> Bool {
    func isOlder(thanDays days: Int) -> Bool {
      let (limit, isTooFar) = now.seconds.subtractingReportingOverflow(
        Int64(clamping: days).multipliedClamped(by: 86_400))
      return !isTooFar && record.taken.seconds < limit
    }
    // One of a time to come was begun before the clock was set back. Nobody knows how old it is.
    let (ahead, isTooFar) = record.taken.seconds.subtractingReportingOverflow(now.seconds)
    let isAhead = isTooFar ? record.taken > now : ahead > Int64(Quarantine.partialDays) * 86_400
    // One that nobody judged was ended before its verdict: the next import of the medium takes it in anew.
    let isWhole = progress == .taken && record.state == .judged
    if !isWhole, isAhead || isOlder(thanDays: Quarantine.partialDays) { return true }
    if let days = olderThanDays, isOlder(thanDays: days) { return true }
    guard refused else { return false }
    if record.unreadable != nil { return true }
    return record.state == .judged && !record.images.contains { $0.verdict == .admit }
  }
}

extension UInt64 {
  /// A reader in foreign hands may leave files of any size that have no bytes.
  fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, isTooMuch) = addingReportingOverflow(other)
    return isTooMuch ? .max : sum
  }
}

extension Int64 {
  fileprivate func multipliedClamped(by other: Int64) -> Int64 {
    let (product, isTooMuch) = multipliedReportingOverflow(by: other)
    return isTooMuch ? (self < 0 ? .min : .max) : product
  }
}
