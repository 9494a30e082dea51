import FoundationEssentials
import Reasons
import Testing

/// docs/reasons.md is the table in the code, nothing more and nothing less. `make reasons` writes it anew.
@Suite struct ReasonPageTests {
  static let path = SourceTree.root + "/docs/reasons.md"

  static let page = """
    # Reasons

    Every verdict names its reasons by these identifiers. They are stable: reports name them for years. A `refuse` reason
    says that something is wrong; an `incomplete` one that nothing is wrong, but what would decide was not carried, is
    stale, or is beyond Assay. The worst reason of an image is its verdict.

    | Reason | Leads to | Means | What to do |
    |---|---|---|---|

    """ + Reason.allCases.map { "\($0.row)\n" }.joined()

  @Test func pageIsTheTable() throws {
    if ProcessInfo.processInfo.environment["ASSAY_WRITE_REASONS"] == "1" {
      try Data(Self.page.utf8).write(to: URL(filePath: Self.path))
    }
    let found = String(decoding: try Data(contentsOf: URL(filePath: Self.path)), as: UTF8.self)
    #expect(found == Self.page, "docs/reasons.md is not the table in the code: run `make reasons`")
  }
}

extension Reason {
  fileprivate var row: String {
    let (effect, meaning, remedy) = explanation
    return "| `\(rawValue)` | \(effect.rawValue) | \(meaning) | \(remedy) |"
  }
}
