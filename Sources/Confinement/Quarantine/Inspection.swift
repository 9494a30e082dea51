import Cryptography
import Files
import MediumRecord
import OCIImage
import Octets
package import Reasons

/// What hashing everything again found.
package struct Inspection: Sendable {
  package enum Place: String, Hashable, Sendable { case quarantine, admitted }

  package struct Damage: Hashable, Sendable {
    package let place: Place
    /// Names the digest, the medium or the file.
    package let failure: Failure
  }

  /// Contents that were hashed.
  package fileprivate(set) var contents = 0
  /// Their bytes.
  package fileprivate(set) var bytes: UInt64 = 0
  /// Sorted by place and subject.
  package fileprivate(set) var damage: [Damage] = []
}

extension Quarantine {
  /// Hashes every content of the quarantine and of the layout of admitted images, and looks whether what records name, and
  /// what images consist of that the index lists, is there. What is on its way is not looked at.
  ///
  /// What of an index no verdict needed cannot be told from what was taken away: manifests that are not there, and foreign
  /// layers.
  package func verify(
    _ layout: AdmittedLayout?, waiting: Duration = usualWait,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(QuarantineError) -> Inspection {
    let lock = try lock(.together, waiting: waiting)
    defer { withExtendedLifetime(lock) {} }
    var inspection = Inspection()
    try inspect(blobs, .quarantine, &inspection, progress)
    try inspectRecords(&inspection)
    if let layout {
      // The index first: what is let out meanwhile is there before it is listed.
      inspectIndex(layout, &inspection)
      try inspect(layout.blobs, .admitted, &inspection, progress)
    }
    // A document is hashed as a content, and on the way to what it lists.
    inspection.damage = Array(Set(inspection.damage))
    inspection.damage.sort { one, other in
      one.place != other.place
        ? one.place == .quarantine : one.failure.subject.utf8.lexicographicallyPrecedes(other.failure.subject.utf8)
    }
    return inspection
  }

  private func inspect(
    _ store: BlobFolder, _ place: Inspection.Place, _ inspection: inout Inspection,
    _ progress: @escaping @Sendable (Int) -> Void
  ) throws(QuarantineError) {
    func damaged(_ failure: Failure) { inspection.damage.append(Inspection.Damage(place: place, failure: failure)) }
    var digests: [ClaimedDigest] = []
    for algorithm in BlobFolder.algorithms {
      let names = try storing("blobs") { () throws(FileError) in try store.folder(algorithm).names(atMost: .max) ?? [] }
      for name in names where place == .quarantine || !BlobFolder.isOnItsWay(name) {
        guard let digest = Hex.decode(name).flatMap({ ClaimedDigest(algorithm, $0) }) else {
          damaged(Failure(.quarantineMalformed, "blobs/\(algorithm.rawValue)/\(printable(name))", "no digest"))
          continue
        }
        digests.append(digest)
      }
    }
    for result in store.hash(digests, progress: progress) {
      switch result {
      case .success(let hashed):
        inspection.contents += 1
        inspection.bytes += hashed.status.size
      case .failure(let failure): damaged(failure)
      }
    }
  }

  private func inspectRecords(_ inspection: inout Inspection) throws(QuarantineError) {
    for listed in try list() where listed.progress == .taken {
      do throws(QuarantineError) {
        let record: MediumRecord
        switch listed.record {
        case .success(let read): record = read
        case .failure(let failure): throw .input(failure)
        }
        try records.files(of: record) { file throws(Failure) in
          guard blobs.status(file.digest) == nil else { return }
          throw Failure(
            .quarantineMalformed, "medium \(listed.id)", "\(file.digest) of \(printable(file.name)) is gone")
        }
      } catch {
        guard case .input(let failure) = error else { throw error }
        inspection.damage.append(Inspection.Damage(place: .quarantine, failure: failure))
      }
    }
  }

  private func inspectIndex(_ layout: AdmittedLayout, _ inspection: inout Inspection) {
    func damaged(_ failure: Failure) { inspection.damage.append(Inspection.Damage(place: .admitted, failure: failure)) }
    do throws(QuarantineError) {
      for descriptor in try layout.index().listed {
        var walk = ImageWalk(layout.blobs, without: .whatMayBe)
        do throws(Failure) { try walk.follow(descriptor.digest, size: descriptor.size) } catch { damaged(error) }
        for content in walk.contents where layout.blobs.status(content.digest)?.size != content.size {
          damaged(
            Failure(
              .blobMissing, "\(content.digest)", "\(descriptor.digest) needs it, and it is not there with its size"))
        }
      }
    } catch {
      if case .input(let found) = error { return damaged(found) }
      damaged(Failure(.imageIndexMalformed, "admitted/index.json", "\(error)"))
    }
  }
}
