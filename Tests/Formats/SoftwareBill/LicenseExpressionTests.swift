import SoftwareBill
import Testing

@Suite struct LicenseExpressionTests {
  /// SPDX writes GNU's licences otherwise than it did, and every form is meant by every other.
  @Test(arguments: [
    ("AGPL-3.0", "AGPL-3.0-only", true), ("AGPL-3.0+", "AGPL-3.0-or-later", true), ("GPL-2.0-only", "GPL-2.0", true),
    ("GPL-2.0-or-later", "GPL-2.0", true), ("GPL-2.0-or-later", "GPL-2.0+", true),
    ("GPL-2.0-only", "GPL-2.0-or-later", false), ("GPL-2.0", "GPL-3.0-only", false), ("MIT", "MIT-only", false),
    // Out of another document, and in free text.
    ("DocumentRef-x:LicenseRef-evil", "LicenseRef-evil", true), ("GPL-2.0+ and MIT", "GPL-2.0", true),
    ("GPL-2.0+, MIT", "GPL-2.0-or-later", true), ("GPL-2.0-ONLY", "GPL-2.0", true),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-only", true),
    ("GPL-2.0-or-later-with-X", "GPL-2.0", true), ("GPL-2.0+ WITH X", "GPL-2.0-or-later WITH X", true),
  ]) func oneLicenseHasSeveralNames(_ text: String, _ denied: String, isDenied: Bool) {
    #expect(LicenseExpression(text).isDenied { $0 == denied } == isDenied)
  }

  /// Which of an expression's ways are denied, where `GPL` and `AGPL` are.
  @Test(
    arguments: [
      ("MIT", false), ("GPL", true), ("MIT OR GPL", false), ("GPL OR MIT", false), ("GPL OR AGPL", true),
      ("MIT AND GPL", true), ("MIT AND BSD", false), ("MIT OR BSD AND GPL", false), ("GPL OR BSD AND GPL", true),
      ("(MIT OR GPL) AND BSD", false), ("(MIT OR GPL) AND AGPL", true), ("((GPL))", true), ("GPL+", true),
      ("GPL WITH Classpath", true), ("MIT WITH GPL", false), ("GPL WITH Classpath OR MIT", false),
      ("DocumentRef-a:LicenseRef-b", false), ("", false), (" MIT\tOR\nGPL ", false),
      // What is no expression counts word by word.
      ("MIT or GPL", true), ("MIT GPL", true), ("MIT/GPL", true), ("GPL, version 2", true), ("(MIT OR GPL", true),
      ("MIT OR", false), ("OR GPL", true), ("MIT OR GPL)", true), ("The GPL-like thing", false), ("MIT WITH", false),
    ])
  func denials(_ text: String, _ isDenied: Bool) {
    #expect(LicenseExpression(text).isDenied { ["GPL", "AGPL"].contains($0) } == isDenied)
  }

  @Test func exceptionsHaveNames() {
    let expression = LicenseExpression("GPL-2.0-only WITH Classpath-exception-2.0")
    #expect(expression.isDenied { $0 == "GPL-2.0-only WITH Classpath-exception-2.0" })
    #expect(LicenseExpression("Own licence, all rights").isDenied { $0 == "Own licence, all rights" })
  }

  @Test func hostileDepthIsBounded() {
    let text = String(repeating: "(", count: 100_000) + "GPL" + String(repeating: ")", count: 100_000)
    #expect(LicenseExpression(text).isDenied { $0 == "GPL" })
    let long = Array(repeating: "MIT", count: 100_000).joined(separator: " AND ") + " AND GPL"
    #expect(LicenseExpression(long).isDenied { $0 == "GPL" })
  }
}
