import Cryptography
package import OCIImage
package import Octets
import Reasons
package import StrictJSON

/// One piece of evidence as readings and dossiers name it: everything but its bytes, which are kept as an object of their own.
package enum EvidenceRecord {
  package static func json(_ piece: Evidence) -> JSON {
    var object: JSONObject = [
      "form": .text(piece.form.name), "evidence": "\(ClaimedDigest(piece.digest))",
      // Of the bytes that are proven, which need not be the evidence's own: skopeo's files frame theirs.
      "object": piece.bytes.map { "\(ClaimedDigest(Cryptography.digest($0)))" } ?? .null,
      "attachedTo": piece.attachedTo.map { "\($0)" } ?? .null,
    ]
    switch piece.form {
    case .sigstoreBundle: break
    case .simpleSigning(_, let annotations), .dsseEnvelope(_, let annotations):
      object.append("annotations", annotations.json)
    case .unsupported(let mediaType): object.append("mediaType", .text(mediaType))
    }
    return .object(object)
  }

  /// The same, with the way on which it came, which decides nothing.
  package static func recorded(_ piece: Evidence) -> JSON {
    guard case .object(var object) = json(piece) else { return json(piece) }
    object.append("carrier", ["way": .text(piece.carrier.way), "name": .text(piece.carrier.name)])
    return .object(object)
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  /// - Returns: nil for a form that Assay does not verify, whose bytes are not kept.
  package static func evidence(_ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]) throws -> Evidence? {
    let object = try node.optional("object")
    let kept = try object.map { try $0.digest() }
    let carrier = try carrier(node.required("carrier"))
    let attachedTo = try node.optional("attachedTo").map {
      try $0.digest()
    }
    func piece(_ form: ([UInt8]) -> Evidence.Form) throws -> Evidence {
      guard let kept else { throw node.failure("no object, and a form that has one") }
      let bytes = try read(kept)
      return Evidence(form(bytes), by: carrier, attachedTo: attachedTo, digest: Cryptography.digest(bytes))
    }
    let form = try node.required("form")
    switch try form.string() {
    case "sigstore-bundle": return try piece { .sigstoreBundle($0) }
    case "simple-signing":
      let annotations = try CosignAnnotations(node.required("annotations"))
      return try piece { .simpleSigning(payload: $0, annotations: annotations) }
    case "dsse-envelope":
      let annotations = try CosignAnnotations(node.required("annotations"))
      return try piece { .dsseEnvelope($0, annotations: annotations) }
    case "unsupported": return nil
    case let other: throw form.failure("“\(printable(other, limit: 40))” is no form of evidence")
    }
  }

  /// The same as another process hands it over: with forms that Assay does not verify, and under the digest that the reader
  /// computed of the evidence's own file, where that is another one.
  package static func handedOver(_ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]) throws -> Evidence {
    let stated = try node.required("evidence")
    let claimed = try stated.digest()
    func computed() throws -> ComputedDigest {
      guard let digest = ComputedDigest(handedOver: claimed.algorithm, claimed.bytes) else {
        throw stated.failure("no digest")
      }
      return digest
    }
    guard let piece = try evidence(node, read), let bytes = piece.bytes else {
      let carrier = try carrier(node.required("carrier"))
      let mediaType = try node.required("mediaType").string()
      return Evidence(
        .unsupported(mediaType: mediaType), by: carrier,
        attachedTo: try node.optional("attachedTo").map { try $0.digest() }, digest: try computed())
    }
    let digest = Cryptography.digest(bytes, claimed.algorithm)
    if ClaimedDigest(digest) == claimed {
      return Evidence(piece.form, by: piece.carrier, attachedTo: piece.attachedTo, digest: digest)
    }
    // skopeo's files frame what is proven.
    guard case .skopeoSignature = piece.carrier else { throw stated.failure("not what the bytes hash to") }
    return Evidence(piece.form, by: piece.carrier, attachedTo: piece.attachedTo, digest: try computed())
  }

  private static func carrier(_ node: JSONNode) throws -> Carrier {
    let way = try node.required("way").string()
    guard let carrier = Carrier(way: way, name: try node.required("name").string()) else {
      throw node.failure("“\(printable(way, limit: 40))” is no way on which evidence comes")
    }
    return carrier
  }
}

extension Evidence {
  /// The bytes that a dossier's evidence is proven from again; nil for a form that Assay does not verify.
  package var bytes: [UInt8]? {
    switch form {
    case .sigstoreBundle(let bytes), .simpleSigning(let bytes, _), .dsseEnvelope(let bytes, _): bytes
    case .unsupported: nil
    }
  }
}

extension Evidence.Form {
  fileprivate var name: String {
    switch self {
    case .sigstoreBundle: "sigstore-bundle"
    case .simpleSigning: "simple-signing"
    case .dsseEnvelope: "dsse-envelope"
    case .unsupported: "unsupported"
    }
  }
}

extension Carrier {
  fileprivate var way: String {
    switch self {
    case .referrer: "referrer"
    case .cosignTag: "cosign-tag"
    case .cosignKind: "cosign-save"
    case .fallbackTag: "fallback-tag"
    case .unlistedBlob: "unlisted-blob"
    case .skopeoSignature: "skopeo"
    case .bundleFile: "file"
    }
  }

  fileprivate var name: String {
    switch self {
    case .referrer(let name), .cosignTag(let name), .cosignKind(let name), .fallbackTag(let name),
      .unlistedBlob(let name), .skopeoSignature(let name), .bundleFile(let name):
      name
    }
  }

  fileprivate init?(way: String, name: String) {
    switch way {
    case "referrer": self = .referrer(name)
    case "cosign-tag": self = .cosignTag(name)
    case "cosign-save": self = .cosignKind(name)
    case "fallback-tag": self = .fallbackTag(name)
    case "unlisted-blob": self = .unlistedBlob(name)
    case "skopeo": self = .skopeoSignature(name)
    case "file": self = .bundleFile(name)
    default: return nil
    }
  }
}

extension CosignAnnotations {
  fileprivate var json: JSON {
    func text(_ value: String?) -> JSON { value.map(JSON.text) ?? .null }
    return [
      "signature": text(signature), "certificate": text(certificate), "chain": text(chain),
      "rekorBundle": text(rekorBundle), "timestamp": text(timestamp), "predicateType": text(predicateType),
    ]
  }

  fileprivate init(_ node: JSONNode) throws {
    self.init()
    signature = try node.optional("signature")?.string()
    certificate = try node.optional("certificate")?.string()
    chain = try node.optional("chain")?.string()
    rekorBundle = try node.optional("rekorBundle")?.string()
    timestamp = try node.optional("timestamp")?.string()
    predicateType = try node.optional("predicateType")?.string()
  }
}
