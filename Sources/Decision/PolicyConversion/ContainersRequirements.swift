import Cryptography
import Octets
import Reasons
import StrictJSON

/// The requirements of one scope of a containers-policy.json: all must be met.
struct ContainersRequirements {
  private(set) var answer = PolicyDraft.Answer.refuse("", partly: nil)
  private(set) var missing: [NotExpressed] = []
  private(set) var remarks: [String] = []
  private(set) var isRejection = false
  private var parts: [JSON] = []
  private var isWhole = true

  init(_ node: JSONNode, _ draft: inout PolicyDraft, reading: (String) -> [UInt8]?) throws(Failure) {
    let requirements = try node.elements(atMost: 256)
    guard !requirements.isEmpty else {
      throw node.failure("no requirement; containers-policy.json takes no empty list")
    }
    var accepts: JSONNode?
    for requirement in requirements {
      let type = try requirement.required("type")
      switch String(decoding: try type.bytes(), as: UTF8.self) {
      case "insecureAcceptAnything":
        try block(requirement.unknownMembers(["type"]))
        accepts = requirement
      case "reject":
        try block(requirement.unknownMembers(["type"]))
        isRejection = true
      case "sigstoreSigned":
        try SigstoreSigned.read(requirement, &draft, reading: reading).append(to: &self)
      case "signedBy": block([requirement.notExpressed("GPG signatures: Assay verifies those of Sigstore")])
      default: block([type.notExpressed("a requirement that is unknown here")])
      }
    }
    if isRejection {
      answer = .refuse("rejected by the converted policy", partly: nil)
    } else if !isWhole {
      answer = .refuse("Not all that is required here could be expressed.", partly: JSON.joined("all", parts))
    } else if let requirement = JSON.joined("all", parts) {
      answer = .require(requirement)
    } else {
      // Beside other requirements it asks for nothing.
      if let accepts {
        missing.append(
          accepts.notExpressed(
            "lets in whatever is unsigned: Assay lets nothing in without evidence. Write `require` by hand, with who signs"
          ))
      }
      answer = .refuse("The converted policy asks for no evidence here.", partly: nil)
    }
  }

  private mutating func block(_ items: [NotExpressed]) {
    missing += items
    if !items.isEmpty { isWhole = false }
  }

  mutating func add(_ requirement: JSON?, isWhole: Bool, _ missing: [NotExpressed], _ remarks: [String]) {
    if let requirement { parts.append(requirement) }
    if !isWhole || requirement == nil { self.isWhole = false }
    self.missing += missing
    self.remarks += remarks
  }
}

/// `sigstoreSigned`: one signature by any of the keys, or by an identity.
struct SigstoreSigned {
  private var names: [String] = []
  private var isWhole = true
  private var missing: [NotExpressed] = []
  private var remarks: [String] = []

  private static let keyMembers = ["keyPath", "keyPaths", "keyData", "keyDatas"]
  private static let logMembers = [
    "rekorPublicKeyPath", "rekorPublicKeyPaths", "rekorPublicKeyData", "rekorPublicKeyDatas",
  ]

  static func read(
    _ node: JSONNode, _ draft: inout PolicyDraft, reading: (String) -> [UInt8]?
  ) throws(Failure) -> SigstoreSigned {
    var signed = SigstoreSigned()
    try signed.block(
      node.unknownMembers(Set(["type", "fulcio", "pki", "signedIdentity"] + keyMembers + logMembers)))
    var logs: [JSONNode] = []
    for member in logMembers { if let log = try node.optional(member) { logs.append(log) } }
    var sources: [JSONNode] = []
    for member in keyMembers + ["fulcio", "pki"] {
      if let source = try node.optional(member) { sources.append(source) }
    }
    if sources.count != 1 {
      signed.block([node.notExpressed("not exactly one of keys, fulcio and pki: containers-policy.json takes no such")])
    }
    for member in keyMembers {
      guard let keys = try node.optional(member) else { continue }
      try signed.readKeys(keys, isPath: member.hasPrefix("keyPath"), &draft, reading)
      signed.block(
        logs.map { $0.notExpressed("with a key no log is consulted: use a keyless authority, by hand") })
    }
    if let fulcio = try node.optional("fulcio") { try signed.readFulcio(fulcio, logs, &draft) }
    if let pki = try node.optional("pki") {
      signed.block([
        pki.notExpressed(
          "make a trust root of these certificates, install it, and write `certificate: {authority, identity, trustRoot}`"
        )
      ])
    }
    let claimed = try node.optional("signedIdentity")
    signed.missing.append(
      NotExpressed(
        claimed?.path ?? node.path,
        "\(claimed == nil ? "signedIdentity is absent, so matchRepoDigestOrExact: " : "")"
          + "the name that a signature claims is not compared; the digest that it signs is"))
    return signed
  }

  func append(to requirements: inout ContainersRequirements) {
    requirements.add(names.isEmpty ? nil : .signature(by: names), isWhole: isWhole, missing, remarks)
  }

  private mutating func block(_ items: [NotExpressed]) {
    missing += items
    if !items.isEmpty { isWhole = false }
  }

  /// Keys are alternatives: one that cannot be read is listed, and the others do.
  private mutating func readKeys(
    _ node: JSONNode, isPath: Bool, _ draft: inout PolicyDraft, _ reading: (String) -> [UInt8]?
  ) throws(Failure) {
    var nodes = [node]
    if case .array = node.value { nodes = try node.elements(atMost: 256) }
    for node in nodes {
      let text: [UInt8]
      let name: String
      if isPath {
        let path = try node.string()
        guard let bytes = reading(path) else {
          missing.append(node.notExpressed("the file \(printable(path, limit: 200)) could not be read here"))
          continue
        }
        (text, name) = (bytes, path.split(separator: "/").last.map(String.init) ?? "key")
      } else {
        (text, name) = (try node.base64(), "key")
      }
      do {
        names += try SourceKey.keys(pem: text).map { draft.authority(of: $0, called: name) }
      } catch {
        missing.append(node.notExpressed("no public key that Assay verifies with: \(SourceKey.words(error))"))
      }
    }
  }

  private mutating func readFulcio(_ node: JSONNode, _ logs: [JSONNode], _ draft: inout PolicyDraft) throws(Failure) {
    try block(node.unknownMembers(["caPath", "caData", "oidcIssuer", "subjectEmail"]))
    let root: String
    let authority: JSONNode
    if let path = try node.optional("caPath") {
      authority = path
      root = try path.shown().split(separator: "/").last.map(String.init) ?? "fulcio"
    } else {
      authority = try node.required("caData")
      root = "fulcio-\("\(ClaimedDigest(digest(try authority.base64())))".dropFirst(7).prefix(12))"
    }
    missing.append(
      authority.notExpressed(
        "authorities are taken from trust roots: make one of it, with the log’s key, and install it as “\(root)”"))
    missing += logs.map { $0.notExpressed("the log’s key is taken from the trust root “\(root)”") }
    if logs.isEmpty { block([node.notExpressed("without a log’s key: containers-policy.json takes no such")]) }
    let body: JSONObject = [
      "keyless": [
        "identity": .string(try node.required("subjectEmail").bytes()),
        "issuer": .string(try node.required("oidcIssuer").bytes()), "trustRoot": .text(root),
      ], "needs": ["transparencyLog": "promise"],
    ]
    names.append(draft.authority(body, called: try node.required("subjectEmail").shown()))
  }
}
