import OCIImage
import Octets
import Reasons
import StrictJSON

/// A part of an image, as a dossier holds it.
enum PartRecord {
  static func json(_ part: Part) -> JSON {
    [
      "digest": "\(part.digest)", "role": .text(part.roleWord),
      "platform": part.platform.map { "\($0)" } ?? .null,
      "ancestors": .array(part.ancestors.map { "\($0)" }),
      "config": part.config.map { "\($0)" } ?? .null,
      "layers": .array(
        part.layers.map {
          [
            "digest": "\($0.digest)", "size": .text("\($0.size)"), "mediaType": .text($0.mediaType),
            "carried": .bool($0.isCarried),
          ]
        }),
      "problems": .array(part.problems.map(FailureRecord.json)),
    ]
  }

  static func part(_ node: JSONNode) throws(Failure) -> Part {
    // What no longer reads as a platform was for people alone.
    let platform = try node.optional("platform").flatMap { (node) throws(Failure) in Platform(try node.string()) }
    let word = try node.required("role")
    let role: Part.Role
    switch try word.string() {
    case "index": role = .index
    case "manifest": role = .platform(platform)
    case "attestation-manifest": role = .attestationManifest
    case "absent": role = .absent(platform)
    case let other: throw word.failure("“\(printable(other, limit: 40))” is no role of a part")
    }
    var ancestors: [ClaimedDigest] = []
    for ancestor in try node.required("ancestors").elements() { ancestors.append(try digest(ancestor)) }
    var layers: [Part.Layer] = []
    for layer in try node.required("layers").elements() { layers.append(try self.layer(layer)) }
    var problems: [Failure] = []
    for problem in try node.required("problems").elements() { problems.append(try FailureRecord.failure(problem)) }
    return Part(
      digest: try digest(node.required("digest")), role: role, ancestors: ancestors,
      config: try node.optional("config").map { (node) throws(Failure) in try digest(node) }, layers: layers,
      problems: problems)
  }

  private static func layer(_ node: JSONNode) throws(Failure) -> Part.Layer {
    let size = try node.required("size")
    guard let bytes = UInt64(try size.string()) else { throw size.failure("no number of bytes") }
    return Part.Layer(
      digest: try digest(node.required("digest")), size: bytes, mediaType: try node.required("mediaType").string(),
      isCarried: try node.required("carried").bool())
  }

  private static func digest(_ node: JSONNode) throws(Failure) -> ClaimedDigest {
    try ClaimedDigest(node.bytes(), in: node.path, malformed: .dossierMalformed)
  }
}

extension Part {
  fileprivate var roleWord: String {
    switch role {
    case .index: "index"
    case .platform: "manifest"
    case .attestationManifest: "attestation-manifest"
    case .absent: "absent"
    }
  }
}

/// A failure, as a dossier holds it.
enum FailureRecord {
  static func json(_ failure: Failure) -> JSON {
    [
      "reason": .text(failure.reason.rawValue), "subject": .text(failure.subject),
      "offset": failure.offset.map { .text("\($0)") } ?? .null, "detail": .text(failure.detail),
    ]
  }

  static func failure(_ node: JSONNode) throws(Failure) -> Failure {
    let word = try node.required("reason")
    guard let reason = Reason(rawValue: try word.string()) else { throw word.failure("no reason that is known") }
    let offset = try node.optional("offset").map { (node) throws(Failure) in
      guard let offset = UInt64(try node.string()) else { throw node.failure("no offset") }
      return offset
    }
    return Failure(
      reason, try node.required("subject").string(), at: offset, try node.required("detail").string())
  }
}
