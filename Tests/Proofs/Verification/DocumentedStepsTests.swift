import FoundationEssentials
import Findings
import TestSupport
import Testing

/// docs/verification.md numbers the checks as the code does.
struct DocumentedStepsTests {
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func everyCheckIsDocumented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = String(decoding: try Data(contentsOf: root.appending(path: "docs/verification.md")), as: UTF8.self)
    let documented = page.split(separator: "\n").compactMap { line -> String? in
      let cells = line.split(separator: "|").map { $0.trimmingPrefix { $0 == " " } }
      guard cells.count > 2, cells[0].first?.isNumber == true, cells[1].hasPrefix("`") else { return nil }
      return "\(cells[0].filter { $0 != " " }) \(cells[1].filter { $0 != " " && $0 != "`" })"
    }
    let ran = try Keyless().verify(Spoiling.bundle("happy-path-v0.3")).checks.map(\.name)
    #expect(ran == documented)
  }
}
