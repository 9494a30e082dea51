import FoundationEssentials
import FuzzInvariants
import TestSupport
import Testing

/// Real input through the same invariants.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct CorpusTests {
  /// Where each format's files lie, and what a path below holds; how many of them are taken, at least.
  static let folders: [(Format, folder: String, part: String, taken: Int)] = [
    (.json, "json/test_parsing", ".json", 95), (.json, "jcs/input", ".json", 6),
    (.sigstoreBundle, "sigstore-conformance", "bundle.sigstore.json", 20), (.tufMetadata, "tuf", ".json", 17),
    (.checkpoint, "tlog-tiles", "checkpoint", 16), (.signedNote, "tlog-tiles", "checkpoint", 16),
  ]

  @Test(arguments: folders.indices) func replays(_ index: Int) throws {
    let (format, folder, part, least) = Self.folders[index]
    var taken = 0
    let names = try FileManager.default.subpathsOfDirectory(atPath: Corpus.path(folder))
    for name in names.sorted() where name.contains(part) {
      let bytes = try Corpus.bytes("\(folder)/\(name)")
      guard bytes.count <= 1 << 16 else { continue }
      do { taken += try format.check(bytes) ? 1 : 0 } catch let broken as Broken {
        Issue.record("\(format.rawValue): \(folder)/\(name): \(broken)")
      }
    }
    #expect(taken >= least, "\(format.rawValue): only \(taken) in \(folder) are taken")
  }
}
