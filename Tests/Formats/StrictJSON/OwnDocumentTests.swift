import Reasons
import StrictJSON
import Testing

@Suite struct OwnDocumentTests {
  /// The place is the member's own; the words say which known one was near.
  @Test(arguments: [
    (#"{"a": {"repositry": 1}}"#, "a.repositry", "; “repository” is known"),
    (#"{"a": {"tag": 1, "x\u001b": 1}}"#, #"a["x\u{1b}"]"#, ""),
    (#"{"a": {"": 1}}"#, #"a[""]"#, ""),
  ])
  func unknownMembersAreRefusedWhereTheyStand(_ text: String, _ path: String, _ hint: String) throws {
    let node = try JSONNodeTests.node(text).required("a")
    let failure = try #require(#expect(throws: Failure.self) { try node.verifyMembers(["repository", "tag"]) })
    #expect(failure == Failure(.imageIndexMalformed, "index.json: \(path)"))
    #expect(failure.detail.hasSuffix("is unknown\(hint)"))
  }

  @Test func knownMembersPass() throws {
    let node = try JSONNodeTests.node(#"{"tag": 1}"#)
    #expect(throws: Never.self) { try node.verifyMembers(["repository", "tag"]) }
  }

  @Test(arguments: [
    ("repositry", "repository"), ("repsoitory", "repository"), ("repo", nil), ("registr", "registry"), ("tags", "tag"),
    ("tg", "tag"), ("tx", nil), ("at", nil), ("requires", "require"), ("", nil),
    ("Require", "require"),
    (String(repeating: "a", count: 65), nil),
    // Of two that are equally near, the first.
    ("rag", "bag"),
  ])
  func namesWhatIsNear(_ word: String, _ nearest: String?) {
    let known: Set = ["repository", "registry", "require", "tag", "bag", "by", String(repeating: "a", count: 64)]
    #expect(Misspelling.nearest(to: Array(word.utf8), of: known) == nearest)
  }
}
