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

/// Every shape in every packing, copied and read from the copy.
struct SampleImportTests {
  @Test(arguments: MediumForm.allCases, Packing.allCases) func everyShapeIsTheSameFromItsCopy(
    _ form: MediumForm, _ packing: Packing
  ) throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try packing.write(form.entries(SampleMediaTests.carried(form)), to: path, style: .plain)
    let stick = impression { try MediaReader().read(.path(path)) }
    let notes = NoteList()
    let taken = try rig.take(path, notes: notes)
    #expect(impression { try taken.medium.get() } == stick)
    #expect(rig.trace(of: taken.record.id) == trace { try MediaReader().read(.path(path)) })
    #expect(taken.record.kind == (packing == .folder ? .directory : .tar))
    // Of what is compressed nobody knows what it will take.
    let isSaid = notes.all.contains { if case .spaceUnknown = $0 { true } else { false } }
    #expect(isSaid == (packing == .tarGzip || packing == .tarZstd))
  }

  /// A name that claims what is here already, over other bytes: the bytes are kept under what they hash to.
  @Test(arguments: [Packing.tar, .tarZstd, .folder]) func aNameThatLiesTakesNothingFromWhatIsHere(
    _ packing: Packing
  ) throws {
    let rig = try QuarantineRig()
    let carried = SampleMediaTests.carried(.orasBackup)
    let entries = MediumForm.orasBackup.entries(carried)
    try Packing.tar.write(entries, to: rig.folder.path("good"), style: .plain)
    try rig.take(rig.folder.path("good"))
    let layer = carried.image.platforms[0].layers[0].blob
    let name = "blobs/sha256/" + layer.digest.dropFirst(7)
    for position in [0, layer.bytes.count / 2, layer.bytes.count - 1] {
      var other = layer.bytes
      other[position] ^= 1
      let path = rig.folder.path("lying-\(position)")
      try packing.write(entries.map { $0.path == name ? MediumEntry(name, other) : $0 }, to: path, style: .plain)
      let taken = try rig.take(path)
      #expect(rig.trace(of: taken.record.id) == trace { try MediaReader().read(.path(path)) })
    }
    let digest = try ClaimedDigest(Array(layer.digest.utf8), in: "", malformed: .blobMissing)
    #expect(try readFile(rig.path(ofBlob: digest)) == layer.bytes)
    #expect(try rig.quarantine.verify(nil).damage.isEmpty)
  }

  /// A copy here that was altered is no reason to lose the medium's bytes.
  @Test func anAlteredCopyIsMendedByTheNextMedium() throws {
    let rig = try QuarantineRig()
    let carried = SampleMediaTests.carried(.orasBackup)
    let path = rig.folder.path("medium")
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: path, style: .plain)
    try rig.take(path)
    let layer = carried.image.platforms[0].layers[0].blob
    let digest = try ClaimedDigest(Array(layer.digest.utf8), in: "", malformed: .blobMissing)
    var other = layer.bytes
    other[other.count - 1] ^= 1
    try rig.folder.write("quarantine/blobs/sha256/\(digest.hex)", other)
    let taken = try rig.take(path)
    #expect(taken.record.failures.isEmpty)
    #expect(try readFile(rig.path(ofBlob: digest)) == layer.bytes)
  }

  // MARK: Records

  @Test func aRecordOrListThatWasAlteredIsRefused() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(MediumForm.orasBackup.entries(SampleMediaTests.carried(.orasBackup)), to: path, style: .plain)
    let taken = try rig.take(path)
    let id = taken.record.id
    let image = try taken.medium.get().archive().images[0]
    let absent = Set(image.parts.flatMap(\.layers).filter { !$0.isCarried }.map(\.digest))
    func reason() throws -> Reason? {
      do { _ = try rig.quarantine.rehash(image.digest, of: id, without: absent) } catch QuarantineError.input(
        let failure)
      {
        #expect(failure.subject == "files of medium \(id)")
        return failure.reason
      }
      return nil
    }
    let list = "quarantine/media/\(id).files"
    let bytes = try rig.folder.read(list)
    let lines = bytes.split(separator: 0x0a).map(Array.init)
    // Well formed, and not the list that the record names: a file fewer, another order, and one that begins alike.
    for other in [lines.dropLast(), lines.suffix(1) + lines.dropLast(), lines + [lines[0]]] {
      try rig.folder.write(list, Array(other.joined(separator: [0x0a])) + [0x0a])
      #expect(try reason() == .quarantineMalformed)
    }
    try rig.folder.write(list, bytes)
    #expect(try reason() == nil)
    try DurableFile.remove(rig.folder.path(list))
    #expect(try reason() == .quarantineMalformed)
    try rig.folder.write(list, bytes)
    let record = "quarantine/media/\(id).json"
    let whole = try rig.folder.read(record)
    try rig.folder.write("quarantine/media/0000000000000000.json", whole)
    #expect(throws: QuarantineError.input(Failure(.quarantineMalformed, "medium 0000000000000000"))) {
      try rig.quarantine.record(of: "0000000000000000")
    }
    try rig.folder.write(record, whole + [0x20])
    #expect(throws: QuarantineError.self) { try rig.quarantine.record(of: id) }
    #expect(throws: QuarantineError.unknownMedium("../../x")) { try rig.quarantine.record(of: "../../x") }
    #expect(throws: QuarantineError.unknownMedium("1111111111111111")) {
      try rig.quarantine.record(of: "1111111111111111")
    }
  }

  @Test func verdictsAreKept() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(MediumForm.orasBackup.entries(SampleMediaTests.carried(.orasBackup)), to: path, style: .plain)
    let taken = try rig.take(path)
    let image = MediumRecord.Image(
      digest: ClaimedDigest(try taken.medium.get().entries[0].digest), verdict: .incomplete, report: nil)
    try rig.quarantine.judge(taken.record.id, [image])
    let listed = try #require(try rig.quarantine.list().first)
    #expect(try listed.record.get().images == [image])
    #expect(try listed.record.get().state == .judged)
  }
}
