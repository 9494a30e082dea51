import Cryptography
import Files
import MediaReader
import MediumRecord
import MiniatureSigstore
import OCIImage
import Octets
import Quarantine
import Reasons
import TestSupport
import Testing

/// A medium that comes again has one record.
struct KnownMediumTests {
  private func written(_ rig: QuarantineRig, _ name: String, _ entries: [MediumEntry]) throws -> String {
    try Packing.tar.write(entries, to: rig.folder.path(name), style: .plain)
    return rig.folder.path(name)
  }

  private let entries = ResumeTests.entries(3, size: 1000)

  @Test func theSameContentIsKnownUnderAnyName() throws {
    let rig = try QuarantineRig()
    let taken = try rig.take(try written(rig, "one", entries))
    let first = taken.record
    let verdict = MediumRecord.Image(
      digest: try taken.medium.get().archive().images[0].digest, verdict: .refuse, report: nil)
    try rig.quarantine.judge(first.id, [verdict])
    let again = try rig.take(try written(rig, "two", entries), label: "another stick")
    #expect(again.record.id == first.id && again.record.images == [verdict])
    #expect(again.isKnown)
    #expect(try rig.quarantine.list().map(\.id) == [first.id])
    #expect(try rig.names("quarantine/media") == ["\(first.id).files", "\(first.id).json"])
    #expect(impression { try again.medium.get() } == impression { try taken.medium.get() })
    #expect(rig.trace(of: first.id) == trace { try again.medium.get() })
  }

  /// Verdicts stay: what another reader leaves may be this medium, and of it nothing was judged, or something else.
  @Test func verdictsGiveWayToThoseAboutTheSameImages() throws {
    let rig = try QuarantineRig()
    let taken = try rig.take(try written(rig, "one", entries))
    let first = taken.record
    let verdict = MediumRecord.Image(
      digest: try taken.medium.get().archive().images[0].digest, verdict: .admit, report: nil)
    try rig.quarantine.judge(first.id, [verdict])
    try rig.quarantine.judge(first.id, [])
    #expect(try rig.quarantine.record(of: first.id).images == [verdict])
    let other = MediumRecord.Image(digest: ClaimedDigest(Cryptography.digest([1])), verdict: .refuse, report: nil)
    try rig.quarantine.judge(first.id, [other])
    #expect(try rig.quarantine.record(of: first.id).images == [other, verdict])
    let newer = MediumRecord.Image(digest: verdict.digest, verdict: .incomplete, report: nil)
    try rig.quarantine.judge(first.id, [newer])
    #expect(try rig.quarantine.record(of: first.id).images == [newer, other])
    // As many as a record holds, the newest first.
    let many = (0..<MediumRecord.mostImages - 1).map {
      MediumRecord.Image(
        digest: ClaimedDigest(Cryptography.digest([2, UInt8($0 & 255), UInt8($0 >> 8)])), verdict: .refuse, report: nil)
    }
    try rig.quarantine.judge(first.id, many)
    #expect(try rig.quarantine.record(of: first.id).images == many + [newer])
  }

  /// Other bytes under the same names and sizes.
  @Test func otherContentIsAnotherMedium() throws {
    let rig = try QuarantineRig()
    let first = try rig.take(try written(rig, "one", entries + [MediumEntry("extra/last", [1])])).record
    let other = try rig.take(try written(rig, "two", entries + [MediumEntry("extra/last", [2])])).record
    #expect(first.size == other.size && first.id != other.id)
    #expect(try rig.quarantine.list().count == 2)
  }

  /// The same files, packed or read otherwise: what was wrong with the one is not wrong with the other.
  @Test(arguments: ["kind", "packing", "size", "failures"]) func whatDiffersIsAnotherMedium(_ member: String) throws {
    let rig = try QuarantineRig()
    let path = try written(rig, "one", entries)
    var record = try rig.take(path).record
    let id = record.id
    #expect(try rig.take(path).record.id == id)
    switch member {
    case "kind": record.kind = .directory
    case "packing": record.packing = .gzip
    case "size": record.size += 1
    default: record.failures = [Failure(.archiveTruncated, "x", "y")]
    }
    try rig.folder.write("quarantine/media/\(id).json", try record.serialized())
    #expect(try rig.take(path).record.id != id)
  }

  /// One that nobody could be judged from again is not what the new one is.
  @Test func aRecordWithoutItsListIsNotKnown() throws {
    let rig = try QuarantineRig()
    let path = try written(rig, "one", entries)
    let first = try rig.take(path).record
    try DurableFile.remove(rig.folder.path("quarantine/media/\(first.id).files"))
    let again = try rig.take(path).record
    #expect(again.id != first.id)
    #expect(rig.trace(of: again.id) == trace { try MediaReader().read(.path(path)) })
  }
}
