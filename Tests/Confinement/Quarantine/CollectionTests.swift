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

  private func sample(_ rig: QuarantineRig, seed: Int, shared: [MediumEntry] = []) throws -> String {
    let carried = CarriedImage(
      SampleImage.make(
        seed: UInt64(seed), platforms: [.linuxAMD64], layerSize: 1000, carriesForeignLayers: false,
        buildKitAttestations: false))
    let path = rig.folder.path("medium-\(seed)")
    try Packing.tar.write(MediumForm.orasBackup.entries(carried) + shared, to: path, style: .plain)
    return try rig.take(path).record.id
  }

  private func later(_ days: Int64) -> UnixTime { UnixTime(QuarantineRig.now.seconds + days * Self.day) }

  private func digests(_ rig: QuarantineRig, _ id: String) throws -> Set<String> {
    Set(try rig.quarantine.medium(id).entries.map { ClaimedDigest($0.digest).hex })
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
    let image = try rig.quarantine.medium(id).archive().images[0].digest
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
    for (id, verdicts) in zip(ids, verdicts) {
      let digest = try rig.quarantine.medium(id).archive().images[0].digest
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
    #expect(try rig.quarantine.collect(wish, in: rig.layout, now: later(days), isTrial: true).media.map(\.id) == (goes ? [id] : []))
  }

  /// A copy that was interrupted a moment ago may go on; its contents stay.
  @Test(arguments: [(0, false), (2, true)]) func interruptedCopiesGoAfterADay(days: Int64, goes: Bool) throws {
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
    #expect(try rig.names("quarantine/incoming") == (goes ? [] : [id]))
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

  @Test func nothingGoesWhileAMediumIsCopied() throws {
    let rig = try QuarantineRig()
    let root = try Directory(path: rig.folder.path("quarantine"))
    let importing = try FileLock(Array("lock".utf8), in: root, .together, waiting: .zero)
    #expect(throws: QuarantineError.self) {
      try rig.quarantine.collect(Quarantine.Wish(), in: rig.layout, now: later(0), isTrial: false, waiting: .milliseconds(20))
    }
    // Others may copy at the same time.
    #expect(throws: Never.self) { try sample(rig, seed: 1) }
    withExtendedLifetime(importing) {}
  }

  // MARK: Damage

  @Test func verifyFindsEveryDamage() throws {
    let rig = try QuarantineRig()
    let id = try sample(rig, seed: 1)
    let image = try rig.quarantine.medium(id).archive().images[0].digest
    try rig.quarantine.admit(try rig.quarantine.rehash(image, of: id), named: ["v1"], into: rig.layout)
    let before = try rig.quarantine.verify(rig.layout)
    // Each copy by itself: what was let out is no file of the quarantine's.
    let named = try digests(rig, id).count + rig.names("admitted/blobs/sha256").count
    #expect(before.damage.isEmpty && before.contents == named)
    func damage(_ change: () throws -> Void) throws -> [String] {
      try change()
      return try rig.quarantine.verify(rig.layout).damage.map {
        "\($0.place.rawValue) \($0.failure.reason.rawValue) \($0.failure.subject)"
      }
    }
    let bytes = try readFile(rig.path(ofBlob: image))
    let admitted = rig.path(ofBlob: image, in: "admitted")
    // A file of its own, which only the layout has.
    #expect(
      try damage { try DurableFile.write(bytes + [0x20], to: admitted) } == ["admitted blob.digest-mismatch \(image)"])
    #expect(try damage { try DurableFile.remove(admitted) } == ["admitted blob.missing \(image)"])
    try DurableFile.write(bytes, to: admitted)
    #expect(
      try damage { try DurableFile.write(bytes + [0x20], to: rig.path(ofBlob: image)) } == [
        "quarantine blob.digest-mismatch \(image)"
      ])
    #expect(
      try damage { try DurableFile.remove(rig.path(ofBlob: image)) } == ["quarantine quarantine.malformed medium \(id)"]
    )
    try DurableFile.write(bytes, to: rig.path(ofBlob: image))
    #expect(
      try damage { try rig.folder.write("quarantine/blobs/sha256/x", []) } == [
        "quarantine quarantine.malformed blobs/sha256/x"
      ])
    try DurableFile.remove(rig.folder.path("quarantine/blobs/sha256/x"))
    #expect(
      try damage { try rig.folder.write("admitted/index.json", []) } == ["admitted json.malformed admitted/index.json"])
  }

  /// The file of one content under the name of another: hashed under each name.
  @Test func aFileUnderAnotherNameIsFound() throws {
    let rig = try QuarantineRig()
    let id = try sample(rig, seed: 1)
    let digests = try rig.quarantine.medium(id).entries.map { ClaimedDigest($0.digest) }
    let place = rig.path(ofBlob: digests[0], in: "admitted")
    try runChecked(["ln", rig.path(ofBlob: digests[1]), place])
    #expect(try rig.quarantine.verify(rig.layout).damage.map(\.failure.subject) == ["\(digests[0])"])
  }
}
