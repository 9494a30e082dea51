import Base64
import LedgerLeaf
import Octets
import Report
import StrictJSON

/// Leaves in words and as JSON (docs/formats/LedgerOutput.md).
enum LeafText {
  static func line(_ leaf: LedgerLeaf, at index: UInt64) -> String {
    let kind = leaf.event.kind.name
    let padded = kind + String(repeating: " ", count: max(1, 15 - kind.utf8.count))
    let number = "\(index)"
    let place = String(repeating: " ", count: max(0, 6 - number.utf8.count)) + number
    return "\(place)  \(leaf.claimed)  \(padded)\(words(leaf.event))"
  }

  private static func words(_ event: LedgerEvent) -> String {
    switch event {
    case .provisioning(let event): "store \(Hex.encode(event.storeID)), \(printable(event.program))"
    case .importing(let event):
      "\(printable(event.label)): \(Quantity.count(event.images.digests.count, "image")), "
        + Quantity.count(event.evidence.digests.count, "piece of evidence", "pieces of evidence")
    case .verdict(let event): "\(event.verdict.name)  \(event.image)\(reasons(event))"
    case .reportIssued(let event): "\(event.report) about leaf \(event.verdictIndex)"
    case .trustChange(let event), .policyChange(let event):
      "\(event.action.name) \(printable(event.kind)) \(printable(event.name)): \(event.object)"
    case .approval(let event): "\(printable(event.person)): \(printable(event.action)) \(event.object)"
    case .timeEvidence(let event): "not before \(event.reached)"
    case .export(let event): "\(event.size) leaves for \(printable(event.recipient))"
    case .recovery(let event): "took over store \(Hex.encode(event.previousStore)) at \(event.previousSize) leaves"
    case .retirement(let event): printable(event.reason)
    }
  }

  private static func reasons(_ event: VerdictRecord) -> String {
    event.reasons.first.map {
      "  \(printable($0))\(event.reasons.count > 1 ? " and \(event.reasons.count - 1) more" : "")"
    }
      ?? ""
  }

  static func json(_ leaf: LedgerLeaf, at index: UInt64) -> JSON {
    [
      "leaf": .integer(Int64(clamping: index)), "kind": .text(leaf.event.kind.name), "claimed": "\(leaf.claimed)",
      "event": json(leaf.event),
    ]
  }

  private static func json(_ event: LedgerEvent) -> JSON {
    func text(_ bytes: [UInt8]) -> JSON { .text(printable(bytes, limit: 4096)) }
    func hex(_ bytes: [UInt8]) -> JSON { .text(Hex.encode(bytes)) }
    func base64(_ bytes: [UInt8]) -> JSON { .text(Base64.encode(bytes)) }
    func number(_ value: UInt64) -> JSON { .integer(Int64(clamping: value)) }
    func digests(_ set: DigestSet) -> JSON { .array(set.digests.map { "\($0)" }) }
    switch event {
    case .provisioning(let event):
      return [
        "store": hex(event.storeID), "tpm": event.tpm == .software ? "software" : "device",
        "bootBinding": .text(event.bootBinding.name), "commitKey": base64(event.commitKey),
        "reportKey": base64(event.reportKey), "attestationKey": event.attestationKey.map(base64) ?? .null,
        "policyAuthority": event.policyAuthority.map(base64) ?? .null, "anchor": hex(event.anchorName),
        "program": text(event.program),
      ]
    case .importing(let event):
      return [
        "medium": "\(event.medium)", "bytes": number(event.size), "label": text(event.label),
        "tpmClock": [
          "milliseconds": number(event.clock.milliseconds), "resets": number(event.clock.resets),
          "restarts": number(event.clock.restarts), "safe": .bool(event.clock.isSafe),
        ],
        "images": digests(event.images), "evidence": digests(event.evidence),
      ]
    case .verdict(let event):
      return [
        "image": "\(event.image)", "verdict": .text(event.verdict.name), "policy": "\(event.policy)",
        "requirements": "\(event.requirements)", "trust": "\(event.trust)", "evidence": "\(event.evidence)",
        "dossier": event.dossier.map { "\($0)" } ?? .null, "reasons": .array(event.reasons.map(text)),
        "validUntil": event.validUntil.map { "\($0)" } ?? .null,
      ]
    case .reportIssued(let event):
      return ["image": "\(event.image)", "report": "\(event.report)", "verdict": number(event.verdictIndex)]
    case .trustChange(let event), .policyChange(let event):
      return [
        "action": .text(event.action.name), "kind": text(event.kind), "name": text(event.name),
        "object": "\(event.object)", "previous": event.previous.map { "\($0)" } ?? .null,
        "approvals": .array(event.approvals.map(number)),
      ]
    case .approval(let event):
      return [
        "action": text(event.action), "object": "\(event.object)", "person": text(event.person), "key": "\(event.key)",
        "statement": base64(event.statement), "signature": base64(event.signature),
      ]
    case .timeEvidence(let event):
      return [
        "source": .text(event.source.name), "reached": "\(event.reached)",
        "evidence": "\(event.evidence)",
      ]
    case .export(let event):
      return ["size": number(event.size), "root": hex(event.root), "recipient": text(event.recipient)]
    case .recovery(let event):
      return [
        "previousStore": hex(event.previousStore), "previousSize": number(event.previousSize),
        "previousRoot": hex(event.previousRoot), "witness": text(event.witness), "reason": text(event.reason),
        "approvals": .array(event.approvals.map(number)),
      ]
    case .retirement(let event): return ["reason": text(event.reason), "recipient": text(event.recipient)]
    }
  }
}

extension VerdictRecord.Outcome {
  var name: String {
    switch self {
    case .admit: "admit"
    case .incomplete: "incomplete"
    case .refuse: "refuse"
    }
  }
}

extension ObjectChange.Action {
  var name: String {
    switch self {
    case .add: "add"
    case .replace: "replace"
    case .remove: "remove"
    }
  }
}

extension ProvisioningRecord.BootBinding {
  fileprivate var name: String {
    switch self {
    case .none: "none"
    case .secureBootOnly: "secureboot-only"
    case .verityUKI: "verity-uki"
    }
  }
}
