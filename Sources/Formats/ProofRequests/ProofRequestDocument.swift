import Base64
import Octets
package import Reasons
package import StrictJSON

/// A proof request as bytes.
///
///     {"format":"assay-proof-request/1","keys":["MFkw…"],"now":"1795600000","revocationLists":[],
///      "roots":[{"bytes":"eyJt…","entries":true,"name":"trust/prod/trusted_root.json"}],"witnessPolicy":null}
///
/// Canonical JSON (RFC 8785): a request has these bytes and no others.
extension ProofRequest {
  package static let format = "assay-proof-request/1"
  package static let limits = JSONLimits(bytes: 64 << 20, depth: 4, values: 100_000)
  package static let mostKeys = 10_000
  package static let mostRoots = 1_000
  package static let mostRevocationLists = 1_000
  /// Bytes of one key: RSA of 16,384 bits takes 2 KB.
  package static let mostKeyBytes = 64 << 10
  /// As `TrustRoot`, `RevocationList` and `TLogPolicy` read, which are decoded elsewhere.
  package static let mostRootBytes = 1 << 20
  package static let mostRevocationListBytes = 8 << 20
  package static let mostWitnessPolicyBytes = 256 << 10
  /// Bytes of a trust root's name.
  package static let mostNameBytes = 64 << 10

  /// - Throws: `proof-request.malformed` where it is more than is read again.
  package func serialized() throws(Failure) -> [UInt8] {
    func malformed(_ words: String) -> Failure { Failure(.proofRequestMalformed, "proof request", words) }
    if let objection { throw malformed(objection) }
    let bytes = try json.canonical()
    guard bytes.count <= Self.limits.bytes else { throw malformed("more than \(Self.limits.bytes) bytes of trust") }
    return bytes
  }

  private var json: JSON {
    func base64(_ bytes: [UInt8]) -> JSON { .text(Base64.encode(bytes)) }
    return [
      "format": .text(Self.format), "keys": .array(keys.map(base64)), "now": .text("\(now.seconds)"),
      "revocationLists": .array(revocationLists.map(base64)),
      "roots": .array(
        roots.map { ["bytes": base64($0.bytes), "entries": .bool($0.consultsEntries), "name": .text($0.name)] }),
      "witnessPolicy": witnessPolicy.map(base64) ?? .null,
    ]
  }

  /// - Throws: `proof-request.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    let root = try JSONNode(
      parsing: bytes, named: "proof request", malformed: .proofRequestMalformed, limits: Self.limits)
    try root.verifyFormat(Self.format)
    var roots: [Root] = []
    for node in try root.required("roots").elements() {
      roots.append(
        Root(
          name: try node.required("name").string(), bytes: try node.required("bytes").base64(),
          consultsEntries: try node.required("entries").bool()))
    }
    let now = try root.required("now")
    guard let seconds = Int64(try now.string()) else { throw now.failure("no number of seconds") }
    self.init(
      keys: try root.files("keys"), roots: roots, revocationLists: try root.files("revocationLists"),
      witnessPolicy: try root.optional("witnessPolicy").map { (node) throws(Failure) in try node.base64() },
      now: UnixTime(seconds))
    if let objection { throw root.failure(objection) }
    // Written again it is the same: no member was passed over, and no value has a second form.
    guard try json.canonical() == bytes else { throw root.failure("not as it would be written") }
  }

  /// What is more than a prover takes, or cannot be told apart in findings; nil where nothing is.
  private var objection: String? {
    let counts: [(count: Int, most: Int, what: String)] = [
      (keys.count, Self.mostKeys, "keys"), (keys.longest, Self.mostKeyBytes, "bytes of one key"),
      (roots.count, Self.mostRoots, "trust roots"),
      (roots.map(\.bytes).longest, Self.mostRootBytes, "bytes of one trust root"),
      (roots.map { Array($0.name.utf8) }.longest, Self.mostNameBytes, "bytes of a trust root's name"),
      (revocationLists.count, Self.mostRevocationLists, "revocation lists"),
      (revocationLists.longest, Self.mostRevocationListBytes, "bytes of one revocation list"),
      (witnessPolicy?.count ?? 0, Self.mostWitnessPolicyBytes, "bytes of witness policy"),
    ]
    if let found = counts.first(where: { $0.count > $0.most }) { return "more than \(found.most) \(found.what)" }
    // As bytes: equality of String is canonical equivalence.
    let names = Set(roots.map { Array($0.name.utf8) })
    return names.count == roots.count ? nil : "two trust roots of one name"
  }
}

extension JSONNode {
  fileprivate func files(_ key: String) throws(Failure) -> [[UInt8]] {
    var files: [[UInt8]] = []
    for node in try required(key).elements() { files.append(try node.base64()) }
    return files
  }
}

extension [[UInt8]] {
  fileprivate var longest: Int { map(\.count).max() ?? 0 }
}
