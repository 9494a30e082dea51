/// What is put into a log: the three things that an entry must bind, and the envelope where there is one.
struct Loggable {
  var signature: [UInt8]
  /// What the signature covers: the artifact's bytes, or the envelope's pre-authentication encoding.
  var signedBytes: [UInt8]
  /// In place of hashing `signedBytes`, where only the artifact's digest is known.
  var digest: [UInt8]?
  var method: SignatureMethod
  var key: SampleKey
  /// DER; nil when a bare key verifies.
  var certificate: [UInt8]?
  var envelope: Envelope?

  struct Envelope {
    var payload: [UInt8]
    var payloadType: String
    /// The exact bytes that were uploaded.
    var bytes: [UInt8]
  }

  var artifactDigest: [UInt8] { digest ?? method.hash(signedBytes) }

  private var verifierPEM: [UInt8] {
    Array((certificate.map { pemText("CERTIFICATE", $0) } ?? key.publicPEM).utf8)
  }
}

/// The kinds of Rekor v1 entries that this log knows how to write.
package enum EntryKind: String, Sendable, CaseIterable {
  case hashedrekord001 = "hashedrekord 0.0.1"
  case rekord001 = "rekord 0.0.1"
  case dsse001 = "dsse 0.0.1"
  case intoto001 = "intoto 0.0.1"
  case intoto002 = "intoto 0.0.2"

  var kind: String { String(rawValue.prefix { $0 != " " }) }
  var version: String { String(rawValue.drop { $0 != " " }.dropFirst()) }
  /// Whether it logs an envelope.
  package var isForEnvelopes: Bool {
    switch self {
    case .hashedrekord001, .rekord001: false
    case .dsse001, .intoto001, .intoto002: true
    }
  }
}

extension Loggable {
  /// The stored body of a Rekor v1 entry: RFC 8785 of `{apiVersion, kind, spec}`.
  func body(_ kind: EntryKind) -> [UInt8] {
    let document: JSONText = [
      "apiVersion": .string(kind.version), "kind": .string(kind.kind), "spec": specification(kind),
    ]
    return document.canonical
  }

  private func hash(_ hash: SampleHash, _ value: [UInt8]) -> JSONText {
    ["algorithm": .string(hash.rawValue), "value": .string(hexText(value))]
  }

  private func specification(_ kind: EntryKind) -> JSONText {
    let payloadHash = hash(.sha256, sha256(envelope?.payload ?? []))
    let envelopeHash = hash(.sha256, sha256(envelope?.bytes ?? []))
    switch kind {
    case .hashedrekord001:
      return [
        "data": ["hash": hash(method.hash, artifactDigest)],
        "signature": ["content": .base64(signature), "publicKey": ["content": .base64(verifierPEM)]],
      ]
    case .rekord001:
      return [
        "data": ["hash": hash(method.hash, artifactDigest)],
        "signature": [
          "content": .base64(signature), "format": "x509", "publicKey": ["content": .base64(verifierPEM)],
        ],
      ]
    case .dsse001:
      return [
        "envelopeHash": envelopeHash, "payloadHash": payloadHash,
        "signatures": [["signature": .base64(signature), "verifier": .base64(verifierPEM)]],
      ]
    case .intoto001:
      return [
        "content": ["hash": envelopeHash, "payloadHash": payloadHash], "publicKey": .base64(verifierPEM),
      ]
    case .intoto002:
      // The signature is Base64 of the envelope's Base64.
      return [
        "content": [
          "envelope": [
            "payloadType": .string(envelope?.payloadType ?? ""),
            "signatures": [
              ["publicKey": .base64(verifierPEM), "sig": .base64(Array(base64Text(signature).utf8))]
            ],
          ],
          "hash": envelopeHash, "payloadHash": payloadHash,
        ]
      ]
    }
  }

  /// The stored body of a Rekor v2 entry: hashedrekord 0.0.2, for envelopes over their pre-authentication encoding.
  var bodyV2: [UInt8] {
    let verifier: JSONText =
      certificate.map {
        ["keyDetails": .string(key.sigstoreDetails(method)), "x509Certificate": ["rawBytes": .base64($0)]]
      } ?? ["keyDetails": .string(key.sigstoreDetails(method)), "publicKey": ["rawBytes": .base64(key.spki)]]
    let document: JSONText = [
      "apiVersion": "0.0.2", "kind": "hashedrekord",
      "spec": [
        "hashedRekordV002": [
          "data": ["algorithm": .string(method.hash.sigstoreName), "digest": .base64(artifactDigest)],
          "signature": ["content": .base64(signature), "verifier": verifier],
        ]
      ],
    ]
    return document.canonical
  }
}
