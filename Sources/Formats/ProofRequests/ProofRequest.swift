import Base64
package import Octets
package import Reasons
package import StrictJSON

/// What the keeper asks a prover: what evidence is to be proven against, as bytes (docs/formats/ProofRequests.md).
///
///     {"format":"assay-proof-request/1","keys":["MFkw…"],"now":"1795600000","revocationLists":[],
///      "roots":[{"bytes":"eyJt…","entries":true,"name":"trust/prod/trusted_root.json"}],"witnessPolicy":null}
///
/// Canonical JSON (RFC 8785).
package struct ProofRequest: Hashable, Sendable {
  package static let format = "assay-proof-request/1"
  package static let limits = JSONLimits(bytes: 64 << 20, depth: 8, values: 100_000)
  /// Keys, trust roots and revocation lists, each.
  package static let mostOfAKind = 10_000

  /// A trust root under the name by which findings say that they were proven against it.
  package struct Root: Hashable, Sendable {
    package let name: String
    package let bytes: [UInt8]
    /// Whether log entries that the keeper has may be asked for.
    package let consultsEntries: Bool

    package init(name: String, bytes: [UInt8], consultsEntries: Bool) {
      self.name = name
      self.bytes = bytes
      self.consultsEntries = consultsEntries
    }
  }

  /// SubjectPublicKeyInfo; empty where no authority stands on keys.
  package let keys: [[UInt8]]
  package let roots: [Root]
  /// DER.
  package let revocationLists: [[UInt8]]
  /// C2SP tlog-policy.
  package let witnessPolicy: [UInt8]?
  /// The effective time.
  package let now: UnixTime

  package init(
    keys: [[UInt8]], roots: [Root], revocationLists: [[UInt8]], witnessPolicy: [UInt8]?, now: UnixTime
  ) {
    self.keys = keys
    self.roots = roots
    self.revocationLists = revocationLists
    self.witnessPolicy = witnessPolicy
    self.now = now
  }

  /// The same, where every root may consult log entries.
  package func consultingEntries() -> ProofRequest {
    ProofRequest(
      keys: keys, roots: roots.map { Root(name: $0.name, bytes: $0.bytes, consultsEntries: true) },
      revocationLists: revocationLists, witnessPolicy: witnessPolicy, now: now)
  }

  /// - Throws: `proof-request.malformed` where it is more than is read again.
  package func serialized() throws(Failure) -> [UInt8] {
    func base64(_ bytes: [UInt8]) -> JSON { .text(Base64.encode(bytes)) }
    let document: JSON = [
      "format": .text(Self.format), "keys": .array(keys.map(base64)), "now": .text("\(now.seconds)"),
      "revocationLists": .array(revocationLists.map(base64)),
      "roots": .array(
        roots.map { ["bytes": base64($0.bytes), "entries": .bool($0.consultsEntries), "name": .text($0.name)] }),
      "witnessPolicy": witnessPolicy.map(base64) ?? .null,
    ]
    let bytes = try document.canonical()
    guard bytes.count <= Self.limits.bytes else {
      throw Failure(.proofRequestMalformed, "proof request", "more than \(Self.limits.bytes) bytes of trust")
    }
    return bytes
  }

  /// - Throws: `proof-request.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    let root = try JSONNode(
      parsing: bytes, named: "proof request", malformed: .proofRequestMalformed, limits: Self.limits)
    guard try root.required("format").bytes() == Array(Self.format.utf8) else {
      throw root.failure("the format is not \(Self.format), which this version reads")
    }
    func list(_ key: String) throws(Failure) -> [JSONNode] {
      try root.required(key).elements(atMost: Self.mostOfAKind)
    }
    var keys: [[UInt8]] = []
    for node in try list("keys") { keys.append(try node.base64()) }
    var lists: [[UInt8]] = []
    for node in try list("revocationLists") { lists.append(try node.base64()) }
    var roots: [Root] = []
    for node in try list("roots") {
      roots.append(
        Root(
          name: try node.required("name").string(), bytes: try node.required("bytes").base64(),
          consultsEntries: try node.required("entries").bool()))
    }
    let now = try root.required("now")
    guard let seconds = Int64(try now.string()) else { throw now.failure("no number of seconds") }
    self.init(
      keys: keys, roots: roots, revocationLists: lists,
      witnessPolicy: try root.optional("witnessPolicy").map { (node) throws(Failure) in try node.base64() },
      now: UnixTime(seconds))
    guard try serialized() == bytes else { throw root.failure("not as it would be written") }
  }
}
