import Cryptography
package import Octets
import Reasons
import StrictJSON

/// What one document says of another file's bytes.
package struct FileClaim: Hashable, Sendable {
  package let length: Int64?
  /// Of the algorithms that Assay computes, in the document's order.
  package let digests: [ClaimedDigest]
  /// Whether digests were stated, and none that Assay computes.
  package let isUnverifiable: Bool

  /// - Parameter shortest: the least length that is no mistake.
  init(parsing node: JSONNode, shortest: Int64) throws(Failure) {
    let length = try node.optional("length")
    self.length = try length?.integer()
    if let length, let stated = self.length, stated < shortest { throw length.failure("a length of \(stated)") }
    guard let hashes = try node.optional("hashes") else {
      digests = []
      isUnverifiable = false
      return
    }
    let members = try hashes.members()
    guard !members.isEmpty else { throw hashes.failure("hashes that are none") }
    var digests: [ClaimedDigest] = []
    for (name, value) in members {
      let text = try value.bytes()
      guard let algorithm = HashAlgorithm(rawValue: String(decoding: name, as: UTF8.self)) else { continue }
      guard let bytes = Hex.decode(text), let digest = ClaimedDigest(algorithm, bytes) else {
        throw value.failure("\(algorithm.rawValue) digests are \(algorithm.size * 2) lower-case hexadecimal digits")
      }
      digests.append(digest)
    }
    self.digests = digests
    isUnverifiable = digests.isEmpty
  }
}

/// What a snapshot or timestamp says of a metadata file (§4.4, METAFILES).
package struct MetadataClaim: Hashable, Sendable {
  package let version: Int64
  package let file: FileClaim

  init(parsing node: JSONNode) throws(Failure) {
    version = try node.required("version").version()
    file = try FileClaim(parsing: node, shortest: 1)
  }
}
