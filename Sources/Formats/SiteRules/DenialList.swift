import Cryptography
package import Octets
package import Reasons
package import StrictJSON

/// What the site denies, whoever vouches for it: one file of the role `deny` (docs/formats/SiteRules.md).
///
///     {"format": "assay-denials/1", "issued": "2026-11-25T10:00:00Z", "by": "Security desk",
///      "denials": [{"digest": "sha256:…", "reason": "CVE-2026-1234"},
///                  {"identity": "builder@example.com", "issuer": "https://…", "reason": "left the company"}]}
package struct DenialList: Hashable, Sendable {
  package static let format = "assay-denials/1"
  /// Denials in one file.
  package static let mostDenials = 10_000

  /// When it was written, as it says.
  package let issued: UnixTime
  /// Who says so, for people. Who may, is said by the signatures of the role.
  package let by: String
  package let denials: [Denial]

  /// - Throws: `rules.malformed`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let root = try JSONNode.ruleDocument(
      bytes, named: subject, format: Self.format, members: ["issued", "by", "denials"])
    issued = try root.required("issued").time()
    by = try root.required("by").line()
    var denials: [Denial] = []
    for node in try root.required("denials").elements(atMost: Self.mostDenials) { denials.append(try Denial(node)) }
    guard !denials.isEmpty else { throw root.failure("it denies nothing") }
    self.denials = denials
  }
}

/// One thing denied, and why.
package struct Denial: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    /// Of an index, manifest, config or layer: no image that has it enters.
    case digest(ClaimedDigest)
    /// SHA-256 of a SubjectPublicKeyInfo: nothing that this key signed counts, with a certificate or without.
    case key(ClaimedDigest)
    /// Compared byte by byte; the two go together.
    case identity([UInt8], issuer: [UInt8])
    /// By the log's name and the entry's number, as reports have them.
    case logEntry(log: [UInt8], index: Int64)
  }

  package let subject: Subject
  package let reason: String

  /// - Throws: the document's reason.
  package init(_ node: JSONNode) throws(Failure) {
    reason = try node.required("reason").line()
    let (digest, key) = (try node.optional("digest"), try node.optional("key"))
    let (identity, entry) = (try node.optional("identity"), try node.optional("logEntry"))
    switch (digest, key, identity, entry) {
    case (let digest?, nil, nil, nil):
      try node.verifyMembers(["digest", "reason"])
      subject = .digest(try digest.digest())
    case (nil, let key?, nil, nil):
      try node.verifyMembers(["key", "reason"])
      let fingerprint = try key.digest()
      guard fingerprint.algorithm == .sha256 else { throw key.failure("a key is named by its SHA-256") }
      subject = .key(fingerprint)
    case (nil, nil, let identity?, nil):
      try node.verifyMembers(["identity", "issuer", "reason"])
      _ = try identity.line()
      _ = try node.required("issuer").line()
      subject = .identity(try identity.bytes(), issuer: try node.required("issuer").bytes())
    case (nil, nil, nil, let entry?):
      try node.verifyMembers(["logEntry", "reason"])
      try entry.verifyMembers(["log", "index"])
      _ = try entry.required("log").line()
      subject = .logEntry(
        log: try entry.required("log").bytes(), index: try entry.required("index").integerOrString())
    default: throw node.failure("exactly one of digest, key, identity and logEntry is wanted")
    }
  }
}

extension Denial {
  /// As the reader above takes it.
  package var json: JSON {
    var object: JSONObject = [:]
    switch subject {
    case .digest(let digest): object.append("digest", "\(digest)")
    case .key(let key): object.append("key", "\(key)")
    case .identity(let identity, let issuer):
      object.append("identity", .string(identity))
      object.append("issuer", .string(issuer))
    case .logEntry(let log, let index):
      object.append("logEntry", ["log": .string(log), "index": .text(String(index))])
    }
    object.append("reason", .text(reason))
    return .object(object)
  }
}
