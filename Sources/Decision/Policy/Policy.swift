package import Cryptography
import Findings
import Octets
import StrictJSON

/// What must hold for an image to be admitted: every requirement.
package struct Policy: Sendable {
  package let first: Requirement
  package let others: [Requirement]
  /// Whether foreign (nondistributable) layers may be absent. Weakens a check, so every report states it.
  package let allowsForeignLayers: Bool

  package init(_ first: Requirement, _ others: [Requirement] = [], allowsForeignLayers: Bool) {
    self.first = first
    self.others = others
    self.allowsForeignLayers = allowsForeignLayers
  }

  package var requirements: [Requirement] { [first] + others }

  /// Names this policy in reports.
  package static let uri = "urn:x-assay:policy:command-line"

  /// The policy as canonical JSON (RFC 8785; docs/formats/Policy.md): the same policy has the same bytes everywhere.
  package var canonical: [UInt8] {
    let document: JSON = [
      "format": "assay-policy/1",
      "allowForeignLayers": .bool(allowsForeignLayers),
      "requirements": .array(requirements.map(\.json)),
    ]
    // Strings and booleans alone: there is nothing that could fail to be written.
    return (try? document.canonical()) ?? []
  }

  package var digest: ComputedDigest { Cryptography.digest(canonical) }
}

extension Requirement {
  fileprivate var json: JSON {
    [
      "evidence": .string(Array(evidence.name.utf8)), "signer": signer.json,
      "count": .number(Array(String(count).utf8)),
    ]
  }
}

extension EvidenceKind {
  /// As `--require` takes it.
  package var name: String {
    switch self {
    case .signature: "signature"
    case .attestation(let predicateType): "attestation=\(predicateType)"
    }
  }
}

extension SignerRule {
  fileprivate var json: JSON {
    switch self {
    case .keys(let keys):
      let names = keys.all.map { "\(ClaimedDigest($0))" }.sorted()
      return ["keys": .array(names.map { .string(Array($0.utf8)) })]
    case .identity(let rule):
      return ["identity": rule.identity.json, "issuer": rule.issuer.json]
    }
  }
}
