package import Findings

extension EvidenceKind {
  /// As `--require` takes it.
  package var name: String {
    switch self {
    case .signature: "signature"
    case .attestation(let predicateType): "attestation=\(predicateType)"
    }
  }
}

extension EvidenceDemand.Kind {
  /// As `--require` takes it: `signature`, or `attestation=PREDICATE-TYPE`.
  package init?(option text: String) {
    let prefix = "attestation="
    if text.utf8.elementsEqual("signature".utf8) {
      self = .signature
    } else if text.utf8.starts(with: prefix.utf8), text.utf8.count > prefix.utf8.count {
      self = .attestation([String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)])
    } else {
      return nil
    }
  }

  package var name: String {
    switch self {
    case .signature: "signature"
    case .attestation(let types): "attestation=\(types.joined(separator: ","))"
    }
  }
}
