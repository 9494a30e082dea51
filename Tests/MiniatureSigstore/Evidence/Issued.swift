/// A signature and all that was issued with it. Every part can be changed; the renderings follow.
package struct Issued: Sendable {
  package struct Envelope: Sendable {
    package var payload: [UInt8]
    package var payloadType: String
    package var signatures: [[UInt8]]

    /// DSSE v1: what is signed.
    package var preAuthenticationEncoding: [UInt8] {
      Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }

    package var json: JSONText {
      [
        "payload": .base64(payload), "payloadType": .string(payloadType),
        "signatures": .array(signatures.map { ["sig": .base64($0)] }),
      ]
    }
  }

  /// The artifact's bytes; for an envelope, its payload.
  package var message: [UInt8]
  package var signature: [UInt8]
  package var method: SignatureMethod
  package var key: SampleKey
  package var envelope: Envelope?
  package var predicateType: String?
  /// The leaf, where a certificate names the signer.
  package var certificate: LeafCertificate?
  /// What goes along above the leaf where a chain is carried: the intermediate.
  package var intermediates: [[UInt8]]
  /// Of the same authority.
  package var root: [UInt8]?
  package var entries: [IssuedEntry]
  /// DER TimeStampResp, over the signature.
  package var timestamps: [[UInt8]]
  /// The same over the bare envelope, which is what cosign has timestamped of an attestation in annotations.
  package var envelopeTimestamps: [[UInt8]] = []
  package var spoil: Spoil?
}

/// Versions of the bundle format.
package enum BundleVersion: String, Sendable, CaseIterable {
  case v01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
  case v02 = "application/vnd.dev.sigstore.bundle+json;version=0.2"
  /// The first spelling of 0.3.
  case v03parameter = "application/vnd.dev.sigstore.bundle+json;version=0.3"
  case v03 = "application/vnd.dev.sigstore.bundle.v0.3+json"

  var carriesChain: Bool { self == .v01 || self == .v02 }
}

extension Issued {
  /// The bundle's bytes.
  package func bundle(_ version: BundleVersion = .v03) -> [UInt8] { bundleJSON(version).bytes }

  /// The bundle as a document, for tests that change it further.
  package func bundleJSON(_ version: BundleVersion = .v03) -> JSONText {
    let mediaType =
      spoil == .bundleMediaTypeUnknown ? "application/vnd.dev.sigstore.bundle.v7.0+json" : version.rawValue
    var material = material(version)
    // v0.1 and v0.2 wrote an empty list; v0.3 leaves it out.
    if !entries.isEmpty || version.carriesChain { material.append(("tlogEntries", .array(entries.map(\.json)))) }
    if !timestamps.isEmpty {
      let list: [JSONText] = timestamps.map { ["signedTimestamp": .base64($0)] }
      material.append(("timestampVerificationData", ["rfc3161Timestamps": .array(list)]))
    }
    return .present(
      ("mediaType", .string(mediaType)), ("verificationMaterial", .object(material)),
      ("messageSignature", envelope == nil ? messageSignature : nil), ("dsseEnvelope", envelope?.json))
  }

  private var messageSignature: JSONText {
    [
      // cosign 3 leaves it empty where nothing was hashed: plain Ed25519.
      "messageDigest": method == .ed25519
        ? [:]
        : ["algorithm": .string(method.hash.sigstoreName), "digest": .base64(method.hash(message))],
      "signature": .base64(signature),
    ]
  }

  private func material(_ version: BundleVersion) -> [(String, JSONText)] {
    func raw(_ der: [UInt8]) -> JSONText { ["rawBytes": .base64(der)] }
    if spoil == .bundleWithoutMaterial { return [] }
    guard let certificate else { return [("publicKey", ["hint": .string(base64Text(key.keyID))])] }
    switch spoil {
    case .bundleChainEmpty: return [("x509CertificateChain", ["certificates": []])]
    case .bundleChainWithRoot:
      let chain = [certificate.der] + intermediates + (root.map { [$0] } ?? [])
      return [("x509CertificateChain", ["certificates": .array(chain.map(raw))])]
    default: break
    }
    return version.carriesChain
      ? [("x509CertificateChain", ["certificates": .array(([certificate.der] + intermediates).map(raw))])]
      : [("certificate", raw(certificate.der))]
  }

  /// The annotations of a cosign layer, in the order in which cosign writes them.
  package var cosignAnnotations: [(String, String)] {
    var annotations = [
      ("dev.cosignproject.cosign/signature", envelope == nil ? base64Text(signature) : "")
    ]
    if let entry = entries.first {
      annotations.append(("dev.sigstore.cosign/bundle", String(decoding: entry.cosignBundle.bytes, as: UTF8.self)))
    }
    if let certificate {
      annotations.append(("dev.sigstore.cosign/certificate", certificate.pem))
      let chain = (intermediates + (root.map { [$0] } ?? [])).map { pemText("CERTIFICATE", $0) }.joined()
      annotations.append(("dev.sigstore.cosign/chain", chain))
    }
    if let timestamp = (envelope == nil ? timestamps : envelopeTimestamps).first {
      annotations.append(
        ("dev.sigstore.cosign/rfc3161timestamp", "{\"SignedRFC3161Timestamp\":\"\(base64Text(timestamp))\"}"))
    }
    if let predicateType { annotations.append(("predicateType", predicateType)) }
    return annotations
  }

  /// The layer's bytes: the simple-signing payload, or the bare envelope.
  package var cosignLayer: [UInt8] { envelope?.json.bytes ?? message }
}
