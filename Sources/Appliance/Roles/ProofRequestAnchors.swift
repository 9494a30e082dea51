import Cryptography
package import Findings
import LogSnapshot
import Octets
package import ProofRequests
package import Reasons
import TrustRoot
package import Verification

extension ProofRequest {
  /// What there is to prove against, decoded where the proving is done: keys first, then trust roots in their order.
  /// - Parameter entries: for the trust roots that may consult them.
  /// - Throws: `proof-request.malformed` for keys, otherwise the formats' own reasons.
  package func anchors(consulting entries: (any EntrySource)?) throws(Failure) -> [Prover.Anchor] {
    var anchors: [Prover.Anchor] = []
    if !keys.isEmpty {
      do throws(CryptographyError) {
        anchors.append(.keys(try keys.map { (spki) throws(CryptographyError) in try PublicKey(spki: spki) }))
      } catch {
        throw Failure(.proofRequestMalformed, "key", "\(error)")
      }
    }
    guard !roots.isEmpty else { return anchors }
    let witnesses = try witnessPolicy.map { (bytes) throws(Failure) in
      try TLogPolicy(parsing: bytes, named: "witness policy").witnesses
    }
    var lists: [RevocationList] = []
    for der in revocationLists { lists.append(try RevocationList(parsing: der, named: "revocation list")) }
    for asked in roots {
      let root = try TrustRoot(parsing: asked.bytes, named: asked.name)
      anchors.append(
        .trustRoot(
          root, named: asked.name, now: now, revocations: Revocations(lists, under: root),
          entries: asked.consultsEntries ? entries : nil, witnesses: witnesses ?? []))
    }
    return anchors
  }

  /// As findings name what they were proven against, in the order of `anchors`.
  package var anchorNames: [Finding.Anchor] { (keys.isEmpty ? [] : [.keys]) + roots.map { .trustRoot($0.name) } }
}
