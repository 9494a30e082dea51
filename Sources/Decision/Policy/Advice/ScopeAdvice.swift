import Octets
import Reasons
import StrictJSON

extension Policy {
  /// Alternatives of scopes that match no image.
  func scopeAdvice(_ root: JSONNode) throws(Failure) -> [Advice] {
    var all: [Advice] = []
    for key in ["rules", "waivers"] {
      for node in try root.optional(key)?.elements() ?? [] {
        all += try Self.advice(onScope: node.required("scope"))
      }
    }
    return all
  }

  private static func advice(onScope scope: JSONNode) throws(Failure) -> [Advice] {
    var all: [Advice] = []
    func say(_ node: JSONNode, _ why: String) {
      all.append(Advice(.scopeNeverMatches, at: node.path, "this matches no image: \(why)"))
    }
    var registries: [(node: JSONNode, name: [UInt8])] = []
    for node in try alternatives(scope, "registry") {
      let name = try node.bytes()
      if let why = objection(toRegistry: name) { say(node, why) } else { registries.append((node, name)) }
    }
    let mayBeAny = try scope.optional("registry") == nil
    var repositories: [Glob] = []
    for node in try alternatives(scope, "repository") {
      let glob = Glob(try node.bytes())
      if let why = objection(toRepository: glob) {
        say(node, why)
      } else if !mayBeAny, !registries.contains(where: { glob.canBegin(with: $0.name + slash) }) {
        say(node, "it begins with none of the registries beside it")
      } else {
        repositories.append(glob)
      }
    }
    for (node, name) in registries
    where !repositories.isEmpty && !repositories.contains(where: { $0.canBegin(with: name + slash) }) {
      say(node, "none of the repositories beside it begins with this registry")
    }
    for node in try alternatives(scope, "tag") where try node.bytes().contains(slash[0]) {
      say(node, "a tag holds no slash; names go into `repository`")
    }
    return all
  }

  private static let slash = [UInt8(ascii: "/")]
  private static let docker = Array("docker.io".utf8)
  private static let dockerIndex = Array("index.docker.io".utf8)

  private static func alternatives(_ scope: JSONNode, _ key: String) throws(Failure) -> [JSONNode] {
    try scope.optional(key)?.oneOrMore(atMost: Scope.mostAlternatives) ?? []
  }

  private static func objection(toRegistry name: [UInt8]) -> String? {
    if name.contains(slash[0]) { return "a registry holds no slash; names go into `repository`" }
    if name == dockerIndex { return "index.docker.io is known as docker.io" }
    return isHost(name) ? nil : "a registry is a host, with a dot or a port in it, or localhost"
  }

  /// Repositories are matched by their whole names, as Docker completes them.
  private static func objection(toRepository glob: Glob) -> String? {
    let shown = printable(glob.text, limit: 80)
    guard glob.canCrossSegments else {
      return "names are whole, registry included; “**/\(shown)” takes every registry"
    }
    guard let first = glob.firstSegment else { return nil }
    if first == dockerIndex { return "index.docker.io is known as docker.io" }
    guard isHost(first) else {
      return "names are whole, registry included: “docker.io/\(shown)”, or “**/\(shown)” for every registry"
    }
    let rest = Glob(Array(glob.text.dropFirst(first.count + 1)))
    if first == docker, !rest.canCrossSegments {
      return "Docker's own images have longer names: “docker.io/library/\(printable(rest.text, limit: 80))”"
    }
    return nil
  }

  /// As `ImageReference` tells hosts from first parts of names.
  private static func isHost(_ name: [UInt8]) -> Bool {
    ImageReference(String(decoding: name + slash + [UInt8(ascii: "x")], as: UTF8.self)).registry == name
  }
}
