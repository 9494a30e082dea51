package import Reasons
import StrictJSON

/// A consistency proof as Rekor v1 answers it (`GET /api/v1/log/proof?firstSize=&lastSize=&treeID=`, rekor 1.5
/// openapi.yaml, `ConsistencyProof`). Inert; it does not say from which size to which it leads.
///
///     {"hashes": ["5f…", …], "rootHash": "…"}
package enum RekorConsistency {
  /// Bytes of an answer: 63 hashes and what stands around them.
  package static let byteLimit = 64 << 10
  /// Hashes of a path (RFC 6962 §2.1.2).
  private static let hashLimit = 64

  /// The path. `rootHash` is the root of the tree when it was asked, not always of `lastSize`, and is not used.
  /// - Throws: `rekor-answer.malformed`, or a reason of JSON's.
  package static func read(_ bytes: [UInt8], named subject: String) throws(Failure) -> [[UInt8]] {
    let document = try RekorDocument.read(bytes, named: subject, upTo: byteLimit)
    var path: [[UInt8]] = []
    for hash in try document.required("hashes").elements(atMost: hashLimit) {
      path.append(try hash.hexadecimal(count: 32))
    }
    return path
  }
}
