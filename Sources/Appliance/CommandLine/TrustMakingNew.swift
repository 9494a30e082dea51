import ArgumentParser
import BundleMaking
import Cryptography

/// `assay trust new`: the root ceremony's first step.
struct TrustNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Begin a site: who signs for what, as drafts that wait for signatures.",
    discussion: """
      assay trust new site --root-key a.pub --root-key b.pub --root-key c.pub --threshold 2 \\
          --role deny=desk.pub --role timestamp=desk.pub --role snapshot=desk.pub

      The root names the keys of targets, snapshot and timestamp; targets those of trust, policy, deny and logs. A \
      role that is not named has the root's keys. Without :N, two must sign for targets, trust and policy, and one \
      for deny, logs, snapshot and timestamp. Keys are public, PEM, Ed25519 or P-256.

      A version is signed for so many days: root 730; targets, trust, policy and deny 365; logs, snapshot and \
      timestamp 90. The appliance reports how far past its date a role is, and the site's policy judges it.
      """)

  @Argument(help: .init("A folder that is not there yet.", valueName: "DIR")) var folder: String
  @Option(help: .init("A key of the root; give each.", valueName: "PUB")) var rootKey: [String]
  @Option(help: .init("How many of the root's keys must sign.", valueName: "N")) var threshold: Int
  @Option(help: .init("A key of the role targets; give each.", valueName: "PUB")) var targetsKey: [String] = []
  @Option(
    help: .init("A role's keys, and how many must sign: trust=a.pub,b.pub:2.", valueName: "ROLE=PUB,PUB:N"))
  var role: [String] = []
  @Option(help: .init("For how many days a role's versions are signed: timestamp=30.", valueName: "ROLE=DAYS"))
  var days: [String] = []
  @Option(
    help: .init("The time of now, so that a ceremony can be repeated: 2026-11-25T12:00:00Z.", valueName: "TIME"))
  var at: String?

  func run() throws {
    try TrustMaking.run {
      var named: [(path: String, key: PublicKey)] = []
      let site = try Site.make(folder, try plan(&named), at: try TrustMaking.time(at))
      var seen: Set<PublicKey> = []
      let lines = try named.filter { seen.insert($0.key).inserted }.map { try TrustMaking.line($0.path, $0.key) }
      try Render.write(
        (["\(folder) is made. Its keys, as they are named from here on:"] + lines).joined(separator: "\n") + "\n"
          + (try TrustMaking.next(site)))
    }
  }

  private func plan(_ named: inout [(path: String, key: PublicKey)]) throws -> SitePlan {
    func keys(_ paths: [String]) throws -> [PublicKey] {
      let keys = try TrustMaking.keys(paths)
      named += zip(paths, keys).map { ($0, $1) }
      return keys
    }
    var plan = SitePlan(rootKeys: try keys(rootKey), threshold: threshold)
    if !targetsKey.isEmpty { plan.keys[.targets] = try keys(targetsKey) }
    for text in role {
      let (role, value) = try Self.pair(text, "--role", "trust=a.pub,b.pub:2")
      guard role != .root else {
        throw UsageMistake("--role: the root’s keys are given by --root-key and --threshold.")
      }
      guard plan.keys[role] == nil else { throw UsageMistake("--role: \(role) is given twice.") }
      var paths = value
      if let colon = value.lastIndex(of: ":"), let count = Int(value[value.index(after: colon)...]) {
        plan.thresholds[role] = count
        paths = value[..<colon]
      }
      plan.keys[role] = try keys(paths.split(separator: ",").map(String.init))
    }
    for text in days {
      let (role, value) = try Self.pair(text, "--days", "timestamp=30")
      guard plan.days[role] == nil, let count = Int64(value) else {
        throw UsageMistake("--days: “\(text)” is no number of days, or \(role) is given twice.")
      }
      plan.days[role] = count
    }
    return plan
  }

  private static func pair(_ text: String, _ option: String, _ example: String) throws -> (SiteRole, Substring) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let role = SiteRole(rawValue: String(parts[0])) else {
      let names = SiteRole.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageMistake("\(option): “\(text)” names no role and value, as \(example) does. Roles are \(names).")
    }
    return (role, parts[1])
  }
}
