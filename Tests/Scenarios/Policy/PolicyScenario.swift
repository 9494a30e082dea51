import MiniatureSigstore
import Octets
import Policy

/// What is on a medium, under which policy it is judged, and what the answer must be.
struct PolicyScenario: Sendable, CustomStringConvertible {
  let name: String
  /// One for each name that the archive gives to an image.
  let carried: [CarriedImage]
  /// Whether the trust root “plant” is one that names no logs, and so asks for none.
  let isQuiet: Bool
  /// What the operator says: pairs of option and value.
  var said: [String: String] = [:]
  var ages: [TrustAge]?
  let verdict: Verdict
  /// The first reason; nil where there is none.
  let reason: String?

  private init(
    _ name: String, carrying carried: [CarriedImage], isQuiet: Bool, said: [String: String] = [:],
    ages: [TrustAge]? = nil,
    _ verdict: Verdict,
    _ reason: String? = nil
  ) {
    self.name = name
    self.carried = carried
    self.isQuiet = isQuiet
    self.said = said
    self.ages = ages
    self.verdict = verdict
    self.reason = reason
  }

  /// One image under these names, with these pieces of evidence. In a layout a name stands where a tag does.
  init(
    _ name: String, _ attachments: [Attachment], of image: SampleImage = PolicySite.image,
    named names: [String] = [PolicySite.repository + ":v1"], isQuiet: Bool = false,
    said: [String: String] = [:], ages: [TrustAge]? = nil, _ verdict: Verdict, _ reason: String? = nil
  ) {
    self.init(
      name, carrying: names.map { CarriedImage(image, attachments, tag: $0) }, isQuiet: isQuiet, said: said, ages: ages,
      verdict, reason)
  }

  var description: String { name }

  func occasion(now: UnixTime) -> Occasion {
    Occasion(
      name: said["as"], environment: said["environment"], team: said["team"], exporter: said["exporter"],
      medium: said["medium"], now: now, ages: ages)
  }

  /// The same as options of `verify`.
  var options: [String] { said.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] } }
}

/// A policy, and the scenarios that tell each of its parts from its absence.
struct PolicyTable: Sendable, CustomStringConvertible {
  let name: String
  /// The document, as JSON.
  let document: String
  let scenarios: [PolicyScenario]

  init(_ name: String, authorities: String, _ members: String, _ scenarios: [PolicyScenario]) {
    self.name = name
    document =
      #"{"format":"assay-policy/1","name":"\#(name)","default":"refuse","authorities":[\#(authorities)],\#(members)}"#
    self.scenarios = scenarios
  }

  var description: String { name }
}

/// Authorities as JSON.
enum Allow {
  static func key(_ owner: String, operator: String? = nil) -> String {
    let keys = PolicySite.pem(owner).split(separator: "\n").joined(separator: "\\n")
    let behind = `operator`.map { #","operator":"\#($0)""# } ?? ""
    return #"{"name":"\#(owner)"\#(behind),"keys":"\#(keys)\n"}"#
  }

  /// A text that matches one identity of the miniature's.
  static func keyless(
    _ name: String, _ identity: SampleIdentity, operator: String? = nil, root: String = "plant", needs: String? = nil
  ) -> String {
    let behind = `operator`.map { #","operator":"\#($0)""# } ?? ""
    let needs = needs.map { #","needs":\#($0)"# } ?? ""
    return
      #"{"name":"\#(name)"\#(behind),"keyless":{"identity":"\#(identity.name.text)","issuer":"\#(identity.issuer)","#
      + #""trustRoot":"\#(root)"}\#(needs)}"#
  }
}
