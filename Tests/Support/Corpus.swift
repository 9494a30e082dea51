import FoundationEssentials

/// Real input that nobody here wrote, found through `ASSAY_CORPUS`.
package enum Corpus {
  package static let root: String? = {
    let path = ProcessInfo.processInfo.environment["ASSAY_CORPUS"] ?? "../shared/corpus"
    return FileManager.default.fileExists(atPath: path + "/README.md") ? path : nil
  }()

  /// For `.enabled(if:)`. Under `ASSAY_REQUIRE_CORPUS=1` an absent corpus is a failure, never a skip.
  package static var isPresent: Bool {
    if ProcessInfo.processInfo.environment["ASSAY_REQUIRE_CORPUS"] == "1", root == nil {
      fatalError("ASSAY_REQUIRE_CORPUS is set, and there is no corpus at ASSAY_CORPUS")
    }
    return root != nil
  }

  package static let absence = "needs the corpus: set ASSAY_CORPUS to its folder"

  package static func path(_ relative: String) -> String { root! + "/" + relative }

  package static func bytes(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(relative))))
  }

  /// Names in a folder of the corpus, sorted.
  package static func names(in relative: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(relative)).sorted()
  }
}
