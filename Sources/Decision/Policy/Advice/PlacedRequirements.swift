import Octets
import Reasons
import StrictJSON

/// The requirements of all rules, each with its place in the document: those used by name stand where they are defined.
struct PlacedRequirements {
  struct Placed {
    let path: String
    let name: String?
    let condition: Condition
  }

  indirect enum Condition {
    case all([Placed])
    case any([Placed])
    case atLeast(Int, [Placed])
    /// The demand, where its own mapping stands, and what it asks of the evidence's contents.
    case evidence(EvidenceDemand, path: String, contents: [JSONObject.Member])
  }

  /// Of the rules that require something, in order.
  let ofRules: [Placed]
  /// Where each named requirement stands that no rule uses.
  private let unused: [(path: String, name: String)]

  init(_ root: JSONNode, of policy: Policy) throws(Failure) {
    var definitions = Definitions()
    for node in try root.optional("requirements")?.elements() ?? [] {
      definitions.nodes.append((try node.required("name").string(), node))
    }
    var ofRules: [Placed] = []
    for (node, rule) in zip(try root.required("rules").elements(), policy.rules) {
      if let requirement = rule.requirement {
        ofRules.append(try definitions.placed(node.required("require"), requirement))
      }
    }
    self.ofRules = ofRules
    unused = definitions.nodes.filter { !definitions.used.contains($0.name) }.map { ($0.node.path, $0.name) }
  }

  /// Names are plain ASCII: text and bytes are one here.
  private struct Definitions {
    var nodes: [(name: String, node: JSONNode)] = []
    var used: Set<String> = []

    /// Document and policy side by side: the policy was read from the document, so that they have one shape.
    mutating func placed(_ node: JSONNode, _ requirement: Requirement) throws(Failure) -> Placed {
      if let name = try node.optional("use")?.string(), let definition = nodes.first(where: { $0.name == name }) {
        used.insert(name)
        return try placed(definition.node, requirement)
      }
      func parts(
        _ key: String, _ requirements: [Requirement], _ definitions: inout Definitions
      ) throws(Failure) -> [Placed] {
        var parts: [Placed] = []
        for (node, part) in zip(try node.required(key).elements(), requirements) {
          parts.append(try definitions.placed(node, part))
        }
        return parts
      }
      let condition: Condition
      switch requirement.condition {
      case .all(let all): condition = .all(try parts("all", all, &self))
      case .any(let any): condition = .any(try parts("any", any, &self))
      case .atLeast(let count, let of): condition = .atLeast(count, try parts("of", of, &self))
      case .evidence(let demand):
        let inner = try node.required(demand.kind == .signature ? "signature" : "attestation")
        let own: [String] = ["type", "by", "atLeast", "covers", "maxAge"]
        let contents = try inner.members().filter { member in !own.contains { $0.utf8.elementsEqual(member.key) } }
        condition = .evidence(
          demand, path: inner.path, contents: contents.map { JSONObject.Member(key: $0.key, value: $0.node.value) })
      }
      return Placed(path: node.path, name: requirement.name, condition: condition)
    }
  }

  /// What can never be met, what nothing uses, and what changes nothing.
  func advice(under authorities: [Authority]) -> [Advice] {
    unused.map { Advice(.requirementUnused, at: $0.path, "no rule uses the requirement “\($0.name)”") }
      + ofRules.flatMap { Self.advice(on: $0, authorities) }
  }

  /// Whether any of them asks for this of its evidence's contents.
  func asksFor(contents key: String) -> Bool { ofRules.contains { Self.asks($0, for: key) } }

  private static func asks(_ placed: Placed, for key: String) -> Bool {
    switch placed.condition {
    case .all(let parts), .any(let parts), .atLeast(_, let parts): parts.contains { asks($0, for: key) }
    case .evidence(_, _, let contents): contents.contains { $0.key.elementsEqual(key.utf8) }
    }
  }
}
