import Reasons
import StrictJSON
import Testing

@Suite struct JSONNodeTests {
  static func node(_ text: String) throws -> JSONNode {
    try JSONNode(parsing: Array(text.utf8), named: "index.json", malformed: .imageIndexMalformed)
  }

  @Test func readsEachType() throws {
    let node = try Self.node(
      #"{"s":"\u00e9","b":true,"i":-42,"t":"-9223372036854775808","n":null,"a":[1,[2]],"o":{"k":"aGk="}}"#)
    #expect(try node.required("s").bytes() == [0xc3, 0xa9])
    #expect(try node.required("s").string() == "é")
    #expect(try node.required("b").bool())
    #expect(try node.required("i").integer() == -42)
    #expect(try node.required("i").integerOrString() == -42)
    #expect(try node.required("t").integerOrString() == .min)
    #expect(try node.optional("n") == nil)
    #expect(try node.optional("absent") == nil)
    #expect(try node.required("a").elements()[1].elements()[0].integer() == 2)
    #expect(try node.required("o").required("k").base64() == Array("hi".utf8))
    let members = try node.required("o").members()
    #expect(members.map(\.key) == [Array("k".utf8)])
    #expect(members.map(\.node.path) == ["o.k"])
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0", "-0"])
  func readsIntegers(_ text: String) throws {
    #expect(try Self.node(text).integer() == Int64(text))
    #expect(try Self.node("\"\(text)\"").integerOrString() == Int64(text))
  }

  @Test(arguments: ["1.0", "1e2", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "true"])
  func refusesOtherNumbers(_ text: String) throws {
    let node = try Self.node(text)
    #expect(throws: Failure(.imageIndexMalformed, "index.json")) { try node.integer() }
    #expect(throws: Failure(.imageIndexMalformed, "index.json")) { try node.integerOrString() }
  }

  @Test(arguments: ["", "+1", "01", " 1", "1 ", "1.0", "0x1", "-", "١"])
  func refusesStringsThatAreNoIntegers(_ text: String) throws {
    let node = try Self.node("\"\(text)\"")
    #expect(throws: Failure(.imageIndexMalformed, "index.json")) { try node.integerOrString() }
  }

  @Test func doesNotReadAStringAsInteger() throws {
    let node = try Self.node("\"1\"")
    #expect(throws: Failure(.imageIndexMalformed, "index.json")) { try node.integer() }
  }

  /// Each failure names the document and the way through it.
  @Test func saysWhere() throws {
    let node = try Self.node(#"{"manifests":[{},{},{"digest":7,"annotations":{"a.b/c":1,"plain-key":2}}]}"#)
    let third = try node.required("manifests").elements()[2]
    #expect(node.path == "")
    #expect(third.path == "manifests[2]")
    func subject(_ read: () throws -> Void) -> String? { #expect(throws: Failure.self, performing: read)?.subject }
    #expect(subject { _ = try third.required("digest").bytes() } == "index.json: manifests[2].digest")
    #expect(subject { _ = try third.required("size") } == "index.json: manifests[2].size")
    #expect(subject { _ = try third.required("digest").required("x") } == "index.json: manifests[2].digest")
    #expect(subject { _ = try third.required("digest").optional("x") } == "index.json: manifests[2].digest")
    #expect(subject { _ = try third.elements() } == "index.json: manifests[2]")
    #expect(subject { _ = try node.members()[0].node.bool() } == "index.json: manifests")
    #expect(subject { _ = try node.bytes() } == "index.json")
    let annotations = try third.required("annotations").members()
    #expect(subject { _ = try annotations[0].node.bytes() } == #"index.json: manifests[2].annotations["a.b/c"]"#)
    #expect(subject { _ = try annotations[1].node.bytes() } == "index.json: manifests[2].annotations.plain-key")
    #expect(throws: Failure(.imageIndexMalformed, "index.json: manifests[2].digest")) {
      try third.required("digest").base64()
    }
    #expect(third.failure("words").detail == "words")
    #expect(third.failure("words", .blobMissing).reason == .blobMissing)
    #expect(subject { _ = try third.failing(.envelopeMalformed).required("a") } == "index.json: manifests[2].a")
    #expect(try third.failing(.envelopeMalformed).required("digest").failure("").reason == .envelopeMalformed)
  }

  @Test func hostileKeysCannotForgeAPath() throws {
    let members = try Self.node(#"{"a\u001b[2J\u202e":1,"":2}"#).members()
    #expect(members[0].node.path == #"["a\u{1b}[2J\u{202e}"]"#)
    #expect(members[1].node.path == #"[""]"#)
  }

  @Test func requiredNullIsThereAndOfNoType() throws {
    let null = try Self.node(#"{"a":null}"#).required("a")
    #expect(null.value == .null)
    #expect(throws: Failure(.imageIndexMalformed, "index.json: a")) { try null.bytes() }
  }

  @Test func boundsElements() throws {
    let node = try Self.node(#"{"a":[1,2,3]}"#).required("a")
    #expect(try node.elements(atMost: 3).count == 3)
    #expect(throws: Failure(.jsonLimitExceeded, "index.json: a")) { try node.elements(atMost: 2) }
  }

  @Test(arguments: ["aGk", "aGk=\\n", "aGl=", "aG-_", "a==="])
  func refusesOtherBase64(_ text: String) throws {
    let node = try Self.node("\"\(text)\"")
    #expect(throws: Failure(.imageIndexMalformed, "index.json")) { try node.base64() }
  }
}
