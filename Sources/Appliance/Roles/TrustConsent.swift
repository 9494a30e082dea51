import Base64
import Cryptography
import Ledger
package import LedgerLeaf
import Octets
import Reasons
package import SiteRules
package import Store
import TrustStore

/// What several people agree to before a trust bundle changes whom this site trusts, where its rule asks for them. They
/// sign what they read: the store, the history up to now, and each change.
///
///     assay-approval/1
///     action trust-import
///     store 5d0c…
///     size 4711
///     root CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///     object sha256:…
///     replace trust-root trust/prod/trusted_root.json sha256:…
package struct TrustConsent: Sendable {
  package static let action = Array("trust-import".utf8)

  /// The rule of before the bundle; nil where the site has none.
  package let rule: ApprovalRule?
  private let custodian: Custodian
  private let changes: [TrustImport.Change]

  /// - Throws: where the rule's object is gone or damaged.
  package init(_ proposal: TrustImport, _ custodian: Custodian) throws {
    self.custodian = custodian
    changes = proposal.changes
    rule = try custodian.state.standing.objects(of: InstalledTrust.approvalRule).first.map {
      try ApprovalRule(parsing: try custodian.bytes(of: $0.object), named: printable($0.name))
    }
  }

  /// Whether people must agree: not to what only denies, and not to which versions are the newest.
  package var isNeeded: Bool { rule != nil && !weighty.isEmpty }

  private var weighty: [TrustImport.Change] {
    changes.filter { change in
      let name = change.name
      return switch name.kind {
      case InstalledTrust.denials, InstalledTrust.log, InstalledTrust.logHeads: false
      // They follow from the upstream's repository, which is named itself.
      case InstalledTrust.upstreamState, InstalledTrust.upstreamRole: false
      case InstalledTrust.state: name.name.elementsEqual("root".utf8)
      case InstalledTrust.role: !["deny", "logs"].contains { name.name.elementsEqual($0.utf8) }
      default: true
      }
    }
  }

  /// What each of them signs, as the history stands.
  /// - Throws: `approval.invalid` where it would be longer than anybody reads.
  package func statement() throws -> [UInt8] {
    let head = try custodian.head()
    return try statement(size: head.size, root: head.root)
  }

  private func statement(size: UInt64, root: [UInt8]) throws(Failure) -> [UInt8] {
    let lines = weighty.map { change in
      let new = change.action == .remove ? "" : " \(ClaimedDigest(digest(change.content)))"
      return "\(change.action) \(printable(change.name.kind)) \(printable(change.name.name))\(new)\n"
    }
    let statement =
      Array(
        """
        assay-approval/1
        action trust-import
        store \(custodian.store.id)
        size \(size)
        root \(Base64.encode(root))
        object \(ClaimedDigest(digest(all)))

        """.utf8) + lines.flatMap { Array($0.utf8) }
    guard statement.count <= LedgerLeaf.mostStatement else {
      throw Failure(
        .approvalInvalid, "trust-import",
        "\(lines.count) changes are more than one statement holds; bring fewer at once")
    }
    return statement
  }

  /// Every change, with what it replaces.
  private var all: [UInt8] {
    changes.flatMap { change in
      let new = change.action == .remove ? "none" : "\(ClaimedDigest(digest(change.content)))"
      let old = change.previous.map { "\($0)" } ?? "none"
      return change.name.kind + [0x09] + change.name.name + Array("\t\(old)\t\(new)\n".utf8)
    }
  }

  /// The consent that the rule asks for.
  ///
  /// - Parameters:
  ///   - signed: the statement, as it was proposed; of an earlier size of the history, behind which trust has not changed.
  ///   - signatures: by the people's names.
  /// - Returns: none where none is needed.
  /// - Throws: `approval.too-few`, `approval.invalid`.
  package func approvals(
    _ signed: [UInt8]?, _ signatures: [(person: String, signature: [UInt8])]
  ) throws -> [Approval] {
    guard isNeeded, let rule else { return [] }
    guard let signed else {
      throw Failure(
        .approvalTooFew, "trust-import",
        "\(rule.threshold) of \(rule.people.map { printable($0.name) }.joined(separator: ", ")) must agree: "
          + "assay trust import MEDIA --propose FILE")
    }
    try verifyCurrent(signed)
    let approvals = try signatures.map { person, signature in
      guard let known = rule.people.first(where: { $0.name.utf8.elementsEqual(person.utf8) }) else {
        throw Failure(.approvalInvalid, printable(person), "the site's rule does not name this person")
      }
      return try Approval(
        verifying: signature, by: Array(person.utf8), PublicKey(spki: known.key), over: signed, to: Self.action)
    }
    try Approval.verifyEnough(approvals, threshold: rule.threshold, for: "trust-import")
    return approvals
  }

  /// That the statement is about these changes to this store, and that nobody changed its trust meanwhile.
  private func verifyCurrent(_ signed: [UInt8]) throws {
    let lines = signed.split(separator: 0x0a, omittingEmptySubsequences: false)
    guard
      let size = lines.first(where: { $0.starts(with: "size ".utf8) }).flatMap({
        UInt64(String(decoding: $0.dropFirst(5), as: UTF8.self))
      })
    else { throw Failure(.approvalInvalid, "trust-import", "the statement has no size") }
    guard let root = try custodian.ledger.root(ofFirst: size) else {
      throw Failure(.approvalInvalid, "trust-import", "it was proposed at \(size) leaves, which this history has not")
    }
    guard try statement(size: size, root: root) == signed else {
      throw Failure(.approvalInvalid, "trust-import", "the statement is about other changes, or another store")
    }
    if let last = custodian.state.changeLeaves.last, last >= size {
      throw Failure(.approvalInvalid, "trust-import", "trust was changed in leaf \(last), after this was proposed")
    }
  }
}
