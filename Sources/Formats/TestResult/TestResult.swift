import Octets
package import Reasons
package import StrictJSON

/// What one run of tests gave (in-toto attestation, spec/predicates/test-result.md; docs/formats/TestResult.md).
package struct TestResult: Sendable {
  package enum Outcome: String, CaseIterable, Hashable, Sendable {
    case passed = "PASSED"
    case warned = "WARNED"
    case failed = "FAILED"
  }

  /// A ResourceDescriptor: what the run was configured with.
  package struct Configuration: Sendable {
    package let name: String?
    package let uri: String?
  }

  package let outcome: Outcome
  package let configuration: [Configuration]
  /// Names of tests. What they mean is between those who write and those who require them.
  package let passed: [String]
  package let warned: [String]
  package let failed: [String]

  /// - Throws: `predicate.malformed`.
  package init(_ node: JSONNode) throws(Failure) {
    let node = node.failing(.predicateMalformed)
    outcome = try node.required("result").oneOf(Outcome.self)
    var configuration: [Configuration] = []
    for element in try node.required("configuration").elements() {
      let (uri, location) = (try element.stated("uri"), try element.stated("downloadLocation"))
      configuration.append(Configuration(name: try element.stated("name"), uri: uri ?? location))
    }
    self.configuration = configuration
    passed = try Self.names(node, "passedTests")
    warned = try Self.names(node, "warnedTests")
    failed = try Self.names(node, "failedTests")
  }

  private static func names(_ node: JSONNode, _ key: String) throws(Failure) -> [String] {
    var names: [String] = []
    for element in try node.list(key) { names.append(try element.string()) }
    return names
  }
}
