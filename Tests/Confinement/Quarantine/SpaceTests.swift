import Files
import Glibc
import MediaReader
import MediumRecord
import MiniatureSigstore
import Octets
import Quarantine
import Reasons
import TestSupport
import Testing

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
    let tight = try Quarantine(try Directory(path: rig.folder.path("quarantine")), reserving: .max)
    let total = try MediaReader().read(.path(path)).entries.reduce(0) { $0 + $1.size }
    #expect {
      try tight.take(OpenFile(path: path), as: .path(path), label: "stick", now: QuarantineRig.now)
    } throws: { error in
      guard case .noSpace(let needed, 0)? = error as? QuarantineError else { return false }
      return needed > total / 2 && needed <= total
    }
    // Before a byte was written.
    #expect(try rig.names("quarantine/blobs/sha256").isEmpty)
    #expect(try rig.quarantine.list().map { try $0.record.get().state } == [.copying])
    let id = try rig.quarantine.list()[0].id
    let taken = try rig.take(path)
    #expect(taken.record.id == id)
    #expect(impression { try rig.quarantine.medium(id) } == impression { try MediaReader().read(.path(path)) })
    // What is here already by its name needs no more.
    let unnamed = try MediaReader().read(.path(path)).entries.filter { !$0.name.starts(with: Array("blobs/".utf8)) }
    #expect(throws: QuarantineError.noSpace(needed: unnamed.reduce(0) { $0 + $1.size }, available: 0)) {
      try tight.take(OpenFile(path: path), as: .path(path), label: "again", now: QuarantineRig.now)
    }
  }

  @Test func whatIsNotKnownEndsWhereTheReserveBegins() throws {
    let rig = try QuarantineRig()
    let path = try Self.medium(.tarZstd, in: rig.folder)
    let tight = try Quarantine(try Directory(path: rig.folder.path("quarantine")), reserving: .max)
    #expect {
      try tight.take(OpenFile(path: path), as: .path(path), label: "stick", now: QuarantineRig.now)
    } throws: { error in
      guard case .noSpace(let needed, 0)? = error as? QuarantineError else { return false }
      return needed > 0
    }
    #expect(try rig.quarantine.list().map { try $0.record.get().state } == [.copying])
    #expect(throws: Never.self) { try rig.take(path) }
  }

  /// A file system of 3 MiB, where this machine lets a test have one.
  @Test(arguments: [Packing.tar, .tarZstd]) func aFullDiskEndsItCleanly(_ packing: Packing) throws {
    let folder = try TemporaryFolder()
    try DurableFile.makeFolder(folder.path("disk"))
    guard mount("tmpfs", folder.path("disk"), "tmpfs", 0, "size=3m") == 0 else { return }
    defer { umount(folder.path("disk")) }
    let path = folder.path("medium")
    try packing.write(ResumeTests.entries(12, size: 400_000), to: path, style: .plain)
    // The space is asked for with no reserve, and somebody else takes it meanwhile.
    let quarantine = try Quarantine(try Directory(path: folder.path("disk")), reserving: 0)
    try folder.write("disk/other", [UInt8](repeating: 1, count: packing == .tar ? 1 << 20 : 0))
    #expect {
      try quarantine.take(OpenFile(path: path), as: .path(path), label: "stick", now: QuarantineRig.now)
    } throws: { error in
      guard case .noSpace(let needed, let available)? = error as? QuarantineError else { return false }
      return needed > available
    }
    #expect(try quarantine.verify(nil).damage.isEmpty)
    let left = try Directory(path: folder.path("disk/incoming")).names(atMost: 100)!
    #expect(left.allSatisfy { String(decoding: $0, as: UTF8.self).hasSuffix(".lock") })
    #expect(mount("tmpfs", folder.path("disk"), "tmpfs", UInt(MS_REMOUNT), "size=30m") == 0)
    let taken = try quarantine.take(OpenFile(path: path), as: .path(path), label: "stick", now: QuarantineRig.now)
    #expect(impression { try quarantine.medium(taken.record.id) } == impression { try MediaReader().read(.path(path)) })
    #expect(try quarantine.list().count == 1)
  }
}
