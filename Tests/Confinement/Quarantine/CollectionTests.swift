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

/// What is removed, what never is, and what is said of damage.
struct CollectionTests {
  private static let day: Int64 = 86_400

  private func image(_ seed: Int) -> SampleImage {
    SampleImage.make(
      seed: UInt64(seed), platforms: [.linuxAMD64], layerSize: 1000, carriesForeignLayers: false,
      buildKitAttestations: false)
  }

  private func digest(_ seed: Int) throws -> ClaimedDigest {
    try ClaimedDigest(Array(image(seed).digest.utf8), in: "", malformed: .blobMissing)
  }

  private func sample(_ rig: QuarantineRig, seed: Int, shared: [MediumEntry] = []) throws -> String {
    let carried = CarriedImage(image(seed))
    let path = rig.folder.path("medium-\(seed)")
    try Packing.tar.write(MediumForm.orasBackup.entries(carried) + shared, to: path, style: .plain)
    return try rig.take(path).record.id
  }

  private func later(_ days: Int64) -> UnixTime { UnixTime(QuarantineRig.now.seconds + days * Self.day) }

  private func digests(_ rig: QuarantineRig, _ id: String) throws -> Set<String> {
    Set(try rig.trace(of: id).get().digests.map { ClaimedDigest($0).hex })
  }

  @Test func whatNoMediumNamesGoes() throws {
    let rig = try QuarantineRig()
    let shared = MediumEntry("shared", [UInt8](repeating: 7, count: 4000))
    let (one, other) = (try sample(rig, seed: 1, shared: [shared]), try sample(rig, seed: 2, shared: [shared]))
    let kept = try digests(rig, other)
    let gone = try digests(rig, one).subtracting(kept)
    let all = Set(try rig.names("quarantine/blobs/sha256"))
    #expect(all == kept.union(gone))
    var wish = Quarantine.Wish()
    #expect(try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false).blobs == 0)
    wish.media = [one]
    let bytes = try gone.reduce(UInt64(0)) { $0 + UInt64(try rig.folder.read("quarantine/blobs/sha256/\($1)").count) }
    let trial = try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: true)
    #expect(trial.media.map(\.id) == [one] && trial.blobs == gone.count && trial.bytes == bytes)
    #expect(Set(try rig.names("quarantine/blobs/sha256")) == all)
    #expect(try rig.quarantine.list().count == 2)
    let removal = try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false)
    #expect(removal.media == trial.media && removal.blobs == trial.blobs && removal.bytes == bytes)
    #expect(Set(try rig.names("quarantine/blobs/sha256")) == kept)
    #expect(try rig.quarantine.list().map(\.id) == [other])
    #expect(throws: QuarantineError.unknownMedium(one)) {
      try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false)
    }
  }

  @Test func whatWasAdmittedStays() throws {
    let rig = try QuarantineRig()
    let id = try sample(rig, seed: 1)
    let image = try digest(1)
    try rig.quarantine.admit(try rig.quarantine.rehash(image, of: id), named: ["v1"], into: rig.layout)
    let admitted = try rig.names("admitted/blobs/sha256")
    var wish = Quarantine.Wish()
    wish.media = [id]
    let removal = try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false)
    #expect(removal.blobs > admitted.count - 1)
    #expect(try rig.names("admitted/blobs/sha256") == admitted)
    #expect(try rig.quarantine.verify(rig.layout).damage.isEmpty)
    // The disk gets back the quarantine's copies of what was admitted, too.
    #expect(removal.bytes > 5000)
  }

  @Test func refusedOnesGoWhenAsked() throws {
    let rig = try QuarantineRig()
    let ids = try (1...4).map { try sample(rig, seed: $0) }
    let verdicts: [[MediumRecord.Verdict]] = [[.refuse, .incomplete], [.refuse, .admit], []]
    for (seed, (id, verdicts)) in zip(ids, verdicts).enumerated() {
      let digest = try digest(seed + 1)
      try rig.quarantine.judge(id, verdicts.map { MediumRecord.Image(digest: digest, verdict: $0, report: nil) })
    }
    let broken = rig.folder.path("broken")
    try Packing.tar.write([MediumEntry("a", [1])], to: broken, style: .plain)
    try runChecked(["truncate", "-s", "600", broken])
    let unreadable = try rig.take(broken).record
    #expect(unreadable.unreadable?.reason == .archiveTruncated)
    var wish = Quarantine.Wish()
    wish.refused = true
    let removal = try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false)
    // Not the one that has an image that was admitted, and not the one that nobody judged.
    #expect(Set(removal.media.map(\.id)) == [ids[0], ids[2], unreadable.id])
  }

  @Test(arguments: [(6, false), (8, true)]) func oldOnesGoWhenAsked(days: Int64, goes: Bool) throws {
    let rig = try QuarantineRig()
    let id = try sample(rig, seed: 1)
    var wish = Quarantine.Wish()
    // One that nobody judged is one that was interrupted.
    #expect(try rig.quarantine.collect(wish, in: rig.layout, now: later(2), isTrial: true).media.map(\.id) == [id])
    try rig.quarantine.judge(id, [])
    #expect(try rig.quarantine.collect(wish, in: rig.layout, now: later(1000), isTrial: true).media.isEmpty)
    wish.olderThanDays = 7
    let removal = try rig.quarantine.collect(wish, in: rig.layout, now: later(days), isTrial: true)
    #expect(removal.media.map(\.id) == (goes ? [id] : []))
  }

  /// A copy that was interrupted a moment ago may go on; its contents stay. One of a time to come, the clock having been set
  /// back, is of no moment ago.
  @Test(arguments: [(0, false), (2, true), (-1, false), (-2, true)])
  func interruptedCopiesGoAfterADay(days: Int64, goes: Bool) throws {
    let rig = try QuarantineRig()
    let whole = try sample(rig, seed: 1)
    try rig.quarantine.judge(whole, [])
    let shared = try rig.names("quarantine/blobs/sha256")
    let carried = CarriedImage(SampleImage.make(seed: 2, layerSize: 1000))
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: rig.folder.path("other"), style: .plain)
    let id = try rig.leave(rig.folder.path("other")).id
    try rig.folder.write("quarantine/incoming/waste", [1, 2, 3])
    let removal = try rig.quarantine.collect(Quarantine.Wish(), in: rig.layout, now: later(days), isTrial: false)
    #expect(removal.media.map(\.id) == (goes ? [id] : []))
    #expect(try rig.names("quarantine/blobs/sha256") == shared)
    #expect(try rig.names("quarantine/incoming") == (goes ? [] : [id, "\(id).json"]))
    #expect(goes ? removal.bytes > 1000 : (3...20).contains(removal.bytes))
  }

  /// What cannot be read may name any content.
  @Test(arguments: ["json", "files"]) func nothingGoesWhileARecordCannotBeRead(file: String) throws {
    let rig = try QuarantineRig()
    let (one, other) = (try sample(rig, seed: 1), try sample(rig, seed: 2))
    try rig.folder.write("quarantine/media/\(other).\(file)", Array("{".utf8))
    let blobs = try rig.names("quarantine/blobs/sha256")
    var wish = Quarantine.Wish()
    wish.media = [one]
    let removal = try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false)
    #expect(removal.unreadable.count == 1 && removal.blobs == 0)
    #expect(try rig.names("quarantine/blobs/sha256") == blobs)
    wish.media = [other]
    let rest = try rig.quarantine.collect(wish, in: rig.layout, now: later(0), isTrial: false)
    #expect(rest.unreadable.isEmpty && rest.blobs == blobs.count)
  }

  @Test func whatIsStillCopiedIsNeitherJudgedNorLetOut() throws {
    let rig = try QuarantineRig()
    let id = try sample(rig, seed: 1)
    let record = try rig.quarantine.record(of: id)
    let partial = try MediumRecord(
      id: id, label: record.label, source: record.source, taken: record.taken, mark: record.mark
    ).serialized()
    try rig.folder.write("quarantine/media/\(id).json", partial)
    let image = MediumRecord.Image(digest: try digest(1), verdict: .admit, report: nil)
    #expect(throws: QuarantineError.notCopied(id)) { try rig.quarantine.judge(id, [image]) }
    #expect(throws: QuarantineError.notCopied(id)) { try rig.quarantine.rehash(try digest(1), of: id) }
    #expect(try rig.folder.read("quarantine/media/\(id).json") == partial)
  }

  /// What a letting-out that was killed left half written, and a list without its record.
  @Test func whatWasLeftHalfWrittenGoes() throws {
    let rig = try QuarantineRig()
    let waste = ["admitted/index.json.new", "admitted/blobs/sha256/ab.new", "quarantine/media/0011223344556677.files"]
    for name in waste { try rig.folder.write(name, [1, 2]) }
    #expect(try rig.quarantine.collect(Quarantine.Wish(), in: rig.layout, now: later(0), isTrial: true).bytes == 6)
    #expect(waste.allSatisfy { DurableFile.isTaken(rig.folder.path($0)) })
    #expect(try rig.quarantine.collect(Quarantine.Wish(), in: rig.layout, now: later(0), isTrial: false).bytes == 6)
    #expect(!waste.contains { DurableFile.isTaken(rig.folder.path($0)) })
  }

  /// A copy that began long ago counts as given up until it is judged; not for whoever is about to judge it.
  @Test func nothingGoesBeforeItIsJudged() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(MediumForm.orasBackup.entries(CarriedImage(image(1))), to: path, style: .plain)
    func taken() throws -> Quarantine.TakenOver {
      let file = try OpenFile(path: path)
      let copy = try rig.quarantine.begin(
        .path(path), label: "stick", mark: MediumRecord.Mark(try file.status()), now: QuarantineRig.now)
      _ = try IncomingFolder(copy.id, copy.folder, beside: copy.contents, reserving: 0).take(file, as: .path(path))
      return try rig.quarantine.takeOver(copy)
    }
    func collected() throws -> Int {
      try rig.quarantine.collect(
        Quarantine.Wish(), in: rig.layout, now: later(2), isTrial: false, waiting: .milliseconds(20)
      ).media.count
    }
    var held: Quarantine.TakenOver? = try taken()
    #expect(throws: QuarantineError.self) { try collected() }
    #expect(held?.isKnown == false)
    held = nil
    #expect(try collected() == 1)
  }

  @Test func nothingGoesWhileAMediumIsCopied() throws {
    let rig = try QuarantineRig()
    let root = try Directory(path: rig.folder.path("quarantine"))
    let importing = try FileLock(Array("lock".utf8), in: root, .together, waiting: .zero)
    #expect(throws: QuarantineError.self) {
      try rig.quarantine.collect(
        Quarantine.Wish(), in: rig.layout, now: later(0), isTrial: false, waiting: .milliseconds(20))
    }
    // Others may copy at the same time.
    #expect(throws: Never.self) { try sample(rig, seed: 1) }
    withExtendedLifetime(importing) {}
  }
}
