import SiteRules
package import StrictJSON

/// From a policy to the document that reads back as the same policy. What is left out means what the reader takes its
/// absence for, so that there is one form; named requirements stand where they are used.
struct PolicyWriter {
  let authorities: [Authority]

  func document(
    _ name: String, _ description: String?, _ rules: [Rule], _ waivers: [Waiver], _ denials: [Denial]
  ) -> JSON {
    var object: JSONObject = ["format": .text(Policy.format), "name": .text(name), "default": "refuse"]
    if let description { object.append("description", .text(description)) }
    object.append("authorities", .array(authorities.map(\.json)))
    object.append("rules", .array(rules.map(json)))
    if !waivers.isEmpty { object.append("waivers", .array(waivers.map(\.json))) }
    if !denials.isEmpty { object.append("deny", .array(denials.map(\.json))) }
    return .object(object)
  }

  private func json(_ rule: Rule) -> JSON {
    var object: JSONObject = ["name": .text(rule.name), "scope": rule.scope.json]
    switch rule.answer {
    case .require(let requirement): object.append("require", json(requirement))
    case .refuse(let words): object.append("refuse", .text(words))
    }
    if rule.allowsForeignLayers { object.append("allowForeignLayers", true) }
    if rule.limits != .none { object.append("limits", rule.limits.json) }
    return .object(object)
  }

  private func json(_ requirement: Requirement) -> JSON {
    var object = JSONObject()
    if let name = requirement.name { object.append("name", .text(name)) }
    switch requirement.condition {
    case .all(let parts): object.append("all", .array(parts.map(json)))
    case .any(let parts): object.append("any", .array(parts.map(json)))
    case .atLeast(let count, let parts):
      object.append("atLeast", .integer(Int64(count)))
      object.append("of", .array(parts.map(json)))
    case .evidence(let demand):
      switch demand.kind {
      case .signature: object.append("signature", json(demand))
      case .attestation: object.append("attestation", json(demand))
      }
    }
    return .object(object)
  }

  private func json(_ demand: EvidenceDemand) -> JSON {
    var object = JSONObject()
    if case .attestation(let types) = demand.kind { object.append("type", .array(types.map(JSON.text))) }
    object.append("by", .array(demand.by.map { .text(authorities[$0].name) }))
    if demand.count > 1 { object.append("atLeast", .integer(Int64(demand.count))) }
    if let covers = demand.covers { object.append("covers", .text(covers.rawValue)) }
    if let age = demand.maxAge { object.append("maxAge", age.json) }
    for rule in demand.contents {
      let (member, value) = rule.json
      object.append(member, value)
    }
    return .object(object)
  }
}

extension Authority {
  fileprivate var json: JSON {
    var object: JSONObject = ["name": .text(name)]
    if !`operator`.utf8.elementsEqual(name.utf8) { object.append("operator", .text(`operator`)) }
    switch signer {
    case .keys(let keys): object.append("keys", .array(keys.all.map { "\($0)" }.sorted().map(JSON.text)))
    case .keyless(let rule):
      object.append("keyless", withRoot(["identity": rule.identity.json, "issuer": rule.issuer.json]))
    case .certificate(let rule):
      object.append("certificate", withRoot(["authority": .text(rule.authority), "identity": rule.identity.json]))
    }
    if needs != .none { object.append("needs", needs.json) }
    return .object(object)
  }

  private func withRoot(_ members: JSONObject) -> JSON {
    var object = members
    if let trustRoot { object.append("trustRoot", .text(trustRoot)) }
    return .object(object)
  }
}

extension Needs {
  fileprivate var json: JSON {
    var object = JSONObject()
    if let log { object.append("transparencyLog", .text(log.rawValue)) }
    if timestamp { object.append("timestamp", true) }
    if certificateTimestamp { object.append("certificateTimestamp", true) }
    if witnesses > 0 { object.append("witnesses", .integer(Int64(witnesses))) }
    return .object(object)
  }
}

extension Limits {
  fileprivate var json: JSON {
    var object = JSONObject()
    for subject in Subject.allCases {
      if let span = spans[subject] { object.append(subject.rawValue, span.json) }
    }
    return .object(object)
  }
}

extension Waiver {
  package var json: JSON {
    var object: JSONObject = ["name": .text(name)]
    switch subject {
    case .requirement(let name): object.append("waives", .text(name))
    case .vulnerabilities(let names): object.append("vulnerabilities", .array(names.map(JSON.text)))
    }
    object.append("scope", scope.json)
    object.append("reason", .text(reason))
    object.append("approver", .text(approver))
    object.append("expires", "\(expires)")
    return .object(object)
  }
}
