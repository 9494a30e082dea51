import Cryptography
import LedgerLeaf
import LogHistory
import LogSnapshot
import Octets
import Policy
import Reasons
import Report
import Roles
import SignedNote
import SiteRules
import StrictJSON
import TUFMetadata
import TrustRoot
import TrustStore
import UpdateFramework

/// What a bundle would change, in words that two people read to each other.
enum TrustText {
  static func lines(_ proposal: TrustImport) -> [String] {
    var lines = ["versions    " + proposal.versions.map { "\($0.role) \($0.version)" }.joined(separator: ", ")]
    lines += proposal.ages.compactMap { expired($0) }
    for step in proposal.upstreams {
      let name = printable(step.folder, limit: 200)
      lines.append("upstream    chain \(name): \(versions(step))")
      lines += step.ages.compactMap { expired($0, of: "upstream \(name) ") }
    }
    if let root = proposal.newRoot {
      let fingerprint = digest(root)
      lines += [
        "root        is replaced, signed by the people of the old one and of the new: \(ClaimedDigest(fingerprint))",
        "            \(Proquint.words(Array(fingerprint.bytes.prefix(16))))",
      ]
    }
    return lines + proposal.visible.flatMap(self.lines)
  }

  private static func expired(_ age: Age, of upstream: String = "") -> String? {
    guard age.isExpired else { return nil }
    let days = age.secondsPastExpiry / 86_400
    return "age         \(upstream)\(age.role) version \(age.version) expired \(age.expires), \(days) days ago"
  }

  /// `root 14 → 15, timestamp 762`
  private static func versions(_ step: UpstreamStep) -> String {
    let top = [RoleName.root, .timestamp, .snapshot, .targets]
    let others = step.after.keys.filter { !top.contains($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return (top + others).compactMap { role in
      guard let new = step.after[role] else { return nil }
      guard let old = step.before?[role], old != new else { return "\(role) \(new)" }
      return "\(role) \(old) → \(new)"
    }.joined(separator: ", ")
  }

  static func lines(_ change: TrustImport.Change) -> [String] {
    lines(change.action, change.name.kind, change.name.name, before: change.before, after: change.content)
  }

  /// A headline, and below it each thing that is new (`+`) or gone (`-`).
  static func lines(
    _ action: ObjectChange.Action, _ kind: [UInt8], _ name: [UInt8], before: [UInt8]?, after: [UInt8]
  ) -> [String] {
    let (old, new) = (items(kind, before ?? []), action == .remove ? [] : items(kind, after))
    let (allOld, allNew) = (Set(old), Set(new))
    let gone = old.filter { !allNew.contains($0) }
    let added = new.filter { !allOld.contains($0) }
    let count =
      action == .replace ? ": \(added.count) new, \(gone.count) gone, \(new.count - added.count) as before" : ""
    return ["\(action.word)\(printable(kind)) \(printable(name))\(count)"]
      + gone.map { "            - \($0)" } + added.map { "            + \($0)" }
  }

  /// What an object of trust says, a line each.
  static func items(_ kind: [UInt8], _ bytes: [UInt8]) -> [String] {
    guard !bytes.isEmpty, let file = BundleFile(kind: kind) else { return [] }
    // It was verified when it came in; what an earlier version wrote and this one cannot read has no words.
    switch file {
    case .trustRoot: return (try? TrustRoot(parsing: bytes, named: "")).map(items) ?? []
    case .key: return (try? PublicKey(pem: bytes)).map { ["key \(ClaimedDigest($0.fingerprint))"] } ?? []
    case .revocationList: return (try? RevocationList(parsing: bytes, named: "")).map { [words($0)] } ?? []
    case .upstream: return ["repository sha256:\(Hex.encode(digest(bytes).bytes)), verified from its own root"]
    case .upstreamRoot: return (try? TrustedState(pinning: bytes, named: "")).map { words($0, bytes) } ?? []
    case .denials: return (try? DenialList(parsing: bytes, named: "")).map(items) ?? []
    case .liftedDenials:
      return (try? LiftedDenials(parsing: bytes, named: ""))?.lifted.map {
        "lifts \($0.denial.map { "denial \($0)" } ?? "all") of \(printable($0.list)), by \(printable($0.by)): \(printable($0.reason))"
      } ?? []
    case .policy: return (try? Policy(document: bytes, named: "")).map(items) ?? []
    case .ageRules: return (try? AgeRules(parsing: bytes, named: ""))?.limits.map(words) ?? []
    case .witnessPolicy: return (try? TLogPolicy(parsing: bytes, named: "")).map(items) ?? []
    case .logSnapshot:
      return (try? Checkpoint(parsing: bytes)).map { [Quantity.count($0.size, "entry", "entries")] } ?? []
    case .approvalRule: return (try? ApprovalRule(parsing: bytes, named: "")).map(items) ?? []
    }
  }

  private static func items(_ root: TrustRoot) -> [String] {
    func line(_ what: String, _ name: String, _ key: ComputedDigest, _ validity: Validity) -> String {
      let until = validity.end.map { " to \($0)" } ?? ""
      return "\(what) \(printable(name)), valid from \(validity.start)\(until), \(short(key))"
    }
    func anchor(_ authority: TrustedAuthority) -> ComputedDigest { digest(authority.authority.anchor.der) }
    return root.certificateAuthorities.map { line("CA", $0.subject, anchor($0), $0.validity) }
      + root.transparencyLogs.map { line("log", $0.name, $0.key.fingerprint, $0.validity) }
      + root.timestampAuthorities.map { line("timestamps by", $0.subject, anchor($0), $0.validity) }
      + root.certificateLogs.map { line("certificate log", $0.name, $0.key.fingerprint, $0.validity) }
  }

  /// A line for each authority, rule, waiver and denial, as the canonical form has it: two people compare what changes.
  private static func items(_ policy: Policy) -> [String] {
    let lists = [("authorities", "authority"), ("rules", "rule"), ("waivers", "waiver"), ("deny", "denies")]
    let root = try? JSON(parsing: policy.canonical, named: "policy")
    return ["policy “\(printable(policy.name))”"]
      + lists.flatMap { key, word -> [String] in
        guard case .array(let elements)? = root?[key] else { return [] }
        return elements.map { "\(word) \(printable((try? $0.canonical()) ?? [], limit: 4096))" }
      }
  }

  private static func items(_ list: DenialList) -> [String] {
    list.denials.map { denial in
      let what =
        switch denial.subject {
        case .digest(let digest): "digest \(digest)"
        case .key(let fingerprint): "key \(fingerprint)"
        case .identity(let identity, let issuer): "identity \(printable(identity)), issuer \(printable(issuer))"
        case .logEntry(let log, let index): "entry \(index) of \(printable(log))"
        }
      return "denies \(what), by \(printable(list.by)), \(list.issued): \(printable(denial.reason))"
    }
  }

  private static func words(_ list: RevocationList) -> String {
    let number = list.number.map { ", number \($0)" } ?? ""
    let next = list.nextUpdate.map { "\(UnixTime($0))" } ?? "not stated"
    return "CRL of \(printable(list.issuer, limit: 200))\(number) of \(UnixTime(list.thisUpdate)), "
      + "\(list.count) revoked, next update \(next)"
  }

  /// For two people to compare, as the site's own root.
  private static func words(_ pinned: TrustedState, _ bytes: [UInt8]) -> [String] {
    let fingerprint = digest(bytes)
    return [
      "the chain begins at root version \(pinned.versions[.root] ?? 0), \(ClaimedDigest(fingerprint))",
      Proquint.words(Array(fingerprint.bytes.prefix(16))),
    ]
  }

  private static func words(_ limit: AgeRules.Limit) -> String {
    let role = limit.role.map { " \(printable($0))" } ?? ""
    return "\(limit.of.rawValue)\(role): warns at \(limit.warn / 86_400) days, ends at \(limit.fail / 86_400)"
  }

  private static func items(_ rule: ApprovalRule) -> [String] {
    ["\(rule.threshold) of \(rule.people.count) people approve changes"]
      + rule.people.map { "\(printable($0.name)), \(short(digest($0.key)))" }
  }

  private static func items(_ policy: TLogPolicy) -> [String] {
    policy.logs.map { "log \(printable($0.name)) is accepted" }
      + policy.witnesses.map { "witness \(printable($0.name))\($0.key == nil ? ", which never counts here" : "")" }
      + [policy.quorum.map { "quorum \(printable($0))" } ?? "no witness must have cosigned"]
  }

  /// A log of a snapshot that verified.
  static func lines(_ log: VerifiedLog) -> [String] {
    let from = log.isNew ? "new here" : "continues all \(log.heads.count) states that were known"
    let witnesses = log.witnessed.map { "\(printable($0.witness)) at \($0.time)" }.joined(separator: ", ")
    let quorum = log.quorum == .met ? "; the quorum is met" : ""
    return [
      "log         \(printable(log.origin)): \(Quantity.count(log.checkpoint.size, "entry", "entries")), signed as \(printable(log.signer)), \(from)",
      "            \(Quantity.count(log.tileCount, "tile")) and \(Quantity.count(log.entryCount, "entry", "entries")) verified",
    ] + (witnesses.isEmpty ? [] : ["            cosigned by \(witnesses)\(quorum)"])
  }

  private static func short(_ digest: ComputedDigest) -> String {
    "sha256:\(Hex.encode(Array(digest.bytes.prefix(8))))…"
  }
}

extension ObjectChange.Action {
  fileprivate var word: String {
    switch self {
    case .add: "adds        "
    case .replace: "replaces    "
    case .remove: "removes     "
    }
  }
}

extension TrustFacts.Aged {
  /// Behind `words`: what the site's limits say.
  var standingWords: String {
    switch standing {
    case .fresh: until.map { "; serves until \($0)" } ?? ""
    case .ageing: ": AGEING; serves until \(until.map { "\($0)" } ?? "")"
    case .tooOld: ": TOO OLD by the site's limits"
    }
  }
}
