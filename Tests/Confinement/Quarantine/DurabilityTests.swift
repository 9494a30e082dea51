import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// What a power cut must not take away, as the system is asked for it: no test can cut the power.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "needs strace"))
struct DurabilityTests {
  @Test func contentsAreSyncedTogetherBeforeTheRecordSaysThatTheyAreThere() throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    let large = MediumEntry("large", [UInt8](repeating: 9, count: 1 << 20))
    try Packing.tar.write(ResumeTests.entries(60, size: 1000) + [large], to: path, style: .plain)
    let log = rig.folder.path("log")
    try runChecked([
      "/usr/bin/strace", "-f", "-y", "-o", log, "-e", "trace=fdatasync,syncfs,renameat,renameat2",
      Products.path("quarantine-child"), rig.folder.path("quarantine"), path,
    ])
    let calls = String(decoding: try readFile(log), as: UTF8.self).split(separator: "\n")
    func places(_ words: String...) -> [Int] {
      calls.indices.filter { index in words.allSatisfy { calls[index].contains($0) } }
    }
    let contents = places("renameat", "/blobs/sha256")
    let syncs = places("syncfs(")
    #expect(contents.count > 60 && syncs.count == 1)
    // The list and the record get their names behind it.
    let records = places("renameat", ".json.new")
    #expect(try #require(contents.last) < syncs[0])
    #expect(syncs[0] < (try #require(records.last)))
    // Small ones are not waited for one by one; large ones are, so that the last wait is short.
    #expect(places("fdatasync(", ".part>").count == 1)
  }
}
