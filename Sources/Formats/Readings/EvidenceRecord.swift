import Cryptography
package import OCIImage
package import Octets
import Reasons
package import StrictJSON

/// One piece of evidence as readings and dossiers name it: everything but its bytes, which are objects of their own.
package enum EvidenceRecord {
  package static func json(_ piece: Evidence) -> JSON {
    json(piece, object: piece.bytes.map { ClaimedDigest(Cryptography.digest($0)) })
  }

  /// The same, with the way on which it came, which decides nothing.
  package static func recorded(_ piece: Evidence) -> JSON {
    recorded(piece, object: piece.bytes.map { ClaimedDigest(Cryptography.digest($0)) })
  }

  /// - Parameter object: what its bytes hash to, where that is known.
  static func recorded(_ piece: Evidence, object: ClaimedDigest?) -> JSON {
    let json = json(piece, object: object)
    guard case .object(var members) = json else { return json }
    members.append("carrier", ["way": .text(piece.carrier.way), "name": .text(piece.carrier.name)])
    return .object(members)
  }

  private static func json(_ piece: Evidence, object: ClaimedDigest?) -> JSON {
    var members: JSONObject = [
      "form": .text(piece.form.name), "evidence": "\(ClaimedDigest(piece.digest))",
      // Of the bytes that are proven, which need not be the evidence's own: skopeo's files frame theirs.
      "object": object.map { "\($0)" } ?? .null,
      "attachedTo": piece.attachedTo.map { "\($0)" } ?? .null,
    ]
    switch piece.form {
    case .sigstoreBundle: break
    case .simpleSigning(_, let annotations), .dsseEnvelope(_, let annotations):
      members.append("annotations", annotations.json)
    case .unsupported(let mediaType): members.append("mediaType", .text(mediaType))
    }
    return .object(members)
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  /// - Returns: nil for a form that Assay does not verify, whose bytes are not kept.
  package static func evidence(_ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]) throws -> Evidence? {
    let members = try Members(node)
    guard case .object(let name, let form) = members.content else { return nil }
    let bytes = try read(name)
    return Evidence(
      form(bytes), by: members.carrier, attachedTo: members.attachedTo, digest: Cryptography.digest(bytes))
  }

  /// The same as another process hands it over, with forms that Assay does not verify.
  static func handedOver(_ node: JSONNode, _ objects: inout HandedObjects) throws(Failure) -> Evidence {
    let members = try Members(node)
    let stated = try node.required("evidence")
    let claimed = try stated.digest()
    let (form, computed): (Evidence.Form, ComputedDigest?)
    switch members.content {
    case .unsupported(let mediaType): (form, computed) = (.unsupported(mediaType: mediaType), nil)
    case .object(let name, let wrap):
      guard let place = objects.take(name) else {
        throw node.failure("\(name) was not handed over, or in another order")
      }
      let bytes = objects.all[place]
      let digest = objects.digest(at: place, claimed.algorithm)
      form = wrap(bytes)
      computed = claimed == digest ? digest : nil
      // skopeo's files frame what is proven; of a file that was too large for its contents to be kept, nothing is here.
      let isElsewhere = if case .skopeoSignature = members.carrier { true } else { bytes.isEmpty }
      guard computed != nil || isElsewhere else { throw stated.failure("not what the bytes hash to") }
    }
    guard let digest = computed ?? ComputedDigest(handedOver: claimed.algorithm, claimed.bytes) else {
      throw stated.failure("no digest")
    }
    return Evidence(form, by: members.carrier, attachedTo: members.attachedTo, digest: digest)
  }

  /// What a record says, before the bytes that it names are at hand.
  private struct Members {
    enum Content {
      case object(ClaimedDigest, ([UInt8]) -> Evidence.Form)
      case unsupported(mediaType: String)
    }

    let carrier: Carrier
    let attachedTo: ClaimedDigest?
    let content: Content

    init(_ node: JSONNode) throws(Failure) {
      func named(_ key: String) throws(Failure) -> ClaimedDigest? {
        try node.optional(key).map { (node) throws(Failure) in try node.digest() }
      }
      func object(_ form: @escaping ([UInt8]) -> Evidence.Form) throws(Failure) -> Content {
        guard let name = try named("object") else { throw node.failure("no object, and a form that has one") }
        return .object(name, form)
      }
      func annotations() throws(Failure) -> CosignAnnotations { try CosignAnnotations(node.required("annotations")) }
      carrier = try Carrier(node.required("carrier"))
      attachedTo = try named("attachedTo")
      let form = try node.required("form")
      switch try form.string() {
      case "sigstore-bundle": content = try object { .sigstoreBundle($0) }
      case "simple-signing":
        let annotations = try annotations()
        content = try object { .simpleSigning(payload: $0, annotations: annotations) }
      case "dsse-envelope":
        let annotations = try annotations()
        content = try object { .dsseEnvelope($0, annotations: annotations) }
      case "unsupported": content = .unsupported(mediaType: try node.required("mediaType").string())
      case let other: throw form.failure("“\(printable(other, limit: 40))” is no form of evidence")
      }
    }
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

  var name: String {
    switch self {
    case .referrer(let name), .cosignTag(let name), .cosignKind(let name), .fallbackTag(let name),
      .unlistedBlob(let name), .skopeoSignature(let name), .bundleFile(let name):
      name
    }
  }

  fileprivate init(_ node: JSONNode) throws(Failure) {
    let way = try node.required("way").string()
    guard let carrier = Carrier(way: way, name: try node.required("name").string()) else {
      throw node.failure("“\(printable(way, limit: 40))” is no way on which evidence comes")
    }
    self = carrier
  }

  private init?(way: String, name: String) {
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
  /// Each with its name in records.
  private static let fields: [(name: String, field: any WritableKeyPath<CosignAnnotations, String?> & Sendable)] = [
    ("signature", \.signature), ("certificate", \.certificate), ("chain", \.chain), ("rekorBundle", \.rekorBundle),
    ("timestamp", \.timestamp), ("predicateType", \.predicateType),
  ]

  /// Of all texts.
  var byteCount: Int { Self.fields.reduce(0) { $0 + (self[keyPath: $1.field]?.utf8.count ?? 0) } }

  fileprivate var json: JSON {
    .object(
      JSONObject(
        Self.fields.map { name, field in
          JSONObject.Member(key: Array(name.utf8), value: self[keyPath: field].map(JSON.text) ?? .null)
        }))
  }

  fileprivate init(_ node: JSONNode) throws(Failure) {
    self.init()
    for (name, field) in Self.fields { self[keyPath: field] = try node.optional(name)?.string() }
  }
}
