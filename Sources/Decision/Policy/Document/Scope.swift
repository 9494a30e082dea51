package import OCIImage
package import Octets
package import Reasons
package import StrictJSON

/// For which images something is meant. Every field that is written must match, by any of its alternatives; an empty
/// scope matches everything.
package struct Scope: Hashable, Sendable {
  package static let everything = Scope()
  /// Alternatives in one field.
  package static let mostAlternatives = 256

  package private(set) var registry: [[UInt8]] = []
  package private(set) var repository: [Glob] = []
  package private(set) var tag: [Glob] = []
  package private(set) var platform: [Platform] = []
  package private(set) var environment: [[UInt8]] = []
  package private(set) var team: [[UInt8]] = []
  package private(set) var exporter: [[UInt8]] = []
  package private(set) var medium: [[UInt8]] = []
  /// Of the image or one of its parts; waivers only.
  package private(set) var digest: [ClaimedDigest] = []

  package init() {}

  package var isEmpty: Bool { self == .everything }

  /// - Parameter withDigest: whether `digest` may be written.
  package init(_ node: JSONNode, withDigest: Bool = false) throws(Failure) {
    var known: Set<String> = [
      "registry", "repository", "tag", "platform", "environment", "team", "exporter", "medium",
    ]
    if withDigest { known.insert("digest") }
    try node.verifyMembers(known)
    registry = try Self.texts(node, "registry")
    repository = try Self.globs(node, "repository")
    for host in registry + repository.map(\.host) where host != CompletedName.host(host[...]) {
      throw node.failure(
        "“\(printable(host, limit: 80))” is no registry as names are compared: write it in lower case, and without :443"
      )
    }
    tag = try Self.globs(node, "tag")
    for node in try Self.alternatives(node, "platform") {
      guard let wanted = Platform(try node.string()) else {
        throw node.failure("a platform is OS[(OS.VERSION)]/ARCH[/VARIANT], like linux/arm64/v8")
      }
      platform.append(wanted)
    }
    environment = try Self.texts(node, "environment")
    team = try Self.texts(node, "team")
    exporter = try Self.texts(node, "exporter")
    medium = try Self.texts(node, "medium")
    for node in try Self.alternatives(node, "digest") { digest.append(try node.digest()) }
  }

  private static func alternatives(_ node: JSONNode, _ key: String) throws(Failure) -> [JSONNode] {
    guard let field = try node.optional(key) else { return [] }
    guard case .array = field.value else { return [field] }
    let all = try field.elements(atMost: mostAlternatives)
    guard !all.isEmpty else { throw field.failure("an empty list matches nothing: leave the member out, or fill it") }
    return all
  }

  private static func texts(_ node: JSONNode, _ key: String) throws(Failure) -> [[UInt8]] {
    var all: [[UInt8]] = []
    for node in try alternatives(node, key) { all.append(Array(try node.line().utf8)) }
    return all
  }

  private static func globs(_ node: JSONNode, _ key: String) throws(Failure) -> [Glob] {
    var all: [Glob] = []
    for node in try alternatives(node, key) { all.append(try Glob(node)) }
    return all
  }

  package var json: JSON {
    var object = JSONObject()
    func add(_ key: String, _ values: [JSON]) {
      if values.count == 1 {
        object.append(key, values[0])
      } else if !values.isEmpty {
        object.append(key, .array(values))
      }
    }
    add("registry", registry.map(JSON.string))
    add("repository", repository.map(\.json))
    add("tag", tag.map(\.json))
    add("platform", platform.map { "\($0)" })
    add("environment", environment.map(JSON.string))
    add("team", team.map(JSON.string))
    add("exporter", exporter.map(JSON.string))
    add("medium", medium.map(JSON.string))
    add("digest", digest.map { "\($0)" })
    return .object(object)
  }
}
