package import Reasons
import StrictJSON

/// Rekor v1's state (`GET /api/v1/log`, rekor 1.5 openapi.yaml, `LogInfo`): the signed heads of its shards. Inert.
///
///     {"rootHash": "…", "signedTreeHead": "rekor.sigstore.dev - 1193050959916656506\n…", "treeID": "1193…",
///      "treeSize": …, "inactiveShards": [{"signedTreeHead": "…", …}]}
package enum RekorTreeHeads {
  /// Bytes of an answer: some hundred shards.
  package static let byteLimit = 1 << 20
  private static let shardLimit = 256

  /// The signed notes: of the shard that grows, then of those that no longer do.
  /// - Throws: `rekor-answer.malformed`, or a reason of JSON's.
  package static func read(_ bytes: [UInt8], named subject: String) throws(Failure) -> [[UInt8]] {
    let document = try RekorDocument.read(bytes, named: subject, upTo: byteLimit)
    var heads = [try document.required("signedTreeHead").bytes()]
    for shard in try document.optional("inactiveShards")?.elements(atMost: shardLimit) ?? [] {
      heads.append(try shard.required("signedTreeHead").bytes())
    }
    return heads
  }
}
