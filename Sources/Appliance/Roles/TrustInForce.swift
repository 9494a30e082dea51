package import Cryptography
package import Octets
package import Policy
package import Reasons
package import Report
package import SiteRules
package import Store
package import LogSnapshot
import TUFMetadata
package import TrustRoot
package import TrustStore
import UpdateFramework

/// What this appliance trusts and denies, as its history has it: all that a verification needs of the store, read once.
package struct TrustInForce: Sendable {
  /// Without a store nothing is installed, and nothing denied.
  package static let none = TrustInForce()

  /// Trust roots, by their names.
  package let roots: [(name: String, bytes: [UInt8])]
  package let revocationLists: [RevocationList]
  /// Of every revocation list; nil where there is none.
  package let revocationsDigest: ComputedDigest?
  package let denials: DenialsInForce
  /// Of every document that denies or lifts; nil where there is none.
  package let denialsDigest: ComputedDigest?
  /// How old everything is that a trust bundle brought.
  package let ages: [TrustFacts.Aged]
  /// Logs, as far as snapshots of them were accepted.
  package let logs: [TrustFacts.Log]
  /// What is kept of them; nil where there are none.
  package let entries: InstalledLogs?
  /// Those of the installed witness policy; empty where there is none.
  package let witnesses: [TLogPolicy.Witness]
  /// The witness policy itself, and its digest; nil where there is none.
  package let witnessPolicy: [UInt8]?
  package let witnessPolicyDigest: ComputedDigest?
  /// Public keys that policies may name by digest.
  package let keys: [PublicKey]
  /// The site's policy, under its name in the bundle; nil where it has none.
  package let policy: (name: String, policy: Policy)?
  /// The same ages, for the limits of a policy's rules; nil where nothing is installed.
  package let policyAges: [TrustAge]?

  /// Up to when it is known what was denied; a list that is dated ahead knows no future.
  private let revocationKnownUntil: UnixTime?

  private init() {
    revocationKnownUntil = nil
    (roots, revocationLists, revocationsDigest, denials, denialsDigest) = ([], [], nil, .none, nil)
    (ages, logs, entries) = ([], [], nil)
    (witnesses, witnessPolicy, witnessPolicyDigest, keys, policy, policyAges) = ([], nil, nil, [], nil, nil)
  }

  /// - Parameter now: the effective time.
  /// - Throws: where an object of the store is gone or damaged, or an older version's rules no longer read.
  package init(_ custodian: Custodian, now: UnixTime) throws {
    let standing = custodian.state.standing
    func all(_ kind: [UInt8]) throws(StoreError) -> [(name: [UInt8], bytes: [UInt8])] {
      var all: [(name: [UInt8], bytes: [UInt8])] = []
      for (name, object) in standing.objects(of: kind) { all.append((name, try custodian.bytes(of: object))) }
      return all
    }
    roots = try all(InstalledTrust.trustRoot).map { (printable($0.name), $0.bytes) }
    let (lists, lifted) = (try all(InstalledTrust.denials), try all(InstalledTrust.liftedDenials))
    denials = try DenialsInForce(
      lists.map { ($0.name, $0.bytes) },
      lifted: lifted.map { ($0.name, try LiftedDenials(parsing: $0.bytes, named: printable($0.name))) })
    revocationKnownUntil = denials.newest.map { min($0, now) }
    func digestOfAll(_ files: [(name: [UInt8], bytes: [UInt8])]) -> ComputedDigest {
      digest(files.flatMap { $0.name + Array("\t\(ClaimedDigest(digest($0.bytes)))\n".utf8) })
    }
    denialsDigest = lists.isEmpty ? nil : digestOfAll(lists + lifted)
    let revocations = try all(InstalledTrust.revocationList)
    revocationsDigest = revocations.isEmpty ? nil : digestOfAll(revocations)
    revocationLists = try revocations.map { try RevocationList(parsing: $0.bytes, named: printable($0.name)) }
    keys = try all(InstalledTrust.key).map { try PublicKey(pem: $0.bytes) }
    policy = try all(InstalledTrust.policy).first.map { file in
      let name = printable(file.name)
      return (name, try Policy(document: file.bytes, named: name))
    }

    let rules = try all(InstalledTrust.ageRules).first.map {
      try AgeRules(parsing: $0.bytes, named: printable($0.name))
    }
    /// Metadata under a name, which for an upstream's has its folder in it.
    func aged(
      _ subject: AgeRules.Subject, _ kinds: [[UInt8]], role: ([UInt8]) -> [UInt8]
    ) throws -> [TrustFacts.Aged] {
      try kinds.flatMap(all).map { name, bytes in
        let role = role(name)
        let age = try Age(ofKept: bytes, RoleName(role), at: now)
        return TrustFacts.Aged(
          of: subject, named: printable(name), role: role, version: age.version, from: age.expires, at: now,
          limit: rules?.limit(of: subject, role: role))
      }
    }
    func aged(_ list: RevocationList) -> TrustFacts.Aged {
      // One that does not say when the next is due ages from its own date.
      TrustFacts.Aged(
        of: .revocationList, named: list.issuer, from: UnixTime(list.nextUpdate ?? list.thisUpdate), at: now,
        limit: rules?.limit(of: .revocationList))
    }
    let installed = try all(InstalledTrust.witnessPolicy).first
    let witnessing = try installed.map { try TLogPolicy(parsing: $0.bytes, named: printable($0.name)) }
    witnesses = witnessing?.witnesses ?? []
    witnessPolicy = installed?.bytes
    witnessPolicyDigest = witnessPolicy.map { digest($0) }
    logs = try standing.objects(of: InstalledTrust.log).map {
      try TrustFacts.Log(
        note: try custodian.bytes(of: $0.object), acceptedAt: $0.object.leaf, $0.object.claimed, witnesses: witnessing,
        now: now, limit: rules?.limit(of: .logSnapshot))
    }
    ages =
      try aged(.bundle, [InstalledTrust.state, InstalledTrust.role]) { $0 }
      + aged(
        .upstream, [InstalledTrust.upstreamState, InstalledTrust.upstreamRole], role: UpstreamPlace.role(of:))
      + Self.consulted(revocationLists, roots).map(aged) + logs.map(\.age)
    policyAges = ages.map { TrustAge($0.limitedAs, $0.subjectWords, from: $0.from) }
    let old = logs.filter { $0.age.standing == .tooOld }.map {
      ($0.origin, Failure(.trustTooOld, "log snapshot", $0.age.words))
    }
    entries = logs.isEmpty ? nil : try InstalledLogs(custodian, tooOld: Dictionary(old) { first, _ in first })
  }

  /// What the authorities of a trust root revoked, as far as bundles said.
  package func revocations(under root: TrustRoot) -> Revocations { Revocations(revocationLists, under: root) }

  /// Of the revocation lists those that count under any of these trust roots.
  package func revocationLists(under roots: [TrustRoot]) -> [RevocationList] {
    Revocations.counting(revocationLists, under: roots)
  }

  /// Of each authority the list that counts, each once.
  private static func consulted(
    _ lists: [RevocationList], _ roots: [(name: String, bytes: [UInt8])]
  ) throws(Failure) -> [RevocationList] {
    if lists.isEmpty { return [] }
    var consulted: [RevocationList] = []
    for (name, bytes) in roots {
      let revocations = Revocations(lists, under: try TrustRoot(parsing: bytes, named: name))
      for signed in revocations.lists where !consulted.contains(signed.list) { consulted.append(signed.list) }
    }
    return consulted
  }

  /// What keeps installed trust from deciding anything: the site's own limit was passed. Of a log, only what is taken from
  /// its snapshot decides nothing.
  package var tooOld: Failure? {
    ages.first { $0.standing == .tooOld && $0.of != .logSnapshot }.map { Failure(.trustTooOld, "trust", $0.words) }
  }

  /// Origins of logs whose snapshots the site's limit ended.
  package var silentLogs: [[UInt8]] { logs.filter { $0.age.standing == .tooOld }.map(\.origin) }

  /// When the first of the site's limits passes; nil where it sets none.
  package var until: UnixTime? { ages.filter { $0.standing != .tooOld }.compactMap(\.until).min() }

  package var facts: TrustFacts {
    TrustFacts(
      ages: ages, logs: logs, denials: denialsDigest.map { ($0, denials.count) },
      revocationKnownUntil: revocationKnownUntil)
  }
}

extension TrustFacts.Aged {
  /// Under which limit of a policy's rules it falls.
  fileprivate var limitedAs: Limits.Subject {
    switch of {
    case .logSnapshot: .logSnapshot
    case .revocationList: .revocationList
    case .bundle, .upstream: role.elementsEqual("timestamp".utf8) ? .timestamp : .trustRoot
    }
  }
}

extension Custodian {
  /// What is in force under a name: out of its leaf, or the object that the leaf names.
  package func bytes(of object: Standing.Object) throws(StoreError) -> [UInt8] {
    if let content = object.content { return content }
    return try store.objects.read(object.digest)
  }
}
