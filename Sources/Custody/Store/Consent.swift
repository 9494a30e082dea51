package import Cryptography
package import LedgerLeaf
import Octets
package import Reasons

extension Approval {
  /// One person's consent to a statement: verified here, and recorded with what it allowed.
  /// - Throws: `approval.invalid`.
  package init(
    verifying signature: [UInt8], by person: [UInt8], _ key: PublicKey, over statement: [UInt8], to action: [UInt8]
  ) throws(Failure) {
    do throws(CryptographyError) {
      try key.verify(signature, over: statement, .usual(for: key.kind))
    } catch {
      throw Failure(.approvalInvalid, printable(person), "the signature is not by this key over this statement")
    }
    self.init(
      action: action, object: ClaimedDigest(digest(statement)), person: person, key: ClaimedDigest(key.fingerprint),
      statement: statement, signature: signature)
  }

  /// Enough people, each counted once however many signatures or keys a name has, and each key once.
  /// - Throws: `approval.too-few`.
  package static func verifyEnough(_ approvals: [Approval], threshold: Int, for action: String) throws(Failure) {
    var people: Set<[UInt8]> = []
    var keys: Set<ClaimedDigest> = []
    for approval in approvals where !people.contains(approval.person) && !keys.contains(approval.key) {
      people.insert(approval.person)
      keys.insert(approval.key)
    }
    guard people.count >= threshold else {
      throw Failure(
        .approvalTooFew, action, "\(people.count) people with keys of their own agreed, \(threshold) are needed")
    }
  }
}
