import Octets
import Policy
import Reasons
import StrictJSON
import Testing

/// `where`: each comparison both ways, over one predicate of a type that nobody understands.
@Suite struct ValueRuleTests {
  static let predicate = #"""
    {"a": {"b": [10, {"c~/d": "x"}]}, "t": "text", "n": 1.50, "big": 12345678901234567890123, "z": null, "": 7, "f": true,
     "small": 1e-3, "long": 1e999999999999, "when": "2026-06-09T12:00:00Z", "old": "2026-01-01T00:00:00+02:00",
     "ahead": "2026-06-12T00:00:00Z", "o": {"p": 1, "q": [true, null]}, "k": "K"}
    """#

  static func judge(_ rule: String) throws -> ContentOutcome {
    try ContentSamples.judge(#"{"where": [\#(rule)]}"#, "https://example.com/custom/v1", predicate)
  }

  @Test(arguments: [
    #"{"at": "/a/b/0", "equals": 10}"#, #"{"at": "/a/b/0", "equals": 10.0}"#,
    #"{"at": "/a/b/1/c~0~1d", "equals": "x"}"#,
    #"{"at": "/", "equals": 7}"#, #"{"at": "", "exists": true}"#, #"{"at": "/z", "exists": true}"#,
    #"{"at": "/z", "equals": null}"#, #"{"at": "/y", "exists": false}"#, #"{"at": "/a/b/-", "exists": false}"#,
    #"{"at": "/a/b/00", "exists": false}"#, #"{"at": "/a/b/2", "exists": false}"#, #"{"at": "/t/0", "exists": false}"#,
    #"{"at": "/f", "equals": true}"#, #"{"at": "/o", "equals": {"q": [true, null], "p": 1.0}}"#,
    #"{"at": "/t", "oneOf": ["x", 1, "text"]}"#, #"{"at": "/n", "oneOf": [2, 1.5]}"#,
    #"{"at": "/t", "matching": "te.t"}"#, #"{"at": "/n", "equals": 1.5}"#, #"{"at": "/n", "atLeast": 1.5}"#,
    #"{"at": "/n", "atMost": 15e-1}"#, #"{"at": "/n", "atLeast": -2}"#, #"{"at": "/big", "atLeast": 9007199254740991}"#,
    #"{"at": "/small", "equals": 0.001}"#, #"{"at": "/small", "atMost": 0.0010001}"#,
    #"{"at": "/when", "notOlderThan": "25h"}"#, #"{"at": "/old", "notOlderThan": "365d"}"#,
  ]) func holds(_ rule: String) throws {
    #expect(try Self.judge(rule).failures == [])
  }

  static let unmet: [(String, Reason)] = [
    (#"{"at": "/y", "equals": 1}"#, .predicateValueAbsent), (#"{"at": "/y", "exists": true}"#, .predicateValueAbsent),
    (#"{"at": "/a/b/2", "equals": 10}"#, .predicateValueAbsent),
    (#"{"at": "/y", "matching": ".*"}"#, .predicateValueAbsent),
    (#"{"at": "/y", "oneOf": [null]}"#, .predicateValueAbsent), (#"{"at": "/y", "atMost": 9}"#, .predicateValueAbsent),
    (#"{"at": "/y", "notOlderThan": "1d"}"#, .predicateValueAbsent),
    (#"{"at": "/z", "exists": false}"#, .predicateValueMismatch),
    (#"{"at": "/a/b/0", "equals": "10"}"#, .predicateValueMismatch),
    (#"{"at": "/f", "equals": false}"#, .predicateValueMismatch),
    (#"{"at": "/z", "equals": false}"#, .predicateValueMismatch),
    (#"{"at": "/o", "equals": {"p": 1}}"#, .predicateValueMismatch),
    (#"{"at": "/o", "equals": {"p": 1, "r": [true, null]}}"#, .predicateValueMismatch),
    (#"{"at": "/o/q", "equals": [null, true]}"#, .predicateValueMismatch),
    (#"{"at": "/t", "oneOf": ["tex", "TEXT"]}"#, .predicateValueMismatch),
    (#"{"at": "/t", "matching": "ex"}"#, .predicateValueMismatch),
    (#"{"at": "/n", "matching": ".*"}"#, .predicateValueMismatch),
    (#"{"at": "/n", "atLeast": 1.51}"#, .predicateValueMismatch),
    (#"{"at": "/n", "atMost": 1.49}"#, .predicateValueMismatch),
    (#"{"at": "/t", "atLeast": 0}"#, .predicateValueMismatch), (#"{"at": "/t", "atMost": 0}"#, .predicateValueMismatch),
    // Neither is less nor more than anything: its exponent is out of bounds.
    (#"{"at": "/long", "atLeast": 0}"#, .predicateValueMismatch),
    (#"{"at": "/long", "atMost": 0}"#, .predicateValueMismatch),
    // Doubles would call them equal.
    (#"{"at": "/big", "equals": 1.2345678901234568e22}"#, .predicateValueMismatch),
    // U+212A is canonically equivalent to the letter K.
    (#"{"at": "/k", "equals": "\u212a"}"#, .predicateValueMismatch),
    (#"{"at": "/t", "notOlderThan": "1d"}"#, .predicateValueMismatch),
    (#"{"at": "/n", "notOlderThan": "1d"}"#, .predicateValueMismatch),
    (#"{"at": "/old", "notOlderThan": "30d"}"#, .predicateTooOld),
    (#"{"at": "/when", "notOlderThan": "24h"}"#, .predicateTooOld),
    (#"{"at": "/ahead", "notOlderThan": "30d"}"#, .predicateTooOld),
  ]

  @Test(arguments: unmet.indices) func refuses(_ index: Int) throws {
    let (rule, reason) = Self.unmet[index]
    #expect(try Self.judge(rule).reasons == [reason], "\(rule)")
  }

  @Test func ageEndsTheAnswer() throws {
    let outcome = try Self.judge(
      #"{"at": "/when", "notOlderThan": "2d"}, {"at": "/old", "notOlderThan": "365d"}, {"at": "/t", "exists": true}"#)
    #expect(outcome.failures == [])
    #expect(outcome.until?.description == "2026-06-11T12:00:00Z")
  }

  @Test func failuresSayWhatWasFoundAndWanted() throws {
    let failure = try #require(try Self.judge(#"{"at": "/t", "oneOf": ["a\u001b", 2]}"#).failures.first)
    #expect(failure.subject == "predicate: /t")
    #expect(failure.detail == #""text"; wanted is one of "a\u001b", 2"#)
  }

  static let bad: [(String, String)] = [
    ("[]", "policy: where"), ("[1]", "policy: where[0]"), (#"[{"at": "/a"}]"#, "policy: where[0]"),
    (#"[{"equals": 1}]"#, "policy: where[0].at"), (#"[{"at": "a", "exists": true}]"#, "policy: where[0].at"),
    (#"[{"at": "/~2", "exists": true}]"#, "policy: where[0].at"),
    (#"[{"at": "/~", "exists": true}]"#, "policy: where[0].at"),
    (#"[{"at": "/a", "equals": 1, "exists": true}]"#, "policy: where[0]"),
    (#"[{"at": "/a", "equal": 1}]"#, "policy: where[0].equal"),
    (#"[{"at": "/a", "oneOf": []}]"#, "policy: where[0].oneOf"),
    (#"[{"at": "/a", "oneOf": 1}]"#, "policy: where[0].oneOf"),
    (#"[{"at": "/a", "matching": "("}]"#, "policy: where[0].matching"),
    (#"[{"at": "/a", "atLeast": "1"}]"#, "policy: where[0].atLeast"),
    (#"[{"at": "/a", "exists": 1}]"#, "policy: where[0].exists"),
    (#"[{"at": "/a", "notOlderThan": "x"}]"#, "policy: where[0].notOlderThan"),
    // Numbers that the canonical form would change.
    (#"[{"at": "/a", "equals": 12345678901234567890123}]"#, "policy: where[0].equals"),
    (#"[{"at": "/a", "equals": [0.10000000000000000001]}]"#, "policy: where[0].equals"),
    (#"[{"at": "/a", "atMost": 1e400}]"#, "policy: where[0].atMost"),
  ]

  @Test(arguments: bad.indices) func reading(_ index: Int) {
    let (text, subject) = Self.bad[index]
    #expect(throws: Failure(.policyMalformed, subject), "\(text)") {
      try ContentSamples.rules(#"{"where": \#(text)}"#, types: ["x:y"])
    }
  }
}
