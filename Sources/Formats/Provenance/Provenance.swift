package import Octets
package import Reasons
package import StrictJSON

/// SLSA provenance, v0.2 and v1: how an artifact was built, in one form for both (docs/formats/Provenance.md).
///
/// Inert: who may say so, and whether it is true, is not known here.
package struct Provenance: Sendable {
  package static let v0_2 = "https://slsa.dev/provenance/v0.2"
  package static let v1 = "https://slsa.dev/provenance/v1"

  /// An artifact that went into the build: an element of `materials` or of `resolvedDependencies`.
  package struct Material: Sendable {
    package let uri: String?
    package let digests: [(algorithm: [UInt8], value: [UInt8])]
  }

  /// `builder.id`, `runDetails.builder.id`. BuildKit leaves it empty where it does not know.
  package let builder: String?
  package let buildType: String?
  /// Each place that says where the source came from; a rule about it must accept every one.
  package let sources: [Source]
  /// What whoever started the build could choose: `invocation.parameters`, `buildDefinition.externalParameters`.
  package let externalParameters: JSONObject
  package let materials: [Material]
  package let started: UnixTime?
  package let finished: UnixTime?

  /// Reads provenance v0.2 (slsa.dev/spec/v0.2/provenance) from a statement's predicate.
  /// - Throws: `predicate.malformed`.
  package init(v0_2 node: JSONNode) throws(Failure) {
    let node = node.failing(.predicateMalformed)
    builder = try node.required("builder").stated("id")
    buildType = try node.stated("buildType")
    materials = try Material.list(node, "materials")
    let invocation = try node.optional("invocation")
    externalParameters = try Self.parameters(invocation, "parameters")
    let metadata = try node.optional("metadata")
    started = try metadata?.statedTime("buildStartedOn")
    finished = try metadata?.statedTime("buildFinishedOn")

    var sources: [Source] = []
    if let config = try invocation?.optional("configSource"), let uri = try config.stated("uri") {
      sources.append(Source("invocation.configSource", uri: uri, commit: Source.commit(config.value["digest"])))
    }
    // Only where the configuration came from stands above. Of the materials, GitHub's generator writes the source first.
    if let first = materials.first, let uri = first.uri, Source.isGit(uri) {
      sources.append(Source("materials[0]", uri: uri, commit: first.commit))
    }
    if sources.isEmpty { sources = Source.onlyOne(of: materials, "materials") }
    self.sources = Source.completed(sources, from: materials)
  }

  /// Reads provenance v1 (slsa.dev/spec/v1.1/provenance) from a statement's predicate.
  /// - Throws: `predicate.malformed`.
  package init(v1 node: JSONNode) throws(Failure) {
    let node = node.failing(.predicateMalformed)
    let definition = try node.required("buildDefinition")
    let run = try node.required("runDetails")
    builder = try run.optional("builder")?.stated("id")
    buildType = try definition.stated("buildType")
    materials = try Material.list(definition, "resolvedDependencies")
    externalParameters = try Self.parameters(definition, "externalParameters")
    let metadata = try run.optional("metadata")
    started = try metadata?.statedTime("startedOn")
    finished = try metadata?.statedTime("finishedOn")

    var sources = Source.stated(in: externalParameters)
    if sources.isEmpty { sources = Source.onlyOne(of: materials, "resolvedDependencies") }
    self.sources = Source.completed(sources, from: materials)
  }

  private static func parameters(_ node: JSONNode?, _ key: String) throws(Failure) -> JSONObject {
    guard let parameters = try node?.optional(key) else { return JSONObject() }
    guard case .object(let object) = parameters.value else { throw parameters.failure("an object is wanted") }
    return object
  }
}

extension Provenance.Material {
  fileprivate static func list(_ node: JSONNode, _ key: String) throws(Failure) -> [Provenance.Material] {
    var materials: [Provenance.Material] = []
    for element in try node.list(key) {
      var digests: [(algorithm: [UInt8], value: [UInt8])] = []
      for (algorithm, value) in try element.optional("digest")?.members() ?? [] {
        digests.append((algorithm, try value.bytes()))
      }
      materials.append(Provenance.Material(uri: try element.stated("uri"), digests: digests))
    }
    return materials
  }

  /// The git commit, as v1 names it, or as v0.2 does.
  var commit: String? {
    for name in ["gitCommit", "sha1"] {
      for digest in digests where digest.algorithm.elementsEqual(name.utf8) && !digest.value.isEmpty {
        return String(decoding: digest.value, as: UTF8.self)
      }
    }
    return nil
  }
}
