import Findings
package import OCIImage
import Octets
package import Reasons
package import StrictJSON

/// A part of an image, as readings and dossiers hold it.
package enum PartRecord {
  package static func json(_ part: Part) -> JSON {
    var object: JSONObject = [
      "digest": "\(part.digest)", "role": .text(part.roleWord),
      "platform": part.platform.map(PlatformRecord.json) ?? .null,
      "ancestors": .array(part.ancestors.map { "\($0)" }),
      "config": part.config.map { ["digest": "\($0.digest)", "state": .text($0.state.rawValue)] } ?? .null,
      "layers": .array(
        part.layers.map {
          [
            "digest": "\($0.digest)", "size": .text("\($0.size)"), "mediaType": .text($0.mediaType),
            "carried": .bool($0.isCarried),
          ]
        }),
      "problems": .array(part.problems.map(FailureRecord.json)),
    ]
    if let configured = part.configuredPlatform {
      object.append("configuredPlatform", PlatformRecord.json(configured))
    }
    return .object(object)
  }

  package static func part(_ node: JSONNode) throws(Failure) -> Part {
    let platform = try node.optional("platform").flatMap { (node) throws(Failure) in
      try PlatformRecord.platform(node)
    }
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
    for ancestor in try node.required("ancestors").elements() { ancestors.append(try ancestor.digest()) }
    var layers: [Part.Layer] = []
    for layer in try node.required("layers").elements() { layers.append(try self.layer(layer)) }
    var problems: [Failure] = []
    for problem in try node.required("problems").elements() { problems.append(try FailureRecord.failure(problem)) }
    return Part(
      digest: try node.required("digest").digest(), role: role, ancestors: ancestors,
      config: try node.optional("config").map { (node) throws(Failure) in try configuration(node) }, layers: layers,
      problems: problems,
      configuredPlatform: try node.optional("configuredPlatform").flatMap { (node) throws(Failure) in
        try PlatformRecord.platform(node)
      })
  }

  private static func configuration(_ node: JSONNode) throws(Failure) -> Part.Configuration {
    Part.Configuration(
      try node.required("digest").digest(), try node.required("state").oneOf(Part.Configuration.State.self))
  }

  private static func layer(_ node: JSONNode) throws(Failure) -> Part.Layer {
    let size = try node.required("size")
    guard let bytes = UInt64(try size.string()) else { throw size.failure("no number of bytes") }
    return Part.Layer(
      digest: try node.required("digest").digest(), size: bytes, mediaType: try node.required("mediaType").string(),
      isCarried: try node.required("carried").bool())
  }
}

/// A platform: the text that people write where it says all, otherwise its fields.
package enum PlatformRecord {
  package static func json(_ platform: Platform) -> JSON {
    if Platform("\(platform)") == platform { return "\(platform)" }
    return [
      "os": .text(platform.os), "architecture": .text(platform.architecture),
      "variant": platform.variant.map(JSON.text) ?? .null, "osVersion": platform.osVersion.map(JSON.text) ?? .null,
    ]
  }

  /// Nil for a text of older dossiers that does not read as a platform.
  package static func platform(_ node: JSONNode) throws(Failure) -> Platform? {
    if case .string = node.value { return Platform(try node.string()) }
    func text(_ node: JSONNode) throws(Failure) -> String { try node.string() }
    return Platform(
      os: try text(node.required("os")), architecture: try text(node.required("architecture")),
      variant: try node.optional("variant").map(text), osVersion: try node.optional("osVersion").map(text))
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
