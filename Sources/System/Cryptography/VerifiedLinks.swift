import Synchronization

/// Which CA certificate signed which, remembered for the life of the process: a P-384 signature costs more than all
/// other checks of a path together.
///
/// Keyed by the SHA-256 of both certificates, so that it holds at any time and for any purpose. Only links of paths
/// that led to an anchor and broke no rule get in; a stranger's chain cannot fill it.
enum VerifiedLinks {
  /// Links kept. A trust root has about ten; after this many, the rest are verified each time.
  private static let limit = 1024

  private struct Link: Hashable {
    let issuer: ComputedDigest
    let subject: ComputedDigest
  }

  private static let links = Mutex<Set<Link>>([])

  static func contains(_ issuer: Certificate, _ subject: Certificate) -> Bool {
    let link = Link(issuer: issuer.fingerprint, subject: subject.fingerprint)
    return links.withLock { $0.contains(link) }
  }

  /// - Parameter path: one that was verified, leaf first. The link to the leaf is left out: leaves come once.
  static func insert(_ path: [Certificate]) {
    guard path.count > 2 else { return }
    links.withLock { links in
      for index in 1..<path.count - 1 where links.count < limit {
        links.insert(Link(issuer: path[index + 1].fingerprint, subject: path[index].fingerprint))
      }
    }
  }
}
