import Base64
import Cryptography
import Octets
import Reasons
package import StrictJSON

// Findings as JSON, members in the canonical order: what was read is compared with what would be written, value by value.
// Numbers are text: not every one has a double (RFC 8785 §3.2.2.3).

extension Finding {
  var record: JSON {
    [
      "anchor": anchor.record, "attachedTo": attachedTo.map { "\($0)" } ?? .null, "carrier": .text(carrier),
      "evidence": evidence.record, "kind": kind?.record ?? .null, "outcome": outcome.record,
      "subjects": .array(subjects.map { "\($0)" }),
    ]
  }
}

extension ComputedDigest {
  fileprivate var record: JSON { "\(ClaimedDigest(self))" }
}

extension EvidenceKind {
  fileprivate var record: JSON {
    switch self {
    case .signature: "signature"
    case .attestation(let predicateType): ["attestation": .text(predicateType)]
    }
  }
}

extension Finding.Anchor {
  package var record: JSON {
    switch self {
    case .keys: "keys"
    case .trustRoot(let name): ["trustRoot": .text(name)]
    }
  }
}

extension Result<Proven, Failure> {
  fileprivate var record: JSON {
    switch self {
    case .success(let proven): ["proven": proven.record]
    case .failure(let failure): ["failed": FailureRecord.json(failure)]
    }
  }
}

extension Proven {
  fileprivate var record: JSON {
    [
      "checks": .array(
        checks.map { ["detail": .text($0.detail), "name": .text($0.name), "result": .text($0.result.rawValue)] }),
      "log": .array(log.map(\.record)), "signer": signer.record,
      "statement": statement.map {
        ["bytes": .text(Base64.encode($0.statement)), "predicateType": .text($0.predicateType)]
      } ?? .null, "times": .array(times.map(\.record)),
    ]
  }
}

extension Signer {
  fileprivate var record: JSON {
    switch self {
    case .key(let fingerprint): ["key": fingerprint.record]
    case .certificate(let facts): ["certificate": facts.record]
    }
  }
}

extension CertificateFacts {
  fileprivate var record: JSON {
    [
      "authority": .text(authority), "certificateTimestamps": .array(certificateTimestamps.map(JSON.text)),
      "extensions": .array(extensions.map { ["name": .text($0.name), "value": .text($0.value)] }),
      "fingerprint": fingerprint.record, "identities": .array(identities.map(JSON.text)),
      "issuer": issuer.map(JSON.text) ?? .null, "keyFingerprint": keyFingerprint.record,
      "notAfter": notAfter.record, "notBefore": notBefore.record,
    ]
  }
}

extension UnixTime {
  fileprivate var record: JSON { .text("\(seconds)") }
}

extension EstablishedTime {
  fileprivate var record: JSON {
    switch source {
    case .signedEntryTimestamp(let log): ["log": .text(log), "time": time.record]
    case .timestampAuthority(let name): ["time": time.record, "timestampAuthority": .text(name)]
    }
  }
}

extension LogFacts {
  fileprivate var record: JSON {
    [
      "entryKind": .text(entryKind), "index": .text("\(index)"), "indexProven": .bool(isIndexProven),
      "log": .text(log), "proofs": .array(proofs.map { .text($0.rawValue) }),
      "snapshotLeaf": snapshotLeaf.map { .text(Hex.encode($0)) } ?? .null,
      "witnesses": .array(witnesses.map(JSON.text)),
    ]
  }
}
