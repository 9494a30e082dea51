import Octets
import Reasons
import StrictJSON

/// One authority of a ClusterImagePolicy, in our words.
struct ClusterImageAuthority {
  enum Outcome {
    /// All that it asks for.
    case whole(JSON)
    /// It asks for more than this, or is nothing that can be said.
    case partly(JSON?)
    /// `static: {action: fail}`
    case never(message: String?)
  }

  private(set) var outcome = Outcome.partly(nil)
  private(set) var missing: [NotExpressed] = []
  private(set) var remarks: [String] = []
  private var isWhole = true

  init(_ node: JSONNode, at index: Int, _ draft: inout PolicyDraft) throws(Failure) {
    let name = try node.optional("name")?.shown() ?? "authority-\(index)"
    try block(
      node.unknownMembers([
        "name", "key", "keyless", "static", "source", "ctlog", "attestations", "rfc3161timestamp", "signatureFormat",
      ]))
    switch (try node.optional("key"), try node.optional("keyless"), try node.optional("static")) {
    case (nil, nil, let action?): try readStatic(action)
    case (let key?, nil, nil): try finish(node, by: readKey(key, node, name, &draft))
    case (nil, let keyless?, nil): try finish(node, by: readKeyless(keyless, node, name, &draft))
    default: block([node.notExpressed("not exactly one of key, keyless and static: policy-controller takes no such")])
    }
  }

  /// What restricts, and cannot be said: without it more would be let in.
  private mutating func block(_ items: [NotExpressed]) {
    missing += items
    if !items.isEmpty { isWhole = false }
  }

  private mutating func readStatic(_ node: JSONNode) throws(Failure) {
    try block(node.unknownMembers(["action", "message"]))
    if try node.required("action").bytes().elementsEqual("fail".utf8) {
      outcome = .never(message: try node.optional("message")?.shown())
    } else {
      block([
        node.notExpressed(
          "lets in whatever is unsigned: Assay lets nothing in without evidence. Say who signs, by hand")
      ])
    }
  }

  // MARK: Who signs

  private mutating func readKey(
    _ key: JSONNode, _ node: JSONNode, _ name: String, _ draft: inout PolicyDraft
  ) throws(Failure) -> [String] {
    try block(key.unknownMembers(["data", "secretRef", "kms", "hashAlgorithm"]))
    if let algorithm = try key.optional("hashAlgorithm"), try !algorithm.bytes().elementsEqual("sha256".utf8) {
      missing.append(algorithm.notExpressed("Assay takes the hash that belongs to the key"))
    }
    let needs = try needs(of: node, isPublic: false)
    for member in [needs.logNode, needs.timestampNode].compactMap({ $0 }) {
      block([member.notExpressed("with a key no log and no timestamp is consulted: use a keyless authority, by hand")])
    }
    for member in ["secretRef", "kms"] {
      guard let reference = try key.optional(member) else { continue }
      block([reference.notExpressed("not here to be read: export the public key, and write it under `keys`")])
    }
    guard let data = try key.optional("data") else { return [] }
    do {
      return try SourceKey.keys(pem: try data.bytes()).map { draft.authority(of: $0, called: name) }
    } catch let failure as Failure {
      throw failure
    } catch {
      block([data.notExpressed("no public key that Assay verifies with: \(SourceKey.words(error))")])
      return []
    }
  }

  private mutating func readKeyless(
    _ keyless: JSONNode, _ node: JSONNode, _ name: String, _ draft: inout PolicyDraft
  ) throws(Failure) -> [String] {
    try block(keyless.unknownMembers(["url", "identities", "ca-cert", "trustRootRef", "insecureIgnoreSCT"]))
    var root = try keyless.optional("trustRootRef")?.shown() ?? ""
    let isPublic = root.isEmpty
    if root.isEmpty {
      let url = try keyless.optional("url")?.shown() ?? "https://fulcio.sigstore.dev"
      root = Self.instance(of: url)
      remarks.append(
        "\(url): proven under the trust root that is installed as “\(root)”; name it as it is called here.")
    } else {
      remarks.append("The trust root “\(root)” must be installed under this name; name it as it is called here.")
    }
    if let authority = try keyless.optional("ca-cert") {
      block([
        authority.notExpressed(
          "make a trust root of this certificate, install it, and write `certificate: {authority, identity, trustRoot}`"
        )
      ])
    }
    var ignoresSCT = false
    if let ignore = try keyless.optional("insecureIgnoreSCT"), try ignore.bool() {
      ignoresSCT = true
      missing.append(
        ignore.notExpressed(
          "a trust root that names certificate logs always wants their timestamp: one without names none"))
    }
    let needs = try needs(of: node, isPublic: isPublic)
    let named = try keyless.optional("trustRootRef")?.bytes() ?? []
    for member in [needs.logNode, needs.timestampNode].compactMap({ $0 }) {
      guard let other = try member.optional("trustRootRef"), try other.bytes() != named else { continue }
      missing.append(
        other.notExpressed("another trust root than the identity’s: log and timestamp are of the same one here"))
    }
    var wanted = JSONObject()
    if needs.log { wanted.append("transparencyLog", "promise") }
    if needs.timestampNode != nil { wanted.append("timestamp", true) }
    if !ignoresSCT { wanted.append("certificateTimestamp", true) }

    let identities = try keyless.optional("identities")?.elements(atMost: 256) ?? []
    if identities.isEmpty {
      block([keyless.notExpressed("without identities anybody with a certificate will do: say who signs, by hand")])
    }
    var names: [String] = []
    for identity in identities {
      guard let rule = try readIdentity(identity) else { continue }
      var body: JSONObject = [
        "keyless": ["identity": rule.identity, "issuer": rule.issuer, "trustRoot": .text(root)]
      ]
      if !wanted.members.isEmpty { body.append("needs", .object(wanted)) }
      names.append(draft.authority(body, called: name))
    }
    return names
  }

  /// An identity and its issuer; nil, and listed, where one of them cannot be said: the others are alternatives.
  private mutating func readIdentity(_ node: JSONNode) throws(Failure) -> (identity: JSON, issuer: JSON)? {
    let unknown = try node.unknownMembers(["issuer", "subject", "issuerRegExp", "subjectRegExp"])
    missing += unknown
    let identity = try text(node, "subject")
    let issuer = try text(node, "issuer")
    guard unknown.isEmpty, let identity, let issuer else { return nil }
    return (identity, issuer)
  }

  private mutating func text(_ node: JSONNode, _ key: String) throws(Failure) -> JSON? {
    let (exact, pattern) = (try node.optional(key), try node.optional("\(key)RegExp"))
    let exactText = try exact?.bytes() ?? []
    let patternText = try pattern?.bytes() ?? []
    switch (exactText.isEmpty, patternText.isEmpty) {
    case (false, true): return .string(exactText)
    case (true, false):
      if let rule = SearchPattern.rule(patternText) { return rule }
      missing.append(
        (pattern ?? node).notExpressed("RE2 does not take this pattern, or what makes it match a whole text"))
      return nil
    case (true, true):
      remarks.append("\(node.path): without \(key), so any will do.")
      return ["matching": ".*"]
    case (false, false):
      missing.append(node.notExpressed("both \(key) and \(key)RegExp: policy-controller takes no such"))
      return nil
    }
  }

  private static func instance(of url: String) -> String {
    var host = Substring(url)
    for scheme in ["https://", "http://"] where host.hasPrefix(scheme) { host = host.dropFirst(scheme.count) }
    host = host.prefix { $0 != "/" }
    return host == "fulcio.sigstore.dev" ? "sigstore" : host.isEmpty ? "unnamed" : String(host)
  }

  // MARK: What goes along

  private struct SourceNeeds {
    var log: Bool
    /// Where the source says so.
    var logNode: JSONNode?
    var timestampNode: JSONNode?
  }

  /// A log is asked where its address or trust root is named, and by default of keyless ones under the public instance. A
  /// timestamp takes its place.
  private mutating func needs(of node: JSONNode, isPublic: Bool) throws(Failure) -> SourceNeeds {
    var needs = SourceNeeds(log: isPublic)
    if let log = try node.optional("ctlog") {
      try block(log.unknownMembers(["url", "trustRootRef"]))
      let url = try log.optional("url")
      let root = try log.optional("trustRootRef")
      needs.log = url != nil || root != nil
      if needs.log { needs.logNode = log }
      if let url { remarks.append("\(try url.shown()): an entry counts of any log that the trust root names.") }
    }
    if let timestamp = try node.optional("rfc3161timestamp") {
      try block(timestamp.unknownMembers(["trustRootRef"]))
      if try timestamp.optional("trustRootRef") != nil { needs = SourceNeeds(log: false, timestampNode: timestamp) }
    }
    return needs
  }

  /// What is signed: attestations where there are any, otherwise the image.
  private mutating func finish(_ node: JSONNode, by names: [String]) throws(Failure) {
    for source in try node.optional("source")?.elements(atMost: 256) ?? [] {
      missing.append(source.notExpressed("evidence comes along in the archive, wherever it was stored"))
    }
    if let format = try node.optional("signatureFormat") {
      missing.append(format.notExpressed("signatures are taken in every format that Assay reads"))
    }
    var parts: [JSON] = []
    for attestation in try node.optional("attestations")?.elements(atMost: 256) ?? [] {
      try block(attestation.unknownMembers(["name", "predicateType", "policy"]))
      if let policy = try attestation.optional("policy") {
        block([
          policy.notExpressed("a CUE or Rego policy: write what it wants of the contents beside `type`, by hand")
        ])
      }
      let type = try attestation.required("predicateType")
      let by = JSON.oneOrList(names)
      parts.append(["attestation": ["type": .text(Self.predicateType(try type.string())), "by": by]])
    }
    guard !names.isEmpty else { return }
    let requirement = JSON.joined("all", parts) ?? .signature(by: names)
    outcome = isWhole ? .whole(requirement) : .partly(requirement)
  }

  /// cosign's short names.
  private static func predicateType(_ name: String) -> String {
    switch name {
    case "custom": "https://cosign.sigstore.dev/attestation/v1"
    case "slsaprovenance", "slsaprovenance02": "https://slsa.dev/provenance/v0.2"
    case "slsaprovenance1": "https://slsa.dev/provenance/v1"
    case "spdx", "spdxjson": "https://spdx.dev/Document"
    case "cyclonedx": "https://cyclonedx.org/bom"
    case "link": "https://in-toto.io/Link/v1"
    case "vuln": "https://cosign.sigstore.dev/attestation/vuln/v1"
    case "openvex": "https://openvex.dev/ns"
    default: name
    }
  }
}
