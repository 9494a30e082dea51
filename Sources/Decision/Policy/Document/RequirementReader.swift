import Octets
import Reasons
import StrictJSON

/// Reads requirements, and puts those that are used by name in their place. What a name stands for is read anew at each
/// use, and counted each time: references cannot make more of a document than the bounds allow.
struct RequirementReader {
  private let authorities: [Authority]
  private var named: [(name: String, node: JSONNode)] = []
  /// Those being read just now, outermost first.
  private var open: [String] = []
  /// What each name stands for, of those with a place of their own too: a waiver knows requirements by name alone.
  private var meanings: [String: Requirement] = [:]
  private var count = 0
  private var depth = 0

  init(_ root: JSONNode, authorities: [Authority]) throws(Failure) {
    self.authorities = authorities
    for node in try root.optional("requirements")?.elements(atMost: PolicyLimits.requirements) ?? [] {
      let nameNode = try node.required("name")
      let name = try nameNode.policyName()
      guard !named.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
        throw nameNode.failure("a second requirement of this name")
      }
      named.append((name, node))
    }
    // Also what no rule uses must make sense.
    for (name, node) in named {
      open = [name]
      _ = try requirement(node)
    }
    (open, count) = ([], 0)
  }

  mutating func requirement(_ node: JSONNode) throws(Failure) -> Requirement {
    if let name = try node.optional("use") { return try used(name, by: node) }
    count += 1
    guard count <= PolicyLimits.requirements else {
      throw node.failure("more than \(PolicyLimits.requirements) requirements, those used by name counted at each use")
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= PolicyLimits.depth else {
      throw node.failure("more than \(PolicyLimits.depth) requirements within one another")
    }
    let nameNode = try node.optional("name")
    let requirement = Requirement(try condition(node), named: try nameNode?.policyName())
    if let nameNode, let name = requirement.name {
      guard meanings[name] ?? requirement == requirement else {
        throw nameNode.failure("a second requirement of this name, which asks for something else")
      }
      meanings[name] = requirement
    }
    return requirement
  }

  private mutating func used(_ nameNode: JSONNode, by node: JSONNode) throws(Failure) -> Requirement {
    try node.verifyMembers(["use"])
    let name = try nameNode.policyName()
    guard let definition = named.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      throw nameNode.failure("no requirement of the name “\(name)”")
    }
    guard !open.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
      throw nameNode.failure("a circle: \((open + [name]).joined(separator: " uses "))")
    }
    open.append(name)
    defer { open.removeLast() }
    return try requirement(definition.node)
  }

  private mutating func condition(_ node: JSONNode) throws(Failure) -> Requirement.Condition {
    let kinds = ["all", "any", "atLeast", "signature", "attestation"]
    var present: [String] = []
    for kind in kinds where try node.optional(kind) != nil { present.append(kind) }
    guard present.count == 1 else {
      throw node.failure("exactly one of all, any, atLeast with of, signature, attestation and use is wanted")
    }
    try node.verifyMembers(present[0] == "atLeast" ? ["name", "atLeast", "of"] : ["name", present[0]])
    let value = try node.required(present[0])
    switch present[0] {
    case "all": return .all(try parts(value))
    case "any": return .any(try parts(value))
    case "atLeast":
      let of = try node.required("of")
      let parts = try parts(of)
      guard parts.count <= PolicyLimits.choices else {
        throw of.failure("more than \(PolicyLimits.choices) to choose of")
      }
      return .atLeast(try count(value, atMost: parts.count), parts)
    case "signature": return .evidence(try demand(value, .signature, contents: []))
    default:
      let types = try predicateTypes(value.required("type"))
      let contents = try ContentRule.rules(in: value, types: types)
      for name in contents.flatMap(\.vexAuthorities) where position(of: name) == nil {
        throw value.failure("no authority of the name “\(printable(name))”, of which VEX is taken")
      }
      return .evidence(try demand(value, .attestation(types), contents: contents))
    }
  }

  private mutating func parts(_ node: JSONNode) throws(Failure) -> [Requirement] {
    var parts: [Requirement] = []
    for element in try node.elements(atMost: PolicyLimits.requirements) { parts.append(try requirement(element)) }
    guard !parts.isEmpty else { throw node.failure("nothing is required here") }
    return parts
  }

  private func count(_ node: JSONNode, atMost most: Int) throws(Failure) -> Int {
    guard let count = Int(exactly: try node.integer()), count >= 1 else { throw node.failure("a number from 1 on") }
    guard count <= most else { throw node.failure("\(count) of \(most) can never be met") }
    return count
  }

  private func demand(
    _ node: JSONNode, _ kind: EvidenceDemand.Kind, contents: [ContentRule]
  ) throws(Failure) -> EvidenceDemand {
    let members: Set<String> = ["by", "atLeast", "covers", "maxAge"]
    try node.verifyMembers(kind == .signature ? members : members.union(ContentRule.members).union(["type"]))
    return EvidenceDemand(
      kind, by: try authorities(node.required("by")),
      count: try node.optional("atLeast").map { (node) throws(Failure) in try count(node, atMost: .max) } ?? 1,
      covers: try node.optional("covers").map { (node) throws(Failure) in
        try node.oneOf(EvidenceDemand.Coverage.self)
      },
      maxAge: try node.optional("maxAge").map { (node) throws(Failure) in try Span(node) }, contents: contents)
  }

  private func authorities(_ node: JSONNode) throws(Failure) -> [Int] {
    var found: [Int] = []
    for name in try node.oneOrMore(atMost: PolicyLimits.names) {
      let wanted = try name.policyName()
      guard let position = position(of: wanted) else {
        throw name.failure("no authority of the name “\(wanted)”")
      }
      guard !found.contains(position) else { throw name.failure("named twice") }
      found.append(position)
    }
    return found
  }

  private func position(of name: String) -> Int? {
    authorities.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// In full, each once, as the canonical form has them.
  private func predicateTypes(_ node: JSONNode) throws(Failure) -> [String] {
    var types: [String] = []
    var seen: Set<[UInt8]> = []
    for name in try node.oneOrMore(atMost: PolicyLimits.names) {
      types += PredicateTypes.types(try name.line()).filter { seen.insert(Array($0.utf8)).inserted }
    }
    guard types.count <= PolicyLimits.names else { throw node.failure("more than \(PolicyLimits.names) types") }
    return types
  }
}
