import Cryptography
import Octets
import Reasons
import StrictJSON

extension Authority {
  /// - Returns: the authorities, and the keys that stand in the document itself.
  static func all(_ node: JSONNode) throws(Failure) -> ([Authority], keys: [PublicKey]) {
    var authorities: [Authority] = []
    var keys: [PublicKey] = []
    for element in try node.elements(atMost: PolicyLimits.authorities) {
      let authority = try Authority(element, &keys)
      guard !authorities.contains(where: { $0.name.utf8.elementsEqual(authority.name.utf8) }) else {
        throw try element.required("name").failure("a second authority of this name")
      }
      authorities.append(authority)
    }
    return (authorities, keys)
  }

  private init(_ node: JSONNode, _ keys: inout [PublicKey]) throws(Failure) {
    try node.verifyMembers(["name", "operator", "keys", "keyless", "certificate", "needs"])
    let signer: SignerRule
    var trustRoot: String?
    switch (try node.optional("keys"), try node.optional("keyless"), try node.optional("certificate")) {
    case (let names?, nil, nil): signer = .keys(try KeySet(names, &keys))
    case (nil, let rule?, nil):
      try rule.verifyMembers(["identity", "issuer", "trustRoot"])
      signer = .keyless(
        IdentityRule(identity: try TextRules(rule.required("identity")), issuer: try TextRules(rule.required("issuer")))
      )
      trustRoot = try rule.optional("trustRoot")?.line()
    case (nil, nil, let rule?):
      try rule.verifyMembers(["authority", "identity", "trustRoot"])
      signer = .certificate(
        CertificateRule(
          authority: try rule.required("authority").line(), identity: try TextRules(rule.required("identity"))))
      trustRoot = try rule.optional("trustRoot")?.line()
    default: throw node.failure("exactly one of `keys`, `keyless` and `certificate` is wanted")
    }
    let needs = try node.optional("needs").map { (node) throws(Failure) in try Needs(node) } ?? .none
    if case .keys = signer, needs != .none {
      throw try node.required("needs").failure(
        "with keys nothing else is consulted, no log and no time: use `keyless` or `certificate` where they are needed")
    }
    self.init(
      try node.required("name").policyName(), operator: try node.optional("operator")?.line(), signer, needs: needs,
      trustRoot: trustRoot)
  }
}

extension KeySet {
  /// One key, or a list of alternatives: a PEM block in place, or the SHA-256 of one that is installed.
  fileprivate init(_ node: JSONNode, _ inPlace: inout [PublicKey]) throws(Failure) {
    var nodes = [node]
    if case .array = node.value { nodes = try node.elements(atMost: PolicyLimits.names) }
    var found: [ClaimedDigest] = []
    for node in nodes {
      let text = try node.bytes()
      if text.starts(with: "sha256:".utf8) {
        found.append(try node.digest())
        continue
      }
      let key: PublicKey
      do { key = try PublicKey(pem: text) } catch {
        throw node.failure("neither sha256:… nor a public key in PEM form that Assay verifies with: \(error)")
      }
      found.append(ClaimedDigest(key.fingerprint))
      if !inPlace.contains(key) { inPlace.append(key) }
    }
    guard Set(found).count == found.count else { throw node.failure("one key stands here twice") }
    // Alternatives have no order: one meaning has one form.
    found.sort { "\($0)" < "\($1)" }
    guard let first = found.first else { throw node.failure("no key") }
    self.init(first, Array(found.dropFirst()))
  }
}

extension Needs {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["transparencyLog", "timestamp", "certificateTimestamp", "witnesses"])
    func flag(_ key: String) throws(Failure) -> Bool {
      guard let flag = try node.optional(key) else { return false }
      guard try flag.bool() else { throw flag.failure("false says nothing: leave it out") }
      return true
    }
    var witnesses = 0
    if let count = try node.optional("witnesses") {
      guard let number = Int(exactly: try count.integer()), (1...64).contains(number) else {
        throw count.failure("1 to 64 witnesses")
      }
      witnesses = number
    }
    self.init(
      log: try node.optional("transparencyLog").map { (node) throws(Failure) in try node.oneOf(Log.self) },
      timestamp: try flag("timestamp"), certificateTimestamp: try flag("certificateTimestamp"), witnesses: witnesses)
    guard self != .none else { throw node.failure("nothing is needed: leave it out") }
  }
}
