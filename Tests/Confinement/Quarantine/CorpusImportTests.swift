import MediaReader
import MediumRecord
import OCIImage
import Quarantine
import Reasons
import TestSupport
import Testing

/// Archives that real tools wrote, read from the stick, while they are copied, and from the copy: three times the same.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct CorpusImportTests {
  private func verifyRoundTrip(_ archives: [String]) throws {
    let rig = try QuarantineRig()
    for archive in archives {
      let stick = Result { try MediaReader().read(.path(archive)) }
      let taken = try rig.take(archive)
      #expect(impression { try taken.medium.get() } == impression { try stick.get() }, "\(archive)")
      #expect(taken.record.state == .complete)
      #expect(rig.trace(of: taken.record.id) == trace { try stick.get() }, "\(archive)")
    }
    #expect(try rig.names("quarantine/incoming").isEmpty)
    #expect(try rig.quarantine.verify(rig.layout).damage.isEmpty)
  }

  @Test(arguments: ["exports", "tampered", "special"]) func everyArchiveIsTheSameFromItsCopy(folder: String) throws {
    let archives = try ToolMadeArchives.below(folder)
    #expect(archives.count >= (folder == "special" ? 1 : 20))
    try verifyRoundTrip(archives)
  }

  @Test(arguments: ["slsa-v1.4.0", "slsa-v1.10.0", "slsa-v2.1.0"]) func realImages(name: String) throws {
    try verifyRoundTrip([Corpus.path("oci/real/\(name).tar")])
  }

  /// What differs between archives is written, and no more: an archive brought twice takes its bytes once.
  @Test func sharedContentsAreWrittenOnce() throws {
    let rig = try QuarantineRig()
    let archive = try #require(try ToolMadeArchives.below("exports").first { $0.contains("oras") })
    try rig.take(archive)
    let before = try rig.names("quarantine/blobs/sha256")
    let inode = { (name: String) in
      try runChecked(["stat", "-c", "%i %Y", rig.folder.path("quarantine/blobs/sha256/\(name)")])
    }
    let inodes = try before.map(inode)
    try rig.take(archive)
    #expect(try rig.names("quarantine/blobs/sha256") == before)
    let digestNamed = try MediaReader().read(.path(archive)).entries.filter { $0.name.starts(with: "blobs/".utf8) }
      .count
    // Only what no name tells is written again: oci-layout and index.json.
    #expect(try zip(before.map(inode), inodes).count { $0 == $1 } >= digestNamed)
  }
}
