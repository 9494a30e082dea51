import OpenVEX
import Reasons
import StrictJSON
import Testing

@testable import Policy

/// How much is remembered of VEX documents.
struct VEXIndexTests {
  /// Where there are more statements than are remembered, nothing is cleared, whatever was said of it.
  @Test(arguments: [(4, OpenVEX.Status.fixed), (3, .underInvestigation)])
  func nothingIsClearedBeyondTheBound(most: Int, status: OpenVEX.Status) throws {
    let text = VEXTests.vex("fixed", "null", aliases: #"["GHSA-1"]"#)
    let node = JSONNode(
      try JSON(parsing: Array(text.utf8), named: "vex"), named: "predicate", malformed: .predicateMalformed)
    let document = try OpenVEX(node, of: text.utf8.count)
    let index = VEXIndex([document, document], about: [], mostWords: most)
    #expect(index.status(of: [Array("CVE-1".utf8)], in: nil) == status)
  }
}
