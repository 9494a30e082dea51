import Reasons
import StrictJSON
import TestResult
import Testing

@Suite struct TestResultTests {
  @Test func reads() throws {
    let run = try TestResult(
      predicate(
        #"""
        {"result": "WARNED", "configuration": [{"name": "ci.yml", "downloadLocation": "https://x"}, {"uri": "u"}], "url": "x",
         "passedTests": ["a"], "warnedTests": ["b", "c"], "failedTests": null}
        """#))
    #expect(run.outcome == .warned && run.configuration.map(\.uri) == ["https://x", "u"])
    #expect(run.configuration.map(\.name) == ["ci.yml", nil])
    #expect(run.passed == ["a"] && run.warned == ["b", "c"] && run.failed.isEmpty)
  }

  @Test(arguments: [
    ("{}", "result"), (#"{"result": "passed", "configuration": []}"#, "result"),
    (#"{"result": "PASSED"}"#, "configuration"),
    (#"{"result": "PASSED", "configuration": ["x"]}"#, "configuration[0]"),
    (#"{"result": "PASSED", "configuration": [], "passedTests": "a"}"#, "passedTests"),
    (#"{"result": "PASSED", "configuration": [], "failedTests": [1]}"#, "failedTests[0]"),
  ]) func anotherShapeIsRefused(_ text: String, _ place: String) throws {
    let node = try predicate(text)
    #expect(throws: Failure(.predicateMalformed, "predicate: \(place)")) { try TestResult(node) }
  }
}
