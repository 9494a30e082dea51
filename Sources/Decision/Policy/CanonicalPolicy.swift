package import Cryptography
import Findings
import Octets
package import Reasons
import StrictJSON

extension Policy {
  /// Reads a policy in its canonical form, as reports and dossiers hold it.
  /// - Parameter keys: fingerprints of the keys that are at hand: the form names keys by digest.
  /// - Throws: `policy.malformed`, also where it names a key that is not at hand.
  package init(canonical bytes: [UInt8], keys: [ComputedDigest]) throws(Failure) {
    let root = try JSONNode(parsing: bytes, named: "policy", malformed: .policyMalformed)
    guard try root.required("format").bytes() == Array("assay-policy/1".utf8) else {
      throw root.failure("the format is not assay-policy/1, which this version reads")
    }
    try root.verifyMembers(["format", "allowForeignLayers", "requirements"])
    var requirements: [Requirement] = []
    for node in try root.required("requirements").elements(atMost: 1000) {
      requirements.append(try Requirement(node, keys))
    }
    guard let first = requirements.first else { throw root.failure("no requirement") }
    self.init(
      first, Array(requirements.dropFirst()), allowsForeignLayers: try root.required("allowForeignLayers").bool())
    guard canonical == bytes else { throw root.failure("not in the canonical form") }
  }
}

extension Requirement {
  fileprivate init(_ node: JSONNode, _ keys: [ComputedDigest]) throws(Failure) {
    try node.verifyMembers(["evidence", "signer", "count"])
    let evidence = try node.required("evidence")
    guard let kind = EvidenceKind(name: try evidence.string()) else { throw evidence.failure("no kind of evidence") }
    let count = try node.required("count")
    guard let signers = Int(exactly: try count.integer()), signers > 0 else {
      throw count.failure("no number of signers")
    }
    self.init(kind, by: try SignerRule(node.required("signer"), keys), count: signers)
  }
}

extension EvidenceKind {
  /// As `name` writes it, and as `--require` takes it.
  package init?(name: String) {
    let prefix = "attestation="
    if name.utf8.elementsEqual("signature".utf8) {
      self = .signature
    } else if name.utf8.starts(with: prefix.utf8), name.utf8.count > prefix.utf8.count {
      self = .attestation(predicateType: String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
    } else {
      return nil
    }
  }
}

extension SignerRule {
  fileprivate init(_ node: JSONNode, _ keys: [ComputedDigest]) throws(Failure) {
    guard let names = try node.optional("keys") else {
      try node.verifyMembers(["identity", "issuer"])
      self = .identity(
        IdentityRule(identity: try TextRule(node.required("identity")), issuer: try TextRule(node.required("issuer"))))
      return
    }
    try node.verifyMembers(["keys"])
    var found: [ComputedDigest] = []
    for name in try names.elements(atMost: 1000) {
      let claimed = try ClaimedDigest(name.bytes(), in: name.path, malformed: .policyMalformed)
      guard let key = keys.first(where: { claimed == $0 }) else { throw name.failure("this key is not at hand") }
      found.append(key)
    }
    guard let first = found.first else { throw names.failure("no key") }
    self = .keys(KeySet(first, Array(found.dropFirst())))
  }
}
