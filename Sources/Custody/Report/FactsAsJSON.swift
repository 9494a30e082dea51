package import Findings
import Octets
import OCIImage
package import Policy
package import Reasons
package import StrictJSON

// Facts as they stand in a report and in `--json` output; docs/formats/Report.md lists every field.

extension Failure {
  package var json: JSON {
    var object: JSONObject = ["reason": .text(reason.rawValue), "subject": .text(printable(subject))]
    if let offset { object.append("offset", .integer(Int64(clamping: offset))) }
    if !detail.isEmpty { object.append("detail", .text(printable(detail))) }
    return .object(object)
  }
}

extension PartJudgement {
  /// - Parameters:
  ///   - findings: those that were judged.
  ///   - policy: the one that judged.
  package func json(_ findings: [Finding], _ policy: Policy) -> JSON {
    var object: JSONObject = ["digest": "\(part.digest)", "role": .text(part.roleName)]
    if let platform = part.platform { object.append("platform", "\(platform)") }
    object.append("verdict", .text(verdict.rawValue))
    object.append("reasons", .array(reasons.map(\.json)))
    object.append("warnings", .array(warnings.map(\.json)))
    object.append("rules", .array(rules.map { $0.json(findings, policy) }))
    return .object(object)
  }
}

extension Part {
  package var roleName: String {
    switch role {
    case .index: "index"
    case .platform: "manifest"
    case .attestationManifest: "attestation-manifest"
    case .absent: "absent"
    }
  }
}

extension Finding {
  package var json: JSON {
    var object: JSONObject = ["digest": "\(ClaimedDigest(evidence))", "carrier": .text(printable(carrier))]
    if let attachedTo { object.append("attachedTo", "\(attachedTo)") }
    if let kind { object.append("kind", .text(kind.name)) }
    object.append("subjects", .array(subjects.map { "\($0)" }))
    object.append("anchor", anchor.json)
    switch outcome {
    case .success(let proven): object.append("proven", proven.json)
    case .failure(let failure): object.append("failed", failure.json)
    }
    return .object(object)
  }
}

extension Finding.Anchor {
  fileprivate var json: JSON {
    switch self {
    case .keys: ["kind": "keys"]
    case .trustRoot(let name): ["kind": "trust-root", "name": .text(printable(name))]
    }
  }
}

extension Proven {
  package var json: JSON {
    [
      "signer": signer.json,
      "times": .array(times.map(\.json)),
      "log": .array(log.map(\.json)),
      "checks": .array(
        checks.map {
          ["check": .text($0.name), "result": .text($0.result.rawValue), "detail": .text(printable($0.detail))]
        }),
    ]
  }
}

extension Signer {
  fileprivate var json: JSON {
    switch self {
    case .key(let fingerprint): return ["key": "\(ClaimedDigest(fingerprint))"]
    case .certificate(let facts):
      return [
        "identities": .array(facts.identities.map(JSON.text)), "issuer": facts.issuer.map(JSON.text) ?? .null,
        "authority": .text(facts.authority), "certificate": "\(ClaimedDigest(facts.fingerprint))",
        "key": "\(ClaimedDigest(facts.keyFingerprint))", "notBefore": "\(facts.notBefore)",
        "notAfter": "\(facts.notAfter)",
        "extensions": .array(facts.extensions.map { ["name": .text($0.name), "value": .text($0.value)] }),
        "certificateTimestamps": .array(facts.certificateTimestamps.map(JSON.text)),
      ]
    }
  }
}

extension EstablishedTime {
  fileprivate var json: JSON {
    switch source {
    case .signedEntryTimestamp(let log): ["time": "\(time)", "source": "signed-entry-timestamp", "by": .text(log)]
    case .timestampAuthority(let name): ["time": "\(time)", "source": "timestamp-authority", "by": .text(name)]
    }
  }
}

extension LogFacts {
  fileprivate var json: JSON {
    [
      "log": .text(log), "index": .integer(index), "entryKind": .text(entryKind),
      "proofs": .array(proofs.map { .text($0.rawValue) }), "witnesses": .array(witnesses.map(JSON.text)),
    ]
  }
}
