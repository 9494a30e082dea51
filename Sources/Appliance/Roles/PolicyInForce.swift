package import Cryptography
package import Dossier
package import Findings
package import LogSnapshot
package import Octets
package import Policy
package import ProofRequests
package import Reasons
package import Report
import SiteRules
package import TrustRoot

/// A policy, and what its authorities stand on here: all that judging takes beside the evidence and the occasion.
package struct PolicyInForce: Sendable {
  /// A trust root that some authority stands on.
  package struct Root: Sendable {
    /// By which findings say that they were proven against it.
    package let name: String
    package let bytes: [UInt8]
    package let digest: ComputedDigest
    /// Whether a trust bundle brought it.
    package let isInstalled: Bool
    let root: TrustRoot
  }

  package let policy: Policy
  package let origin: PolicyOrigin
  /// What evidence is to be proven against, for a prover in a process of its own, which gets no more than it needs.
  package let request: ProofRequest
  /// Of each authority, in the policy's order.
  package let standings: [AuthorityStanding]
  /// Of the keys that the policy names, those at hand.
  package let keys: [PublicKey]
  package let trustRoots: [Root]
  /// A witness policy in a file; nil where the installed one counts, or none.
  package let givenWitnessPolicy: [UInt8]?
  /// Whether the policy, or a trust root that an authority stands on, came with a trust bundle, and grows old with it.
  package let restsOnBundle: Bool
  /// When the first of the site's limits passes; nil where nothing rests on a trust bundle.
  package let until: UnixTime?
  /// What verdicts rest on, with what the site denies.
  package let trustBasis: ClaimedDigest
  private let trust: TrustInForce
  private let witnesses: [TLogPolicy.Witness]

  /// - Parameters:
  ///   - given: what the operator brought along.
  ///   - trust: what trust bundles brought.
  ///   - now: the effective time.
  /// - Throws: where an installed trust root no longer reads: the program's trouble, not the image's.
  package init(
    _ policy: Policy, from origin: PolicyOrigin, with given: GivenTrust = GivenTrust(), under trust: TrustInForce,
    now: UnixTime
  ) throws(Failure) {
    self.policy = policy
    self.origin = origin
    let wanted = policy.keys
    var keys: [PublicKey] = []
    for key in policy.keysInPlace + given.keys + trust.keys
    where wanted.contains(where: { $0 == key.fingerprint }) && !keys.contains(key) {
      keys.append(key)
    }
    self.keys = keys

    // The site's limit ends what rests on its bundle: an installed root, and under an installed policy everything.
    let policyIsInstalled = if case .installed = origin { true } else { false }
    var finder = RootFinder(given, trust)
    var standings: [AuthorityStanding] = []
    var grounds: [(VerdictBasis.Ground, Reason?)] = []
    for authority in policy.authorities {
      var (standing, ground): (AuthorityStanding, VerdictBasis.Ground)
      switch authority.signer {
      case .keys(let names): (standing, ground) = Self.standing(names, keys)
      case .keyless, .certificate: (standing, ground) = try finder.standing(authority)
      }
      if policyIsInstalled, let tooOld = trust.tooOld {
        (standing, ground) = (AuthorityStanding(nil, lacking: tooOld), .nothing)
      }
      standings.append(standing)
      grounds.append((ground, standing.lacking?.reason))
    }
    self.standings = standings
    trustRoots = finder.found.filter { root in standings.contains { $0.anchor == .trustRoot(root.name) } }
    restsOnBundle = policyIsInstalled || trustRoots.contains(where: \.isInstalled)
    until = restsOnBundle ? trust.until : nil

    self.trust = trust
    witnesses = given.witnessPolicy.map(\.policy.witnesses) ?? trust.witnesses
    givenWitnessPolicy = given.witnessPolicy?.bytes
    let hasRoots = !trustRoots.isEmpty
    request = ProofRequest(
      keys: standings.contains { $0.anchor == .keys } ? keys.map(\.spki) : [],
      roots: trustRoots.map {
        ProofRequest.Root(name: $0.name, bytes: $0.bytes, consultsEntries: $0.isInstalled && trust.entries != nil)
      }, revocationLists: trust.revocationLists(under: trustRoots.map(\.root)).map(\.der),
      witnessPolicy: hasRoots ? givenWitnessPolicy ?? trust.witnessPolicy : nil, now: now)
    trustBasis = VerdictBasis.trust(
      grounds, keys: keys.map(\.fingerprint), revocations: hasRoots ? trust.revocationsDigest : nil,
      denials: trust.denialsDigest, silentLogs: trustRoots.contains(where: \.isInstalled) ? trust.silentLogs : [],
      witnesses: hasRoots ? givenWitnessPolicy.map { digest($0) } ?? trust.witnessPolicyDigest : nil)
  }

  private static func standing(_ names: KeySet, _ keys: [PublicKey]) -> (AuthorityStanding, VerdictBasis.Ground) {
    let missing = names.all.first { name in !keys.contains { name == $0.fingerprint } }
    let lacking = missing.map {
      Failure(.policyKeyMissing, "\($0)", "the key stands neither in the policy nor in the installed trust")
    }
    let isAnyAtHand = names.all.contains { name in keys.contains { name == $0.fingerprint } }
    return (AuthorityStanding(isAnyAtHand ? .keys : nil, lacking: lacking), isAnyAtHand ? .keys : .nothing)
  }

  /// Log entries for the roots that may consult them.
  package var entries: InstalledLogs? { trust.entries }

  /// What evidence is proven against, each once, for a prover in this process: in the order of the request. Revocation lists
  /// are verified each time that this is asked for.
  package var anchors: [Prover.Anchor] {
    (request.keys.isEmpty ? [] : [.keys(keys)])
      + trustRoots.map { root in
        .trustRoot(
          root.root, named: root.name, now: request.now, revocations: trust.revocations(under: root.root),
          entries: root.isInstalled ? trust.entries : nil, witnesses: witnesses)
      }
  }

  /// For the dossier.
  package func question(on occasion: Occasion) -> Dossier.Question {
    Dossier.Question(
      policy: policy, anchors: standings.map(\.anchor), keys: keys,
      trustRoots: trustRoots.map { Dossier.Root(name: $0.name, bytes: $0.bytes) }, witnessPolicy: givenWitnessPolicy,
      occasion: occasion)
  }

  /// For the report.
  package var rootFacts: [TrustRootFacts] {
    trustRoots.map { TrustRootFacts(name: $0.name, digest: $0.digest, isInstalled: $0.isInstalled) }
  }

  /// Whether a finding was made under a trust root that a bundle brought.
  package func isOnInstalledRoot(_ finding: Finding) -> Bool {
    trustRoots.contains { $0.isInstalled && finding.anchor == .trustRoot($0.name) }
  }
}

extension Policy {
  /// What is to be said beside a verdict: waivers that are meant for the image, and that expired.
  package func notes(on judgement: ImageJudgement, at now: UnixTime) -> [Failure] {
    Set(judgement.parts.flatMap(\.choice.waivers)).sorted().map { waivers[$0] }
      .filter { $0.expires <= now }.map { Failure(.policyWaiverExpired, "policy", $0.wording) }
  }
}

/// What the operator brought along to prove with.
package struct GivenTrust: Sendable {
  package struct Root: Sendable {
    /// By which authorities name it; nil for those that name none.
    package let name: String?
    /// The file's own name.
    package let file: String
    package let root: TrustRoot
    package let bytes: [UInt8]

    package init(name: String?, file: String, root: TrustRoot, bytes: [UInt8]) {
      self.name = name
      self.file = file
      self.root = root
      self.bytes = bytes
    }
  }

  package var keys: [PublicKey] = []
  package var roots: [Root] = []
  /// Of several installed roots, the one for authorities that name none.
  package var instance: String?
  package var witnessPolicy: (policy: TLogPolicy, bytes: [UInt8])?

  package init() {}
}
