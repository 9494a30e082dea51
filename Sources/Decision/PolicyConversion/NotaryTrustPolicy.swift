import Octets
import Reasons
import StrictJSON

/// Notary Project's trustpolicy.json, version 1.0. Assay does not verify Notary signatures: each policy becomes a rule
/// that refuses its scopes, so that no other rule lets them in, and all that it asks for is listed.
enum NotaryTrustPolicy {
  static func convert(_ root: JSONNode) throws(Failure) -> PolicyDraft {
    var draft = PolicyDraft(name: "notary trust policy")
    let version = try root.required("version")
    guard try version.bytes().elementsEqual("1.0".utf8) else {
      throw version.failure("not 1.0, the version that is read")
    }
    draft.missing += try root.unknownMembers(["version", "trustPolicies"])
    var global: [(JSONNode, name: String)] = []
    for node in try root.required("trustPolicies").elements(atMost: 1000) {
      let name = try node.required("name").shown()
      let scopes = try node.required("registryScopes").elements(atMost: 1000)
      guard !scopes.isEmpty else { throw try node.required("registryScopes").failure("no scope") }
      // A policy for certain repositories goes before the one for all.
      if scopes.count == 1, try scopes[0].bytes().elementsEqual("*".utf8) {
        global.append((node, name))
        continue
      }
      var missing: [NotExpressed] = []
      var names: [PolicyDraft.Name] = []
      for scope in scopes {
        let text = try scope.bytes()
        // Exact names, that our scopes would take for patterns with a star.
        if text.isEmpty || text.count > 400 || text.contains(where: { !(0x21...0x7e).contains($0) || $0 == 0x2a }) {
          missing.append(scope.notExpressed("no repository: Notary takes no such scope"))
        } else {
          names.append(PolicyDraft.Name(repository: String(decoding: text, as: UTF8.self)))
        }
      }
      missing += try asked(node)
      if names.isEmpty {
        draft.missing += missing
      } else {
        draft.rule(name, for: names, refusal(name), missing: missing)
      }
    }
    for (node, name) in global { draft.ruleForEverything(name, refusal(name), missing: try asked(node)) }
    return draft
  }

  private static func refusal(_ name: String) -> PolicyDraft.Answer {
    .refuse("The trust policy \(name) asks for Notary signatures, which are not verified here.", partly: nil)
  }

  /// Everything that the policy says beside its scopes.
  private static func asked(_ node: JSONNode) throws(Failure) -> [NotExpressed] {
    var missing = try node.unknownMembers([
      "name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities",
    ])
    let verification = try node.required("signatureVerification")
    missing += try verification.unknownMembers(["level", "override", "verifyTimestamp"])
    let level = try verification.required("level")
    switch String(decoding: try level.bytes(), as: UTF8.self) {
    case "skip":
      missing.append(
        level.notExpressed("skip lets in whatever is unsigned: say who signs, by hand, or leave it refused"))
    case "audit":
      missing.append(level.notExpressed("audit lets in what fails, and logs it: say who signs, by hand"))
    case "strict", "permissive":
      missing.append(
        level.notExpressed(
          "Notary signatures are not verified: have the images signed for Sigstore, or countersign them"))
    default: throw level.failure("none of strict, permissive, audit, skip")
    }
    for (_, override) in try verification.optional("override")?.members() ?? [] {
      missing.append(override.notExpressed("nothing of a Notary signature is checked"))
    }
    if let timestamp = try verification.optional("verifyTimestamp") {
      missing.append(timestamp.notExpressed("nothing of a Notary signature is checked"))
    }
    for store in try node.optional("trustStores")?.elements(atMost: 1000) ?? [] {
      missing.append(store.notExpressed("certificates for Notary signatures are not used"))
    }
    for identity in try node.optional("trustedIdentities")?.elements(atMost: 1000) ?? [] {
      missing.append(
        identity.notExpressed("a subject of Notary certificates: `certificate` names an identity, not a subject"))
    }
    return missing
  }
}
