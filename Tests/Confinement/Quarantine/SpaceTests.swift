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
    #expect(impression { try rig.quarantine.medium(id) } == impression { try MediaReader().read(.path(path)) })
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
      try quarantine.taking(path)
    } throws: { error in
      guard case .noSpace(let needed, let available)? = error as? QuarantineError else { return false }
      return needed > available
    }
    #expect(try quarantine.verify(nil).damage.isEmpty)
    let id = try quarantine.list()[0].id
    let left = try Directory(path: folder.path("disk/incoming/\(id)")).names(atMost: 100)!
    #expect(left.allSatisfy { !String(decoding: $0, as: UTF8.self).hasSuffix(".part") })
    #expect(mount("tmpfs", folder.path("disk"), "tmpfs", UInt(MS_REMOUNT), "size=30m") == 0)
    let taken = try quarantine.taking(path)
    #expect(impression { try quarantine.medium(taken.record.id) } == impression { try MediaReader().read(.path(path)) })
    #expect(try quarantine.list().count == 1)
  }
}
