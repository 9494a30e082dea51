import Cryptography
import Dossier
import Findings
import Octets
import Policy
import Reasons
import TrustRoot

/// Finds the trust root that an authority means, among those that the operator named and those that bundles brought.
struct RootFinder {
  private let given: GivenTrust
  private let trust: TrustInForce
  /// Each that was asked for.
  private(set) var found: [PolicyInForce.Root] = []

  init(_ given: GivenTrust, _ trust: TrustInForce) {
    self.given = given
    self.trust = trust
  }

  /// - Throws: where an installed trust root no longer reads.
  mutating func standing(_ authority: Authority) throws(Failure) -> (AuthorityStanding, VerdictBasis.Ground) {
    func lacking(_ detail: String) -> (AuthorityStanding, VerdictBasis.Ground) {
      (AuthorityStanding(nil, lacking: Failure(.trustRootMissing, "trust root", detail)), .nothing)
    }
    let wanted = authority.trustRoot ?? given.instance
    let root: PolicyInForce.Root
    if let wanted {
      if let file = given.roots.first(where: { $0.name?.utf8.elementsEqual(wanted.utf8) == true }) {
        root = take(file)
      } else if let installed = trust.root(named: wanted) {
        root = try take(installed)
      } else {
        return lacking(
          "none of the name “\(printable(wanted))” is installed or given; --trusted-root \(printable(wanted))=FILE names one"
        )
      }
    } else if let file = given.roots.first(where: { $0.name == nil }) {
      root = take(file)
    } else {
      let named = given.roots.filter { file in trust.root(named: file.name ?? "") == nil }
      switch (trust.roots.count, named.count) {
      case (0, 0): return lacking("an identity needs an installed trust root, or --trusted-root FILE")
      case (1, 0): root = try take(trust.roots[0])
      case (0, 1): root = take(named[0])
      default:
        return lacking("several are at hand, and authority “\(authority.name)” does not say which it means")
      }
    }
    if root.isInstalled, let tooOld = trust.tooOld { return (AuthorityStanding(nil, lacking: tooOld), .nothing) }
    return (AuthorityStanding(.trustRoot(root.name)), .trustRoot(root.digest))
  }

  private mutating func take(_ file: GivenTrust.Root) -> PolicyInForce.Root {
    if let known = found.first(where: { !$0.isInstalled && $0.bytes == file.bytes }) { return known }
    // As the policy calls it, so that whoever asks again, of saved facts or a dossier, finds it. A file must not pass for
    // what a bundle brought, nor for another file.
    var name = file.name ?? file.file
    while trust.roots.contains(where: { $0.name == name }) || found.contains(where: { $0.name == name }) {
      name = "file " + name
    }
    return add(
      PolicyInForce.Root(name: name, bytes: file.bytes, digest: digest(file.bytes), isInstalled: false, root: file.root)
    )
  }

  private mutating func take(_ installed: (name: String, bytes: [UInt8])) throws(Failure) -> PolicyInForce.Root {
    if let known = found.first(where: { $0.isInstalled && $0.name == installed.name }) { return known }
    // It verified when it was taken in.
    return add(
      PolicyInForce.Root(
        name: installed.name, bytes: installed.bytes, digest: digest(installed.bytes), isInstalled: true,
        root: try TrustRoot(parsing: installed.bytes, named: installed.name)))
  }

  private mutating func add(_ root: PolicyInForce.Root) -> PolicyInForce.Root {
    found.append(root)
    return root
  }
}

extension TrustInForce {
  /// By its path in the bundle, `trust/prod/trusted_root.json`, or by its folder there, `prod`.
  package func root(named name: String) -> (name: String, bytes: [UInt8])? {
    let path = "trust/\(name)/trusted_root.json"
    return roots.first { $0.name.utf8.elementsEqual(name.utf8) || $0.name.utf8.elementsEqual(path.utf8) }
  }
}
