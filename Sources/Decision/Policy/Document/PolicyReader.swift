import Octets
package import Reasons
import SiteRules
package import StrictJSON

extension Policy {
  /// Reads a policy document; unknown members are errors.
  /// - Parameter root: the document, out of YAML or JSON. Its failures say where.
  /// - Throws: the document's reason.
  package init(_ root: JSONNode) throws(Failure) {
    let format = try root.required("format")
    guard try format.bytes().elementsEqual(Policy.format.utf8) else {
      throw format.failure("the format is not \(Policy.format), which this version reads")
    }
    try root.verifyMembers([
      "format", "name", "description", "default", "authorities", "requirements", "rules", "waivers", "deny",
    ])
    // A value may be asked to be null.
    try root.verifyNothingIsEmpty(but: ["equals", "oneOf"])
    let fallback = try root.required("default")
    guard try fallback.bytes().elementsEqual("refuse".utf8) else {
      throw fallback.failure("“refuse” is wanted: an image that no rule is for does not enter")
    }
    let (authorities, keys) = try Authority.all(root.required("authorities"))
    var requirements = try RequirementReader(root, authorities: authorities)
    var rules: [Rule] = []
    for node in try root.required("rules").elements(atMost: PolicyLimits.rules) {
      let rule = try Rule(node, &requirements)
      guard !rules.contains(where: { $0.name.utf8.elementsEqual(rule.name.utf8) }) else {
        throw try node.required("name").failure("a second rule of this name")
      }
      rules.append(rule)
    }
    guard !rules.isEmpty else { throw try root.required("rules").failure("no rule: nothing would ever enter") }
    var waivers: [Waiver] = []
    for node in try root.optional("waivers")?.elements(atMost: PolicyLimits.waivers) ?? [] {
      let waiver = try Waiver(node)
      guard !waivers.contains(where: { $0.name.utf8.elementsEqual(waiver.name.utf8) }) else {
        throw try node.required("name").failure("a second waiver of this name")
      }
      waivers.append(waiver)
    }
    var denials: [Denial] = []
    for node in try root.optional("deny")?.elements(atMost: PolicyLimits.denials) ?? [] {
      denials.append(try Denial(node))
    }
    do throws(Failure) {
      try self.init(
        try root.required("name").line(), description: try root.optional("description")?.string(),
        authorities: authorities, rules: rules, waivers: waivers, denials: denials, keysInPlace: keys)
    } catch {
      throw error.reason == .policyMalformed ? error : root.failure("no canonical form: \(error.detail)")
    }
    // What a verdict is recorded with must be read again, with every use of a requirement written out.
    do throws(Failure) { _ = try JSON(parsing: canonical, named: "policy") } catch {
      throw root.failure("its canonical form is too large, or nested too deep, to be read again: \(error.detail)")
    }
  }

  /// Reads the canonical form, as reports and dossiers hold it.
  /// - Throws: `policy.malformed`, also for any other form.
  package init(canonical bytes: [UInt8]) throws(Failure) {
    let root = try JSONNode(parsing: bytes, named: "policy", malformed: .policyMalformed)
    try self.init(root)
    guard canonical == bytes else { throw root.failure("not in the canonical form") }
  }
}

/// How large a policy may be; our own choice, far beyond what a person oversees.
package enum PolicyLimits {
  package static let authorities = 1_000
  package static let rules = 1_000
  package static let waivers = 1_000
  package static let denials = 10_000
  /// Requirements of all rules together, each counted as often as it is used.
  package static let requirements = 4_096
  /// Requirements within requirements, those that are used by name counted too.
  package static let depth = 16
  /// Authorities, predicate types or names in one list.
  package static let names = 256
  /// What `atLeast` chooses of: each is matched with a voice of its own.
  package static let choices = 64
}

extension Rule {
  fileprivate init(_ node: JSONNode, _ requirements: inout RequirementReader) throws(Failure) {
    try node.verifyMembers(["name", "scope", "require", "refuse", "allowForeignLayers", "limits"])
    let answer: Answer
    switch (try node.optional("require"), try node.optional("refuse")) {
    case (let requirement?, nil): answer = .require(try requirements.requirement(requirement))
    case (nil, let words?):
      guard try node.optional("allowForeignLayers") == nil, try node.optional("limits") == nil else {
        throw words.failure("beside `refuse` nothing else has a meaning")
      }
      answer = .refuse(try words.line())
    default: throw node.failure("exactly one of `require` and `refuse` is wanted")
    }
    self.init(
      try node.required("name").policyName(), for: try Scope(node.required("scope")), answer,
      allowsForeignLayers: try node.optional("allowForeignLayers")?.bool() ?? false,
      limits: try node.optional("limits").map { (node) throws(Failure) in try Limits(node) } ?? .none)
  }
}

extension Limits {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(Set(Subject.allCases.map(\.rawValue)))
    var spans: [Subject: Span] = [:]
    for subject in Subject.allCases {
      if let span = try node.optional(subject.rawValue) { spans[subject] = try Span(span) }
    }
    guard !spans.isEmpty else { throw node.failure("no limit") }
    self.init(spans)
  }
}

extension Waiver {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["name", "waives", "vulnerabilities", "scope", "reason", "approver", "expires"])
    let subject: Subject
    switch (try node.optional("waives"), try node.optional("vulnerabilities")) {
    case (let requirement?, nil): subject = .requirement(try requirement.policyName())
    case (nil, let names?):
      var all: [String] = []
      for name in try names.elements(atMost: PolicyLimits.names) { all.append(try name.line()) }
      guard !all.isEmpty else { throw names.failure("no vulnerability") }
      subject = .vulnerabilities(all)
    default: throw node.failure("exactly one of `waives` and `vulnerabilities` is wanted")
    }
    let expires = try node.required("expires")
    guard let time = UnixTime(rfc3339: try expires.bytes()) else {
      throw expires.failure("a date-time is wanted, like 2027-01-31T00:00:00Z")
    }
    self.init(
      try node.required("name").policyName(), of: subject, in: try Scope(node.required("scope"), withDigest: true),
      reason: try node.required("reason").line(), approver: try node.required("approver").line(), expires: time)
  }
}
