import Reasons
import StrictJSON
import TUFMetadata
import Testing

@Suite struct OLPCCanonicalTests {
  @Test(arguments: [
    (#"{"b":1,"a":[true,false,null]}"#, #"{"a":[true,false,null],"b":1}"#),
    (#"  { "a" : [ 1 , -2 ] }  "#, #"{"a":[1,-2]}"#),
    // Only the two characters are escaped; a line break is a line break.
    (#""q\" b\\ n\n t\t é/""#, "\"q\\\" b\\\\ n\n t\t é/\""),
    (#""\u001f""#, "\"\u{1f}\""),
    // By code points: U+FF61 before U+1F600, which UTF-16 has the other way about.
    ("{\"\u{1f600}\":1,\"\u{ff61}\":2}", "{\"\u{ff61}\":2,\"\u{1f600}\":1}"),
    // A key that begins like another comes after it.
    (#"{"ab":1,"a":2,"":3}"#, #"{"":3,"a":2,"ab":1}"#),
    // Digits as written, however many.
    ("123456789012345678901234567890", "123456789012345678901234567890"),
  ])
  func form(_ document: String, _ expected: String) throws {
    let value = try JSON(parsing: Array(document.utf8), named: "it")
    #expect(try value.olpcCanonical(named: "it") == Array(expected.utf8))
  }

  @Test(arguments: ["1.0", "1e2", "1E2", "-0", "-1.5"])
  func noForm(_ number: String) throws {
    let value = try JSON(parsing: Array("[\(number)]".utf8), named: "it")
    let failure = #expect(throws: Failure.self) { _ = try value.olpcCanonical(named: "it") }
    #expect(failure == Failure(.tufMalformed, "it"))
  }
}
