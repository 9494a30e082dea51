import Octets
import Provenance
package import Reasons
package import StrictJSON

/// What SLSA provenance must say. Each member that is there must hold; what the provenance does not state matches nothing.
///
///     provenance: {builder: T*, buildType: T*, source: T*, ref: T*, commit: T*,
///                  externalParameters: {allowed: [NAME…], values: {NAME: T*}},
///                  materials: {each: T*, required: [T…]}}
package struct ProvenanceRule: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    /// A member's name; or a JSON pointer into the parameters, where it begins with `/`.
    package let name: String
    package let rule: TextRules
  }

  package var builder: TextRules?
  package var buildType: TextRules?
  /// Of the repository alone: `https://github.com/o/r`.
  package var source: TextRules?
  package var ref: TextRules?
  package var commit: TextRules?
  /// The only external parameters that may be there; nil lets all be.
  package var allowedParameters: [String]?
  package var parameters: [Parameter] = []
  /// Of every material's URI.
  package var eachMaterial: TextRules?
  /// Each of some material's URI.
  package var requiredMaterials: [TextRule] = []

  package init() {}

  func judge(_ facts: Provenance) -> ContentOutcome {
    var outcome = ContentOutcome()
    outcome.notes.append("builder \(facts.builder.map(quoted) ?? "not stated")")
    outcome.check(facts.builder, builder, .provenanceBuilderMismatch, "provenance: builder")
    outcome.check(facts.buildType, buildType, .provenanceBuildTypeMismatch, "provenance: build type")
    judgeSources(facts, &outcome)
    judgeParameters(facts.externalParameters, &outcome)
    judgeMaterials(facts.materials, &outcome)
    return outcome
  }

  /// Every place that states a source must be accepted: a builder that lets one of them be chosen leaves the other.
  private func judgeSources(_ facts: Provenance, _ outcome: inout ContentOutcome) {
    for found in facts.sources {
      let words = [found.ref, found.commit].compactMap { $0 }.map { ", " + quoted($0) }.joined()
      let note = "source \(quoted(found.repository))\(words)"
      // Most name one source in all their places.
      if !outcome.notes.contains(note) { outcome.notes.append(note) }
      let place = "provenance: \(found.place)"
      outcome.check(found.repository, source, .provenanceSourceMismatch, place)
      outcome.check(found.ref, ref, .provenanceRefMismatch, place)
      outcome.check(found.commit, commit, .provenanceCommitMismatch, place)
    }
    guard facts.sources.isEmpty else { return }
    outcome.check(nil, source, .provenanceSourceMismatch, "provenance: source")
    outcome.check(nil, ref, .provenanceRefMismatch, "provenance: ref")
    outcome.check(nil, commit, .provenanceCommitMismatch, "provenance: commit")
  }

  private func judgeParameters(_ found: JSONObject, _ outcome: inout ContentOutcome) {
    if let allowedParameters {
      let allowed = Set(allowedParameters.map { Array($0.utf8) })
      let others = found.members.filter { !allowed.contains($0.key) }
      if !others.isEmpty {
        let names = others.prefix(5).map { "“\(printable($0.key, limit: 80))”" }
        let wanted = allowedParameters.isEmpty ? "none" : listed(allowedParameters.map(quoted))
        outcome.failures.append(
          Failure(
            .provenanceParameterForbidden, "provenance: external parameters",
            "\(listed(names, of: others.count)); allowed: \(wanted)"))
      }
    }
    let parameters = JSON.object(found)
    for parameter in self.parameters {
      let value =
        parameter.name.utf8.first == UInt8(ascii: "/")
        ? JSONPointer(parameter.name).flatMap { parameters.value(at: $0) } : found[parameter.name]
      // Null and empty say as much as nothing.
      let isSaid = value != Optional(JSON.null) && value != Optional(JSON.string([]))
      outcome.check(
        isSaid ? value.map(Self.text) : nil, parameter.rule, .provenanceParameterMismatch,
        "provenance: external parameter \(printable(parameter.name, limit: 80))")
    }
  }

  /// As it is written, and as it is fetched.
  private static func isAccepted(_ uri: String, by accepts: (String) -> Bool) -> Bool {
    guard accepts(uri) else { return false }
    let fetched = Provenance.fetched(uri)
    return fetched.utf8.elementsEqual(uri.utf8) || accepts(fetched)
  }

  /// A text as it is, everything else as JSON writes it.
  private static func text(_ value: JSON) -> String {
    if case .string(let bytes) = value { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: value.serialized(), as: UTF8.self)
  }

  private func judgeMaterials(_ found: [Provenance.Material], _ outcome: inout ContentOutcome) {
    let place = "provenance: materials"
    if let eachMaterial {
      let others = found.filter { !($0.uri.map { Self.isAccepted($0, by: eachMaterial.accepts) } ?? false) }
      if found.isEmpty {
        outcome.check(nil, eachMaterial, .provenanceMaterialMismatch, place)
      } else if !others.isEmpty {
        let uris = others.prefix(5).map { $0.uri.map(quoted) ?? "one without URI" }
        outcome.failures.append(
          Failure(
            .provenanceMaterialMismatch, place,
            "\(listed(uris, of: others.count)); each must be \(eachMaterial.shortWording)"))
      }
    }
    for rule in requiredMaterials
    where !found.contains(where: { $0.uri.map { Self.isAccepted($0, by: rule.accepts) } ?? false }) {
      outcome.failures.append(
        Failure(
          .provenanceMaterialMismatch, place,
          "none of \(found.count) is \(printable(rule.wording, limit: 200)), which is required"))
    }
  }
}

// MARK: The document

extension ProvenanceRule {
  package init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["builder", "buildType", "source", "ref", "commit", "externalParameters", "materials"])
    builder = try node.textRules("builder")
    buildType = try node.textRules("buildType")
    source = try node.textRules("source")
    ref = try node.textRules("ref")
    commit = try node.textRules("commit")
    if let parameters = try node.optional("externalParameters") {
      try parameters.verifyMembers(["allowed", "values"])
      allowedParameters = try parameters.optional("allowed").map { (node) throws(Failure) in
        var names: [String] = []
        for element in try node.elements(atMost: TextRules.most) { names.append(try element.string()) }
        return names
      }
      for (name, value) in try parameters.optional("values")?.members() ?? [] {
        let name = String(decoding: name, as: UTF8.self)
        if name.utf8.first == UInt8(ascii: "/"), JSONPointer(name) == nil {
          throw value.failure("its name is no JSON pointer")
        }
        self.parameters.append(Parameter(name: name, rule: try TextRules(value)))
      }
      guard self.parameters.count <= TextRules.most else { throw parameters.failure("too many values") }
      // The canonical form sorts members: so does the rule, or one meaning would have two forms.
      self.parameters.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
    if let materials = try node.optional("materials") {
      try materials.verifyMembers(["each", "required"])
      eachMaterial = try materials.textRules("each")
      requiredMaterials = try materials.ruleList("required")
    }
  }

  package var json: JSON {
    var object = JSONObject()
    object.append("builder", builder)
    object.append("buildType", buildType)
    object.append("source", source)
    object.append("ref", ref)
    object.append("commit", commit)
    var values = JSONObject()
    for parameter in parameters { values.append(parameter.name, parameter.rule.json) }
    var external = JSONObject()
    if let allowedParameters { external.append("allowed", .array(allowedParameters.map { .text($0) })) }
    if !parameters.isEmpty { external.append("values", .object(values)) }
    if !external.members.isEmpty { object.append("externalParameters", .object(external)) }
    var materials = JSONObject()
    materials.append("each", eachMaterial)
    if !requiredMaterials.isEmpty { materials.append("required", .array(requiredMaterials.map(\.json))) }
    if !materials.members.isEmpty { object.append("materials", .object(materials)) }
    return .object(object)
  }
}
