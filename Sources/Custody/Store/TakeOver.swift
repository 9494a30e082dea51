import Base64
package import Cryptography
package import LedgerLeaf
import Octets
package import Reasons

/// What several people agree to before a new store takes a lost one's place (docs/operations.md, Recovery).
///
///     assay-approval/1
///     action re-anchor
///     store 5d0c…
///     size 4711
///     root CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///     reason the board was replaced
package struct TakeOver: Hashable, Sendable {
  /// People who must agree.
  package static let threshold = 3
  package static let action = Array("re-anchor".utf8)

  /// The store whose place is taken.
  package let storeID: [UInt8]
  /// Leaves of its history that are taken over, and the root over them.
  package let size: UInt64
  package let root: [UInt8]
  /// In the words of those who decided.
  package let reason: [UInt8]

  package init(storeID: [UInt8], size: UInt64, root: [UInt8], reason: [UInt8]) {
    self.storeID = storeID
    self.size = size
    self.root = root
    self.reason = reason
  }

  /// What each of them signs.
  package var statement: [UInt8] {
    Array(
      """
      assay-approval/1
      action re-anchor
      store \(Hex.encode(storeID))
      size \(size)
      root \(Base64.encode(root))
      reason 
      """.utf8) + reason + [0x0a]
  }

  /// One person's consent: verified here, and recorded with the history.
  /// - Throws: `approval.invalid`.
  package func approval(
    by person: [UInt8], _ key: PublicKey, signature: [UInt8]
  ) throws(Failure) -> Approval {
    try Approval(verifying: signature, by: person, key, over: statement, to: Self.action)
  }

  /// - Throws: `approval.too-few`.
  package static func verifyEnough(_ approvals: [Approval]) throws(Failure) {
    try Approval.verifyEnough(approvals, threshold: threshold, for: "re-anchor")
  }
}
