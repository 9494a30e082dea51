import Cryptography
import LogHistory
import LogSnapshot
import Octets
import Policy
import Reasons
import SiteRules
package import TUFMetadata
import TrustRoot
import TrustStore
import UpdateFramework

/// What a file of a trust bundle is, said by the role that vouches for it and its path. Everything else is refused, and
/// the whole bundle with it: what is not understood might have been a denial.
package enum BundleFile: Hashable, Sendable, CaseIterable {
  // Of the role `trust`.
  /// `….trusted_root.json`
  case trustRoot
  /// `….pem`
  case key
  /// `….crl`
  case revocationList
  /// `…/tuf.tar`: an upstream's repository, which brings the `trusted_root.json` of its folder.
  case upstream
  /// `…/root.json`: whence that repository is verified, the first time.
  case upstreamRoot
  // Of the role `policy`.
  /// `policy/policy.yaml`
  case policy
  /// `policy/age-limits.json`
  case ageRules
  /// `policy/lifted-denials.json`
  case liftedDenials
  /// `policy/approvals.json`
  case approvalRule
  /// `policy/witnesses.tlog-policy`
  case witnessPolicy
  // Of the role `deny`.
  /// `deny/000001.json` and on.
  case denials
  // Of the role `logs`.
  /// `logs/NAME.tar`: it proves itself, and is no object of its own (`LogImport`).
  case logSnapshot

  /// - Returns: nil where this version takes no such file from this role.
  package init?(_ path: [UInt8], of role: RoleName) {
    let name = path.split(separator: UInt8(ascii: "/")).last ?? []
    func hasEnding(_ text: String) -> Bool { name.reversed().starts(with: text.utf8.reversed()) }
    func isNamed(_ text: String) -> Bool { path.elementsEqual("policy/\(text)".utf8) }
    // Whatever a role is called: what lies in another one's folder is no trust.
    let foreign = ["policy/", "deny/", "logs/"].contains { path.starts(with: $0.utf8) }
    if role == RoleName("trust"), foreign { return nil }
    switch role {
    case RoleName("trust") where name.elementsEqual("trusted_root.json".utf8): self = .trustRoot
    case RoleName("trust") where name.elementsEqual("tuf.tar".utf8) && path.count > name.count: self = .upstream
    case RoleName("trust") where name.elementsEqual("root.json".utf8) && path.count > name.count: self = .upstreamRoot
    case RoleName("trust") where hasEnding(".pem"): self = .key
    case RoleName("trust") where hasEnding(".crl"): self = .revocationList
    case RoleName("policy") where isNamed("policy.yaml"): self = .policy
    case RoleName("policy") where isNamed("age-limits.json"): self = .ageRules
    case RoleName("policy") where isNamed("lifted-denials.json"): self = .liftedDenials
    case RoleName("policy") where isNamed("approvals.json"): self = .approvalRule
    case RoleName("policy") where isNamed("witnesses.tlog-policy"): self = .witnessPolicy
    case RoleName("logs") where name.count > 4 && name.reversed().starts(with: ".tar".utf8.reversed()):
      self = .logSnapshot
    case RoleName("deny") where Self.number(ofDenials: path) != nil: self = .denials
    default: return nil
    }
  }

  /// What is in force under a kind, where a file of a bundle brought it.
  package init?(kind: [UInt8]) {
    guard let file = Self.allCases.first(where: { $0.kind == kind }) else { return nil }
    self = file
  }

  /// Whether it says what images must show, and not whom to trust.
  var isPolicy: Bool {
    switch self {
    case .trustRoot, .key, .revocationList, .upstream, .upstreamRoot, .denials, .logSnapshot: false
    case .policy, .ageRules, .liftedDenials, .approvalRule, .witnessPolicy: true
    }
  }

  /// Under which the ledger has it.
  var kind: [UInt8] {
    switch self {
    case .trustRoot: InstalledTrust.trustRoot
    case .key: InstalledTrust.key
    case .revocationList: InstalledTrust.revocationList
    case .upstream: InstalledTrust.upstream
    case .upstreamRoot: InstalledTrust.upstreamRoot
    case .policy: InstalledTrust.policy
    case .ageRules: InstalledTrust.ageRules
    case .liftedDenials: InstalledTrust.liftedDenials
    case .approvalRule: InstalledTrust.approvalRule
    case .witnessPolicy: InstalledTrust.witnessPolicy
    case .denials: InstalledTrust.denials
    case .logSnapshot: InstalledTrust.log
    }
  }

  /// That the bytes are what the name says. Whose revocation list it is, and what an upstream's repository says, shows
  /// only beside the other files.
  /// - Throws: the format's own reasons; `trust-bundle.unsupported` for a key of a kind that Assay does not read.
  func verify(_ bytes: [UInt8], named name: String) throws(Failure) {
    switch self {
    case .trustRoot: _ = try TrustRoot(parsing: bytes, named: name)
    case .key:
      do { _ = try PublicKey(pem: bytes) } catch {
        throw Failure(.trustBundleUnsupported, name, "no public key in PEM form that Assay verifies with: \(error)")
      }
    case .revocationList: _ = try RevocationList(parsing: bytes, named: name)
    case .upstream: break
    case .upstreamRoot: _ = try TrustedState(pinning: bytes, named: name)
    case .policy: _ = try Policy(document: bytes, named: name)
    case .ageRules: _ = try AgeRules(parsing: bytes, named: name)
    case .liftedDenials: _ = try LiftedDenials(parsing: bytes, named: name)
    case .approvalRule: _ = try ApprovalRule(parsing: bytes, named: name)
    case .witnessPolicy: _ = try SnapshotVerifier(trustRoots: [], policy: TLogPolicy(parsing: bytes, named: name))
    case .denials: _ = try DenialList(parsing: bytes, named: name)
    case .logSnapshot: break
    }
  }

  /// `deny/000012.json` → 12; nil for other names.
  static func number(ofDenials path: [UInt8]) -> Int? {
    let (start, end) = (Array("deny/".utf8), Array(".json".utf8))
    guard path.starts(with: start), path.reversed().starts(with: end.reversed()) else { return nil }
    let digits = path.dropFirst(start.count).dropLast(end.count)
    guard digits.count == 6, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
