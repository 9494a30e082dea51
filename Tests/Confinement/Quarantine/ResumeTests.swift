import Files
import Glibc
import MediaReader
import MediumRecord
import MiniatureSigstore
import Octets
import Quarantine
import Reasons
import Synchronization
import TestSupport
import Testing

/// Copies that were interrupted go on, and what comes of them is what one that was not interrupted gives.
@Suite(.serialized) struct ResumeTests {
  /// Many files of some size: so that there is time to kill in.
  static func entries(_ files: Int = 60, size: Int = 300_000) -> [MediumEntry] {
    (0..<files).map { index in
      MediumEntry("extra/file-\(index)", (0..<size).map { UInt8(truncatingIfNeeded: $0 &* (index + 3) &+ $0 >> 8) })
    } + MediumForm.orasBackup.entries(SampleMediaTests.carried(.orasBackup))
  }

  @Test(arguments: Packing.allCases) func killedAnywhere(_ packing: Packing) throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try packing.write(Self.entries(), to: path, style: .plain)
    let stick = impression { try MediaReader().read(.path(path)) }
    let child = [Products.path("quarantine-child"), rig.folder.path("quarantine"), path]
    // Once when contents are there and others are not, and then at any moment: on a busy machine until one of them was.
    var wasCaught = false
    for attempt in 0..<40 where attempt <= 8 || !wasCaught {
      let process = try Companion(child, log: rig.folder.path("log"))
      if attempt == 0 {
        try Companion.wait(for: "a copy") { try copied(rig) >= 3 }
      } else {
        usleep(UInt32(attempt % 9 * (attempt % 9)) * 1500)
      }
      process.end()
      wasCaught = try wasCaught || isInTheMiddle(rig)
      // Nothing that has its final name is half a content.
      #expect(try rig.quarantine.verify(nil).damage.isEmpty)
    }
    #expect(wasCaught, "no kill came while contents were copied")
    // One that was killed before its reader, too, had its record there is removed by the next.
    let listed = try rig.quarantine.list().filter { (try? $0.record.get()) != nil }
    let partial = listed.filter { $0.progress != .taken }
    #expect(partial.count <= 1)
    let goesOn = try partial.first { try rig.names("quarantine/incoming/\($0.id)").contains("\($0.id).json") }
    // Where no kill came in time, the medium was taken, and keeps that record.
    let done = listed.first { $0.progress == .taken }
    let taken = try rig.take(path)
    #expect(taken.isKnown == (done != nil))
    if let first = done ?? goesOn { #expect(taken.record.id == first.id) }
    #expect(impression { try taken.medium.get() } == stick)
    #expect(rig.trace(of: taken.record.id) == trace { try MediaReader().read(.path(path)) })
    // Nothing that looks like a copy.
    #expect(try !rig.names("quarantine/incoming").contains(where: MediumRecord.isID))
    #expect(try rig.quarantine.list().map(\.id) == [taken.record.id])
  }

  /// Contents that a copy on its way has finished; those of the quarantine, where it is done already.
  private func copied(_ rig: QuarantineRig) throws -> Int {
    let copies = try rig.names("quarantine/incoming").filter(MediumRecord.isID).map { "/incoming/\($0)" }
    return ([""] + copies).map { (try? rig.names("quarantine\($0)/blobs/sha256").count) ?? 0 }.max() ?? 0
  }

  /// Whether what lies there was left by somebody who had copied something and had not done.
  private func isInTheMiddle(_ rig: QuarantineRig) throws -> Bool {
    guard let left = try rig.quarantine.list().first(where: { $0.progress != .taken }),
      (try? left.record.get())?.state == .copying
    else { return false }
    let place = "quarantine/incoming/\(left.id)"
    let names = try rig.names(place)
    guard names.contains("\(left.id).files") else { return false }
    let lines = try rig.folder.read("\(place)/\(left.id).files").count { $0 == 0x0a }
    return names.contains { $0.hasSuffix(".part") } || (1..<60).contains(lines)
  }

  /// A copy that stopped in the middle, as a crash would have left it: without all contents of the second half, and with a
  /// list that ends in a torn line.
  private func interrupted(_ rig: QuarantineRig, _ path: String) throws -> MediumRecord {
    let left = try rig.leave(path)
    let place = "quarantine/incoming/\(left.id)"
    let files = try rig.folder.read("\(place)/\(left.id).files").split(separator: 0x0a)
    let half = files.prefix(files.count / 2)
    var journal: [UInt8] = []
    for line in half {
      let file = try MediumFile(parsing: Array(line), named: "")
      var modified: MediumRecord.Moment?
      if left.kind == .directory {
        let folder = try Directory(path: path)
        let parts = file.name.split(separator: UInt8(ascii: "/"))
        var place = folder
        for part in parts.dropLast() { place = try place.directory(Array(part)) }
        let moment = try place.status(of: Array(parts.last!)).modified
        modified = MediumRecord.Moment(seconds: Int64(moment.seconds), nanoseconds: Int64(moment.nanoseconds))
      }
      journal += try MediumFile(
        name: file.name, digest: file.digest, size: file.size, offset: file.offset, modified: modified
      ).line()
    }
    try rig.folder.write("\(place)/\(left.id).files", journal + Array(#"{"alias":nu"#.utf8))
    for line in files.suffix(files.count - half.count) {
      let digest = try MediumFile(parsing: Array(line), named: "").digest
      try DurableFile.remove(rig.path(ofBlob: digest, in: place))
    }
    let record = MediumRecord(
      id: left.id, label: left.label, source: path, taken: left.taken, mark: left.mark)
    try rig.folder.write("\(place)/\(record.id).json", try record.serialized())
    return record
  }

  @Test(arguments: [Packing.tar, .folder]) func whatWasFinishedIsNotReadAgain(_ packing: Packing) throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    let entries = Self.entries(6, size: 200_000)
    try packing.write(entries, to: path, style: .plain)
    let stick = try MediaReader().read(.path(path))
    let partial = try interrupted(rig, path)
    // Bytes of the stick that were copied are spoilt, its size and times left alone: whoever reads them notices.
    let half = stick.entries.prefix(stick.entries.count / 2)
    let spoilt = try #require(half.last { $0.contents == nil && $0.size > 1000 })
    let file = packing == .folder ? path + "/" + String(decoding: spoilt.name, as: UTF8.self) : path
    try runChecked(["cp", "-p", file, rig.folder.path("times")])
    try spoil(file, at: (packing == .folder ? 0 : spoilt.offset + 512) + 700)
    try runChecked(["touch", "-r", rig.folder.path("times"), file])
    let notes = NoteList()
    let taken = try rig.take(path, notes: notes)
    #expect(taken.record.id == partial.id)
    #expect(Impression(try taken.medium.get()) == Impression(stick))
    guard case .resumed(partial.id, let contents, _)? = notes.all.first else {
      Issue.record("\(notes.all)")
      return
    }
    #expect(contents >= half.count - 2)
  }

  /// Whatever a list says, the bytes that are here are hashed, and those of the stick taken where they are others.
  @Test(arguments: [Packing.tar, .folder, .tarZstd]) func alteredCopiesAreReadFromTheStick(_ packing: Packing) throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try packing.write(Self.entries(6, size: 200_000), to: path, style: .plain)
    let stick = try MediaReader().read(.path(path))
    let place =
      packing == .tarZstd
      ? "quarantine/incoming/\(try rig.leave(path).id)" : "quarantine/incoming/\(try interrupted(rig, path).id)"
    for entry in stick.entries.prefix(stick.entries.count / 2) where entry.size > 0 {
      try spoil(rig.path(ofBlob: ClaimedDigest(entry.digest), in: place), at: entry.size - 1)
    }
    let taken = try rig.take(path)
    #expect(Impression(try taken.medium.get()) == Impression(stick))
    #expect(rig.trace(of: taken.record.id) == .success(MediumTrace(stick)))
    #expect(try rig.quarantine.verify(nil).damage.isEmpty)
  }

  /// A list that says that a file is what another one is.
  @Test func aListIsNotBelievedForABlobThatIsThere() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(Self.entries(6, size: 200_000), to: path, style: .plain)
    let stick = try MediaReader().read(.path(path))
    let partial = try interrupted(rig, path)
    let place = "quarantine/incoming/\(partial.id)"
    let list = "\(place)/\(partial.id).files"
    let lines = String(decoding: try rig.folder.read(list), as: UTF8.self)
    let extra = stick.entries.filter { $0.name.starts(with: "extra/".utf8) }.prefix(2).map {
      "\(ClaimedDigest($0.digest))"
    }
    // The blob under this digest holds other bytes than its name says.
    try runChecked([
      "cp",
      rig.path(
        ofBlob: ClaimedDigest(stick.entries.first { "\(ClaimedDigest($0.digest))" == extra[0] }!.digest), in: place),
      rig.folder.path("\(place)/blobs/sha256/" + extra[1].dropFirst(7)),
    ])
    try rig.folder.write(list, Array(lines.replacing(extra[0], with: extra[1]).utf8))
    let taken = try rig.take(path)
    #expect(Impression(try taken.medium.get()) == Impression(stick))
    #expect(try rig.quarantine.verify(nil).damage.isEmpty)
  }

  @Test func aStickThatChangedIsAnotherMedium() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(Self.entries(6, size: 200_000), to: path, style: .plain)
    let partial = try interrupted(rig, path)
    try Packing.tar.write(Self.entries(7, size: 200_000), to: path, style: .plain)
    let notes = NoteList()
    let taken = try rig.take(path, notes: notes)
    #expect(taken.record.id != partial.id && notes.all.isEmpty)
    #expect(Impression(try taken.medium.get()) == Impression(try MediaReader().read(.path(path))))
    // Its times alone say so, too.
    try runChecked(["touch", "-d", "2020-01-01", path])
    #expect(try rig.take(path).record.id != partial.id)
    #expect(try rig.take(path, label: "another").record.id != partial.id)
  }

  /// A folder goes on, and its files that changed are read.
  @Test func aFolderThatChangedIsReadWhereItDid() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.folder.write(Self.entries(6, size: 200_000), to: path, style: .plain)
    let partial = try interrupted(rig, path)
    let names = ["index.json", "extra/file-0", "extra/file-1"]
    for name in names where DurableFile.isTaken(path + "/" + name) {
      let bytes = try readFile(path + "/" + name)
      try spoil(path + "/" + name, at: UInt64(bytes.count - 1))
    }
    let taken = try rig.take(path)
    #expect(taken.record.id == partial.id)
    #expect(Impression(try taken.medium.get()) == Impression(try MediaReader().read(.path(path))))
  }

  @Test func twoAtOnceDoNotTakeOneCopyFurther() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(Self.entries(6, size: 200_000), to: path, style: .plain)
    let partial = try interrupted(rig, path)
    let lock = try FileLock(rig.folder.path("quarantine/incoming/\(partial.id).lock"), waiting: .zero)
    #expect {
      try rig.take(path)
    } throws: { error in
      guard case .held? = error as? QuarantineError else { return false }
      return true
    }
    withExtendedLifetime(lock) {}
  }

  /// Whoever lists media holds the lock of a copy for a moment, to see whether somebody works on it. That is no work.
  @Test func lookingIsNotWorking() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(Self.entries(2, size: 2000), to: path, style: .plain)
    let partial = try interrupted(rig, path)
    let folder = try Directory(path: rig.folder.path("quarantine/incoming"))
    let name = Array("\(partial.id).lock".utf8)
    let looking = Mutex<FileLock?>(try FileLock(name, in: folder, .together, waiting: .zero))
    #expect(try rig.quarantine.list().map(\.progress) == [.interrupted])
    let (taken, _) = atOnce({ Result { try rig.take(path) } }) {
      usleep(100_000)
      looking.withLock { $0 = nil }
    }
    #expect(try taken.get().record.id == partial.id)
  }

  private func spoil(_ path: String, at offset: UInt64) throws {
    var bytes = try readFile(path)
    bytes[Int(offset)] ^= 0x55
    let file = open(path, O_WRONLY)
    defer { close(file) }
    #expect(pwrite(file, [bytes[Int(offset)]], 1, off_t(offset)) == 1)
  }
}
