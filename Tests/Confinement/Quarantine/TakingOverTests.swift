import Files
import MediaReader
import MiniatureSigstore
import MediumRecord
import Octets
import Reasons
import TestSupport
import Testing

@testable import Quarantine

/// From the folder of a copy into the quarantine, and out of it.
struct TakingOverTests {
  static func sketch(_ name: String) -> (sketch: LayoutSketch, image: ClaimedDigest) {
    var sketch = LayoutSketch()
    let image = sketch.image(name)
    sketch.list(image, as: name)
    return (sketch, image.digest)
  }

  /// Each content has one size on the list, and has it there: in the copy, or in the quarantine.
  @Test(arguments: ["own", "present", "two", "much"]) func aListSaysTheSizes(_ which: String) throws {
    let rig = try QuarantineRig()
    let (sketch, image) = Self.sketch("v1")
    _ = try sketch.taken(by: rig)
    let size = UInt64(try readFile(rig.path(ofBlob: image)).count)
    let other = rig.folder.path("other")
    try Packing.tar.write([MediumEntry("file", [1])], to: other, style: .plain)
    func line(_ name: String, _ size: UInt64) -> MediumFile {
      MediumFile(name: Array(name.utf8), digest: image, size: size, offset: 0)
    }
    #expect {
      try rig.quarantine.taking(
        other,
        spoiling: { id in
          try rig.lengthenList(
            of: id,
            by: which == "two"
              ? [line("a", size + 1), line("b", size)] : [line("a", which == "much" ? 1 << 40 : size + 1)])
          guard which == "own" else { return }
          try runChecked(["cp", rig.path(ofBlob: image), rig.folder.path("quarantine/incoming/\(id)/blobs/sha256/")])
        })
    } throws: { error in
      guard case .input(let failure)? = error as? QuarantineError else { return false }
      return failure.reason == .quarantineMalformed
        && failure.detail.hasSuffix(
          which == "two"
            ? "has two sizes on its list"
            : which == "much" ? "more than a medium may" : "and its list says \(size + 1)")
    }
  }

  /// A list that is longer than any medium's is not read on: neither one that is whole, nor one that goes on.
  @Test func listsAreBounded() throws {
    let rig = try QuarantineRig()
    let (sketch, image) = Self.sketch("v1")
    let record = try rig.quarantine.record(of: try sketch.taken(by: rig))
    let count = try #require(record.files?.count)
    var seen: UInt64 = 0
    try rig.quarantine.records.files(of: record, atMost: count) { _ in seen += 1 }
    #expect(seen == count)
    #expect {
      try rig.quarantine.records.files(of: record, atMost: count - 1) { _ in }
    } throws: { error in
      guard case .input(let failure)? = error as? QuarantineError else { return false }
      return failure.reason == .quarantineMalformed && failure.detail == "more than \(count - 1) files"
    }
    let lines = try (0..<4000).flatMap {
      try MediumFile(name: Array("file-\($0)".utf8), digest: image, size: 1, offset: 0).line()
    }
    try rig.folder.write("quarantine/media/\(record.id).files", lines)
    #expect(rig.quarantine.records.journal(record.id).count == 4000)
    #expect(rig.quarantine.records.journal(record.id, atMost: 100).count < 4000)
    // Nor beyond what no medium has: a longer name, or more of names. An alias is no content.
    func line(_ name: [UInt8], alias: [UInt8]? = nil) throws -> [UInt8] {
      try MediumFile(name: name, digest: image, size: 1, offset: 0, alias: alias).line()
    }
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
    for (middle, count) in [(try line(long + [0x78]), 1), (try line([0x78], alias: [0x78]), 2)] {
      try rig.folder.write("quarantine/media/\(record.id).files", try line(long) + middle + line([0x79]))
      #expect(rig.quarantine.records.journal(record.id).count == count)
    }
    var limits = MediaLimits.usual
    limits.totalNameBytes = 3 * long.count
    try rig.folder.write("quarantine/media/\(record.id).files", (0..<5).flatMap { _ in try line(long) })
    var read = 0
    rig.quarantine.records.journal(record.id, within: limits) { _ in read += 1 }
    #expect(read == 3)
  }

  /// What a list names moves as a file of one name, or nothing of it does.
  @Test(arguments: ["mkdir", "mkfifo", "ln", "rm"]) func onlyFilesMove(_ make: String) throws {
    let rig = try QuarantineRig()
    let (sketch, image) = Self.sketch("v1")
    let path = rig.folder.path("stick")
    try Packing.tar.write(sketch.entries, to: path, style: .plain)
    #expect {
      try rig.quarantine.taking(
        path,
        spoiling: { id in
          let blob = rig.path(ofBlob: image, in: "quarantine/incoming/\(id)")
          if make == "ln" {
            try runChecked(["ln", blob, rig.folder.path("another name")])
            return
          }
          try DurableFile.remove(blob)
          if make != "rm" { try runChecked([make, blob]) }
        })
    } throws: { error in
      guard case .input(let failure)? = error as? QuarantineError else { return false }
      return failure.reason == .quarantineMalformed && failure.detail.contains(image.hex)
    }
    #expect(try rig.quarantine.records.ids().isEmpty && !rig.names("quarantine/blobs/sha256").contains(image.hex))
  }

  /// What a reader in foreign hands left does not hinder the next one.
  @Test(arguments: ["mkdir", "mkfifo", "ln"]) func oddCopiesAreNotGoneOnWith(_ make: String) throws {
    let rig = try QuarantineRig()
    let (sketch, image) = Self.sketch("v1")
    let left = try sketch.left(in: rig)
    let blob = rig.path(ofBlob: image, in: "quarantine/incoming/\(left)")
    if make == "ln" {
      try runChecked(["ln", blob, rig.folder.path("another name")])
    } else {
      try DurableFile.remove(blob)
      try runChecked([make, blob])
      if make == "mkdir" { try runChecked(["mkdir", "-p", blob + "/deeper/and/deeper"]) }
    }
    let taken = try rig.take(rig.folder.path("left"))
    #expect(taken.record.id != left)
    #expect(try rig.refusal(image, of: taken.record.id) == nil)
    #expect(try rig.names("quarantine/incoming").isEmpty)
  }

  /// What is left of a copy that has its record does not take the record's place: neither when the same medium comes again,
  /// nor when another one does.
  @Test func nothingGoesOnUnderTheNameOfARecord() throws {
    let rig = try QuarantineRig()
    let (sketch, _) = Self.sketch("v1")
    let id = try sketch.left(in: rig)
    let (incoming, left) = (rig.folder.path("quarantine/incoming"), rig.folder.path("left"))
    let aside = try rig.folder.makeFolder("aside")
    try runChecked(["cp", "-a", "\(incoming)/\(id)", "\(incoming)/\(id).json", aside])
    func putBack() throws { try runChecked(["cp", "-a", aside + "/.", incoming]) }
    #expect(try rig.take(left).record.id == id)
    try putBack()
    #expect(try rig.quarantine.list().map(\.progress) == [.taken])
    #expect(try rig.leave(left).id != id)
    #expect(try !rig.names("quarantine/incoming").contains(id))
    try putBack()
    #expect(try Self.sketch("v2").sketch.taken(by: rig) != id)
    #expect(try !rig.names("quarantine/incoming").contains(id))
  }

  /// The clock may have been set back since a copy began.
  @Test func noCopyIsOfATimeToCome() throws {
    let rig = try QuarantineRig()
    let left = rig.folder.path("left")
    let (sketch, _) = Self.sketch("v1")
    let id = try sketch.left(in: rig)
    let place = "quarantine/incoming/\(id).json"
    let record = try MediumRecord(parsing: rig.folder.read(place), named: "left")
    let later = MediumRecord(
      id: id, label: record.label, source: record.source, taken: UnixTime(record.taken.seconds + 1000),
      mark: record.mark)
    try rig.folder.write(place, try later.serialized())
    let taken = try rig.take(left).record
    #expect(taken.id == id && taken.taken == QuarantineRig.now)
  }

  /// Which medium a copy is of, its reader has no say in: it cannot leave one to go on with as another's.
  @Test func aReaderNamesNoOtherMedium() throws {
    let rig = try QuarantineRig()
    let (sketch, _) = Self.sketch("v1")
    let id = try sketch.left(in: rig)
    let other = rig.folder.path("other")
    try Packing.tar.write(Self.sketch("v2").sketch.entries, to: other, style: .plain)
    let told = MediumRecord(
      id: id, label: "stick", source: other, taken: QuarantineRig.now,
      mark: MediumRecord.Mark(try OpenFile(path: other).status()))
    try rig.folder.write("quarantine/incoming/\(id)/\(id).json", try told.serialized())
    #expect(try rig.take(other).record.id != id)
    #expect(try rig.quarantine.list().contains { $0.id == id && $0.progress == .interrupted })
    // What is listed is what the keeper wrote.
    #expect(try rig.quarantine.list().first { $0.id == id }?.record.get().source == rig.folder.path("left"))
    // The medium that it was of finds that its reader copied another one.
    #expect(try rig.take(rig.folder.path("left")).record.id != id)
    #expect(try rig.names("quarantine/incoming").isEmpty)
  }

  /// A folder that nobody wrote down is nobody's, whatever lies in it.
  @Test func aCopyThatNobodyBeganIsDropped() throws {
    let rig = try QuarantineRig()
    let id = try Self.sketch("v1").sketch.left(in: rig)
    try DurableFile.remove(rig.folder.path("quarantine/incoming/\(id).json"))
    #expect(throws: Failure.self) { try rig.quarantine.list()[0].record.get() }
    #expect(try rig.take(rig.folder.path("left")).record.id != id)
    #expect(try rig.names("quarantine/incoming").isEmpty)
  }

  /// Two imports at once wait for each other where they would take each other's places.
  @Test func oneAtATimeChangesWhatIsThere() throws {
    let rig = try QuarantineRig()
    let id = try Self.sketch("v1").sketch.taken(by: rig)
    func isHeld(_ lock: String, _ act: () throws -> Void) throws -> Bool {
      let held = try FileLock(rig.folder.path("quarantine/" + lock), waiting: .zero)
      defer { withExtendedLifetime(held) {} }
      do { try act() } catch QuarantineError.held(_?) { return true }
      return false
    }
    #expect(try isHeld("changes.lock") { try rig.quarantine.judge(id, [], waiting: .zero) })
    let admitted = try Directory(path: rig.folder.path("admitted"))
    #expect(try isHeld("admitted.lock") { _ = try rig.quarantine.layout(in: admitted, waiting: .zero) })
    let path = rig.folder.path("other")
    try Packing.tar.write(Self.sketch("v2").sketch.entries, to: path, style: .plain)
    #expect(try isHeld("changes.lock") { _ = try rig.quarantine.taking(path, waiting: .zero) })
    // Nothing of it is lost.
    let notes = NoteList()
    #expect(try rig.take(path, notes: notes).record.state == .complete && !notes.all.isEmpty)
  }

  /// Before the first content is copied, and with the reserve left alone.
  @Test func lettingOutAsksForSpaceFirst() throws {
    let rig = try QuarantineRig()
    let (sketch, image) = Self.sketch("v1")
    let rehashed = try rig.quarantine.rehash(image, of: try sketch.taken(by: rig))
    let tight = try Quarantine(try Directory(path: rig.folder.path("quarantine")), reserving: .max)
    #expect {
      try tight.admit(rehashed, named: ["v1"], into: rig.layout)
    } throws: { error in
      guard case .noSpace(let needed, 0)? = error as? QuarantineError else { return false }
      return needed == rehashed.blobs.reduce(0) { $0 + $1.status.size }
    }
    #expect(try rig.names("admitted/blobs/sha256").isEmpty)
    // What is there already takes none.
    try rig.quarantine.admit(rehashed, named: ["v1"], into: rig.layout)
    #expect(throws: Never.self) { try tight.admit(rehashed, named: ["v2"], into: rig.layout) }
    // Save what is there and is not right.
    let blob = try #require(rehashed.blobs.first)
    try rig.folder.write("admitted/blobs/sha256/\(blob.digest.hex)", [1])
    #expect(throws: QuarantineError.noSpace(needed: blob.status.size, available: 0)) {
      try tight.admit(rehashed, named: ["v2"], into: rig.layout)
    }
  }
}
