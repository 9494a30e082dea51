import Files
import Glibc
import MediaReader
import MediumRecord
import MiniatureSigstore
import Octets
import Reasons
import TestSupport
import Testing

@testable import Quarantine

/// A disk that is full ends a copy cleanly, before it begins where that can be known, and the copy goes on later.
struct SpaceTests {
  private static func medium(_ packing: Packing, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("medium")
    try packing.write(ResumeTests.entries(4, size: 400_000), to: path, style: .plain)
    return path
  }

  @Test(arguments: [Packing.tar, .folder]) func whatIsKnownIsAskedFirst(_ packing: Packing) throws {
    let rig = try QuarantineRig()
    let path = try Self.medium(packing, in: rig.folder)
    let total = try MediaReader().read(.path(path)).entries.reduce(0) { $0 + $1.size }
    #expect {
      try rig.quarantine.taking(path, reserving: .max)
    } throws: { error in
      guard case .noSpace(let needed, 0)? = error as? QuarantineError else { return false }
      return needed > total / 2 && needed <= total
    }
    // Before a byte was written.
    #expect(try rig.quarantine.list().map(\.progress) == [.interrupted])
    let id = try rig.quarantine.list()[0].id
    #expect(try rig.names("quarantine/incoming/\(id)/blobs/sha256").isEmpty)
    let taken = try rig.take(path)
    #expect(taken.record.id == id)
    #expect(rig.trace(of: id) == trace { try MediaReader().read(.path(path)) })
    // What is here already by its name needs no more.
    let unnamed = try MediaReader().read(.path(path)).entries.filter { !$0.name.starts(with: Array("blobs/".utf8)) }
    #expect(throws: QuarantineError.noSpace(needed: unnamed.reduce(0) { $0 + $1.size }, available: 0)) {
      try rig.quarantine.taking(path, label: "again", reserving: .max)
    }
  }

  @Test func whatIsNotKnownEndsWhereTheReserveBegins() throws {
    let rig = try QuarantineRig()
    let path = try Self.medium(.tarZstd, in: rig.folder)
    #expect {
      try rig.quarantine.taking(path, reserving: .max)
    } throws: { error in
      guard case .noSpace(let needed, 0)? = error as? QuarantineError else { return false }
      return needed > 0
    }
    #expect(try rig.quarantine.list().map(\.progress) == [.interrupted])
    #expect(throws: Never.self) { try rig.take(path) }
  }

  /// The disk fills up while a content is written, and while one after the other is: what lies there afterwards is whole,
  /// and says no more than there is.
  @Test(
    .enabled(if: SmallDisk.isPossible, "this machine lets no test mount a file system"),
    arguments: [Packing.tar, .tarZstd], [[2_000_000], Array(repeating: 200_000, count: 12)])
  func aFullDiskEndsItCleanly(_ packing: Packing, _ sizes: [Int]) throws {
    let folder = try TemporaryFolder()
    let disk = try SmallDisk(at: try folder.makeFolder("disk"))
    let path = folder.path("medium")
    let entries = sizes.enumerated().map { MediumEntry("file-\($0)", SmallDisk.bytes($1, UInt64($0))) }
    try packing.write(entries, to: path, style: .plain)
    let quarantine = try Quarantine(try Directory(path: disk.path), reserving: 0)
    #expect {
      // Somebody else takes the space that was asked for when there was enough.
      try quarantine.taking(path, progress: { done, _ in disk.fill(after: done >= 1_200_000) })
    } throws: { error in
      guard case .noSpace(let needed, let available)? = error as? QuarantineError else { return false }
      return needed > available
    }
    #expect(disk.isFilled)
    let id = try #require(try quarantine.list().first).id
    let place = "incoming/\(id)"
    let record = try RecordFolder(folder: try Directory(path: disk.path + "/" + place), name: "").record(of: id)
    #expect(record.state == .copying && record.files == nil)
    #expect(try disk.names(place).allSatisfy { !$0.hasSuffix(".part") } && disk.names("blobs/sha256").isEmpty)
    let there = try disk.names("\(place)/blobs/sha256")
    #expect(there.isEmpty == (sizes.count == 1) && there.count < sizes.count)
    let journal = RecordFolder(folder: try Directory(path: disk.path + "/" + place), name: "").journal(record.id)
    #expect(Set(journal.map(\.digest.hex)).isSubset(of: there))
    #expect(try quarantine.verify(nil).damage.isEmpty)

    try disk.clear()
    let notes = NoteList()
    let taken = try quarantine.taking(path, notes: notes)
    #expect(taken.record.id == record.id && taken.record.state == .complete)
    let resumed = notes.all.compactMap { if case .resumed(_, let contents, _) = $0 { contents } else { nil } }
    #expect(resumed == (journal.isEmpty ? [] : [journal.count]))
    #expect(impression { try taken.medium.get() } == impression { try MediaReader().read(.path(path)) })
    #expect(try disk.names("blobs/sha256").count == sizes.count)
    #expect(try quarantine.verify(nil).damage.isEmpty)
  }

  /// Files that a reader left may have any size and no bytes: together more than a number holds.
  @Test(.enabled(if: SmallDisk.isPossible, "this machine lets no test mount a file system"))
  func sizesThatOverflowAreCounted() throws {
    let folder = try TemporaryFolder()
    let disk = try SmallDisk(at: try folder.makeFolder("disk"))
    let quarantine = try Quarantine(try Directory(path: disk.path), reserving: 0)
    for name in ["a", "b", "c"] {
      try runChecked(["truncate", "-s", "\(Int64.max)", disk.path + "/incoming/" + name])
    }
    let removal = try quarantine.collect(Quarantine.Wish(), in: nil, now: QuarantineRig.now, isTrial: false)
    #expect(try removal.bytes == .max && disk.names("incoming").isEmpty)
  }
}

/// A file system of 3 MiB.
private final class SmallDisk: @unchecked Sendable {
  let path: String
  private(set) var isFilled = false

  static let isPossible: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    return (try? SmallDisk(at: folder.path)) != nil
  }()

  init(at path: String) throws {
    self.path = path
    guard mount("tmpfs", path, "tmpfs", 0, "size=3m") == 0 else { throw RunError(description: "no mount: \(errno)") }
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  /// Which no compression makes fewer.
  static func bytes(_ count: Int, _ seed: UInt64) -> [UInt8] {
    var bytes = SeededBytes(seed: seed)
    return bytes.bytes(count)
  }

  /// Takes all that is left, once enough was read, and what was read is written.
  func fill(after isEnough: Bool) {
    guard !isFilled else { return }
    // Progress is told at most ten times a second: who waits meanwhile hears of each step.
    usleep(110_000)
    guard isEnough else { return }
    isFilled = true
    let file = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    let page = [UInt8](repeating: 1, count: 4096)
    while write(file, page, page.count) == page.count {}
  }

  func clear() throws { try DurableFile.remove(path + "/filler") }

  func names(_ below: String) throws -> [String] {
    try Directory(path: path + "/" + below).names(atMost: .max)!.map { String(decoding: $0, as: UTF8.self) }
  }
}
