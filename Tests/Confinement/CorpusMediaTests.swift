import Cryptography
import MediaReader
import Octets
import Reasons
import TestSupport
import Testing

/// Archives that real tools wrote.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct CorpusMediaTests {
  @Test func everyExportReadsAndItsBlobsAreWhatTheyAreCalled() throws {
    let archives = try ToolMadeArchives.below("exports")
    #expect(archives.count == 67)
    for archive in archives {
      let medium = try MediaReader().read(.path(archive))
      #expect(medium.failures.isEmpty, "\(archive)")
      #expect(medium.entries.contains { $0.contents != nil }, "\(archive)")
      var blobs = 0
      for entry in medium.entries {
        let name = String(decoding: entry.name, as: UTF8.self)
        guard name.hasPrefix("blobs/sha256/") else { continue }
        blobs += 1
        #expect(Hex.encode(entry.digest.bytes) == name.dropFirst("blobs/sha256/".count), "\(archive)")
      }
      #expect(blobs > 0 || archive.contains("skopeo-d") || archive.contains("crane-tarball"), "\(archive)")
      #expect(
        medium.entries.contains { $0.alias != nil } == archive.hasSuffix("skopeo-docker-archive.tar"), "\(archive)")
    }
  }

  @Test(arguments: [
    ("symlink-blob", Reason.archiveForbiddenEntry), ("path-traversal", .archiveUnsafePath),
    ("dup-layer-first", .archiveDuplicateEntry),
  ])
  func tamperedEntryIsNamed(kind: String, reason: Reason) throws {
    let archives = try ToolMadeArchives.below("tampered").filter { $0.contains("/\(kind)-") }
    #expect(archives.count == 3)
    for archive in archives {
      #expect(try MediaReader().read(.path(archive)).failures.map(\.reason) == [reason], "\(archive)")
    }
  }

  @Test(arguments: ["truncated-half", "huge-entry-size"])
  func whatEndsTooEarlyIsTruncated(kind: String) throws {
    let archives = try ToolMadeArchives.below("tampered").filter { $0.contains("/\(kind)-") }
    #expect(archives.count == 3)
    for archive in archives {
      let failure = #expect(throws: Failure.self) { try MediaReader().read(.path(archive)) }
      #expect(failure?.reason == .archiveTruncated, "\(archive)")
      #expect(failure?.offset != nil)
    }
  }

  @Test func whatIsTamperedInsideItsFilesIsWholeAsAnArchive() throws {
    let atArchive = ["symlink-blob", "path-traversal", "dup-layer-first", "truncated-half", "huge-entry-size"]
    let archives = try ToolMadeArchives.below("tampered").filter { path in
      !atArchive.contains { path.contains("/\($0)-") }
    }
    #expect(archives.count > 20)
    for archive in archives {
      #expect(try MediaReader().read(.path(archive)).failures.isEmpty, "\(archive)")
    }
  }

  @Test func aLayerThatInflatesAThousandfoldStaysAsItIs() throws {
    let bomb = try #require(try ToolMadeArchives.below("special").first { $0.hasSuffix("bomb.tar") })
    let medium = try MediaReader().read(.path(bomb))
    #expect(medium.failures.isEmpty)
    #expect(medium.size < 8 << 20)
  }

  @Test(arguments: ["slsa-v1.4.0", "slsa-v1.10.0", "slsa-v2.1.0"])
  func realImagesRead(name: String) throws {
    let medium = try MediaReader().read(.path(Corpus.path("oci/real/\(name).tar")))
    #expect(medium.failures.isEmpty)
    #expect(medium.entries.contains { $0.name.elementsEqual("index.json".utf8) && $0.contents != nil })
  }
}
