package import Cryptography
package import Reasons

/// The revocation lists that authorities of a trust root signed: of each authority its newest.
package struct Revocations: Sendable {
  /// A list and who signed it.
  package struct Signed: Sendable {
    package let list: RevocationList
    /// A CA certificate of the trust root.
    package let signer: Certificate
  }

  package let lists: [Signed]

  /// Nothing is known to be revoked.
  package static let none = Revocations(lists: [])

  private init(lists: [Signed]) { self.lists = lists }

  /// - Parameter lists: in any order. Those of authorities that are none of this trust root's are other instances', and
  ///   are left out.
  package init(_ lists: [RevocationList], under trustRoot: TrustRoot) {
    var newest: [Signed] = []
    for list in lists {
      guard let signer = try? trustRoot.signer(of: list) else { continue }
      guard let known = newest.firstIndex(where: { $0.signer.isSameAuthority(as: signer) }) else {
        newest.append(Signed(list: list, signer: signer))
        continue
      }
      if newest[known].list.isOlder(than: list) { newest[known] = Signed(list: list, signer: signer) }
    }
    self.lists = newest
  }

  /// Of these lists the ones that count under any of these trust roots, each once and in the same order: with them alone,
  /// each trust root has the revocations that it has with all of them.
  package static func counting(_ lists: [RevocationList], under trustRoots: [TrustRoot]) -> [RevocationList] {
    var left = Set(trustRoots.flatMap { Revocations(lists, under: $0).lists.map(\.list.fingerprint) })
    return lists.filter { left.remove($0.fingerprint) != nil }
  }

  /// The lists that say whether a certificate is revoked: its issuer's by name, signed by whoever stands in the chain of
  /// the authority that its path leads to. So a CA with a new key speaks for what the old one issued (RFC 5280 §6.3.3
  /// (f): list and certificate end at one anchor), and nobody speaks for a stranger of the same name.
  package func lists(concerning certificate: Certificate, of authority: TrustedAuthority) -> [RevocationList] {
    lists.filter { signed in
      signed.list.concerns(certificate) && authority.issuers.contains { $0.isSameAuthority(as: signed.signer) }
    }.map(\.list)
  }
}

extension TrustRoot {
  /// The CA certificate of this trust root that signed a revocation list: an anchor, or one of an authority's
  /// intermediates.
  ///
  /// - Throws: `crl.issuer-unknown`; `crl.invalid` where an authority is named and did not sign it, or may not;
  ///   `crl.unsupported` for the algorithm.
  package func signer(of list: RevocationList) throws(Failure) -> Certificate {
    var closest: Failure?
    for issuer in (certificateAuthorities + timestampAuthorities).flatMap(\.issuers)
    where list.mayBeIssued(by: issuer) {
      do throws(CryptographyError) {
        try list.verify(under: issuer)
        return issuer
      } catch {
        closest = closest ?? Failure(error, signing: list)
      }
    }
    throw closest
      ?? Failure(.revocationListIssuerUnknown, "CRL", "“\(list.issuer)” is no authority of the trust root")
  }
}

extension TrustRoot {
  /// The same among several trust roots.
  package static func signer(of list: RevocationList, in roots: [TrustRoot]) throws(Failure) -> Certificate {
    var closest = Failure(.revocationListIssuerUnknown, "CRL", "“\(list.issuer)” is no authority of a trust root")
    for root in roots {
      do throws(Failure) { return try root.signer(of: list) } catch {
        if closest.reason == .revocationListIssuerUnknown { closest = error }
      }
    }
    throw closest
  }
}

extension TrustedAuthority {
  /// Certificates of the chain that issue others.
  fileprivate var issuers: [Certificate] { authority.intermediates + [authority.anchor] }
}

extension Failure {
  fileprivate init(_ error: CryptographyError, signing list: RevocationList) {
    switch error {
    case .unsupported(let detail): self.init(.revocationListUnsupported, "CRL", detail)
    case .invalidSignature: self.init(.revocationListInvalid, "CRL", "“\(list.issuer)” did not sign it")
    case .malformed(let detail), .untrusted(let detail), .outsideValidity(let detail), .notPermitted(let detail),
      .criticalExtension(let detail):
      self.init(.revocationListInvalid, "CRL", detail)
    }
  }
}

extension RevocationList {
  /// - Parameter name: what errors call the file.
  /// - Throws: `crl.malformed`, `crl.unsupported`
  package init(parsing file: [UInt8], named name: String) throws(Failure) {
    do throws(CryptographyError) { try self.init(file) } catch {
      switch error {
      case .unsupported(let detail): throw Failure(.revocationListUnsupported, name, detail)
      case .criticalExtension(let detail):
        throw Failure(.revocationListUnsupported, name, "a critical extension that nobody here knows, \(detail)")
      default: throw Failure(.revocationListMalformed, name, "\(error.words)")
      }
    }
  }
}

extension CryptographyError {
  fileprivate var words: String {
    if case .malformed(let detail) = self { return detail }
    return "\(self)"
  }
}
