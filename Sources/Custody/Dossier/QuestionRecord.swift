import Cryptography
import Findings
import Octets
import Policy
import Reasons
import StrictJSON

/// What a policy was asked with, as a dossier holds it. Keys, trust roots and a witness policy are objects beside it.
extension Dossier.Question {
  var objects: [[UInt8]] { keys.map(\.spki) + trustRoots.map(\.bytes) + (witnessPolicy.map { [$0] } ?? []) }

  var json: JSON {
    [
      "policy": .string(policy.canonical), "anchors": .array(anchors.map { $0?.record ?? .null }),
      "keys": .array(keys.map { "\(ClaimedDigest($0.fingerprint))" }),
      "trustRoots": .array(
        trustRoots.map { ["name": .text($0.name), "object": "\(ClaimedDigest(digest($0.bytes)))"] }),
      "witnessPolicy": witnessPolicy.map { "\(ClaimedDigest(digest($0)))" } ?? .null,
      "occasion": occasion.said,
      "time": .text("\(occasion.now.seconds)"),
    ]
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  init(_ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]) throws {
    let policy = try Policy(canonical: try node.required("policy").bytes())
    let trustRoots = try node.required("trustRoots").elements().map { node in
      Dossier.Root(name: try node.required("name").string(), bytes: try read(try node.required("object").digest()))
    }
    let anchorsNode = try node.required("anchors")
    let anchors = try anchorsNode.elements().map { node in node.value == .null ? nil : try Finding.Anchor(node) }
    guard anchors.count == policy.authorities.count else {
      throw anchorsNode.failure("\(anchors.count), and the policy has \(policy.authorities.count) authorities")
    }
    let said = try node.required("occasion")
    func text(_ name: String) throws(Failure) -> String? {
      try said.optional(name).map { (node) throws(Failure) in try node.string() }
    }
    let seconds = try node.required("time")
    guard let time = Int64(try seconds.string()) else { throw seconds.failure("no number of seconds") }
    self.init(
      policy: policy, anchors: anchors,
      keys: try node.required("keys").elements().map { try PublicKey(spki: try read(try $0.digest())) },
      trustRoots: trustRoots, witnessPolicy: try node.optional("witnessPolicy").map { try read(try $0.digest()) },
      occasion: Occasion(
        name: try text("name"), environment: try text("environment"), team: try text("team"),
        exporter: try text("exporter"), medium: try text("medium"), now: UnixTime(time)))
  }
}

extension Occasion {
  /// What the operator said, each text or null.
  var said: JSON {
    func text(_ said: String?) -> JSON { said.map(JSON.text) ?? .null }
    return [
      "name": text(name), "environment": text(environment), "team": text(team), "exporter": text(exporter),
      "medium": text(medium),
    ]
  }
}
