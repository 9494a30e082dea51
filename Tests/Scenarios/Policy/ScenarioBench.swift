import Cryptography
import Findings
import LogSnapshot
import MediaReader
import MiniatureSigstore
import OCIImage
import Octets
import Policy
import Readings
import Reasons
import Report
import Roles
import SiteRules
import StrictJSON
import Synchronization
import TestSupport
import TrustRoot

/// Judges scenarios in this process, as `verify` does: the same reader, prover and evaluation. What was read and proven is
/// kept, so that many policies can be tried over one archive.
final class ScenarioBench: Sendable {
  static let shared = try! ScenarioBench()

  struct Answer: Hashable, Sendable, CustomStringConvertible {
    let verdict: Verdict
    let reasons: [String]
    /// What the report says beside the verdict.
    let leansOn: [String]
    var description: String { "\(verdict) \(reasons.joined(separator: ", "))" }
  }

  private struct Held: Sendable {
    let reading: Reading
    var proven: [ProvenKey: [Finding]] = [:]
  }
  private struct ProvenKey: Hashable, Sendable {
    let piece: Int
    let anchor: Finding.Anchor
    let keys: [ClaimedDigest]
  }

  private let folder: TemporaryFolder
  /// Trust roots and witnesses, for scenarios that are quiet and for others.
  private let given: [Bool: GivenTrust]
  private let held = Mutex<[String: Held]>([:])
  private let files = Mutex<[String: String]>([:])

  init() throws {
    folder = try TemporaryFolder()
    let witnesses = try PolicySite.witnessPolicy()
    try folder.write("witnesses", witnesses)
    var given: [Bool: GivenTrust] = [:]
    for isQuiet in [false, true] {
      var trust = GivenTrust()
      trust.witnessPolicy = (try TLogPolicy(parsing: witnesses, named: "witnesses"), witnesses)
      for (name, world) in [("plant", PolicySite.world), ("elsewhere", PolicySite.elsewhere)] {
        let bytes = world.trustedRoot(leavingOut: isQuiet ? [.logs, .certificateLog] : [])
        let file = Self.rootFile(name, isQuiet)
        try folder.write(file, bytes)
        trust.roots.append(
          GivenTrust.Root(name: name, file: file, root: try TrustRoot(parsing: bytes, named: name), bytes: bytes))
      }
      given[isQuiet] = trust
    }
    self.given = given
  }

  private static func rootFile(_ name: String, _ isQuiet: Bool) -> String { "\(name)\(isQuiet ? "-quiet" : "").json" }

  /// The options that name the same trust roots and witnesses.
  func rootOptions(_ scenario: PolicyScenario) -> [String] {
    ["plant", "elsewhere"].flatMap { name in
      ["--trusted-root", "\(name)=\(folder.path(Self.rootFile(name, scenario.isQuiet)))"]
    } + ["--witness-policy", folder.path("witnesses")]
  }

  /// Where the table's policy lies. Tests run side by side: it is written once.
  func file(_ table: PolicyTable) throws -> String {
    try files.withLock { files in
      if let known = files[table.name] { return known }
      let file = try folder.write("policy-\(table.name).json", Array(table.document.utf8))
      files[table.name] = file
      return file
    }
  }

  func policy(_ json: [UInt8]) throws(Failure) -> Policy { try Policy(document: json, named: "policy.json") }

  /// Where the scenario's medium lies.
  func archive(_ scenario: PolicyScenario) throws -> String {
    let path = folder.path(scenario.fileName)
    _ = try reading(scenario)
    return path
  }

  private func reading(_ scenario: PolicyScenario) throws -> Reading {
    try held.withLock { held in
      if let known = held[scenario.fileName] { return known.reading }
      let path = folder.path(scenario.fileName)
      try Packing.tar.write(MediumForm.orasBackupAllTags.entries(scenario.carried), to: path, style: .plain)
      let reading = try Reader.read(.path(path))
      held[scenario.fileName] = Held(reading: reading)
      return reading
    }
  }

  func evidence(_ scenario: PolicyScenario) throws -> [Evidence] { try reading(scenario).archive.evidence }

  func inForce(_ policy: Policy, _ scenario: PolicyScenario) throws -> PolicyInForce {
    try PolicyInForce(
      policy, from: .file("policy.json"), with: given[scenario.isQuiet] ?? GivenTrust(), under: .none,
      now: UnixTime(PolicySite.now))
  }

  func answer(_ scenario: PolicyScenario, under policy: Policy) throws -> Answer {
    let reading = try reading(scenario)
    let now = UnixTime(PolicySite.now)
    let inForce = try inForce(policy, scenario)
    var findings: [Finding] = []
    for (piece, evidence) in reading.archive.evidence.enumerated() {
      for anchor in inForce.anchors {
        var keys: [ClaimedDigest] = []
        if case .keys(let all) = anchor { keys = all.map { ClaimedDigest($0.fingerprint) } }
        let key = ProvenKey(piece: piece, anchor: anchor.name, keys: keys)
        if let known = held.withLock({ $0[scenario.fileName]?.proven[key] }) {
          findings += known
        } else {
          let proven = Prover.prove([evidence], against: [anchor])
          held.withLock { $0[scenario.fileName]?.proven[key] = proven }
          findings += proven
        }
      }
    }
    do throws(Failure) {
      let judgements = try Keeper(nil).judge(
        reading.archive.images, of: reading.archive.documents, findings, by: policy, standing: inForce.standings,
        denying: .none,
        selecting: Selection(.all, platform: scenario.said["platform"].flatMap(Platform.init)),
        archiveFailures: reading.failures,
        on: scenario.occasion(now: now))
      let verdict = judgements.map(\.verdict).max() ?? .refuse
      return Answer(
        verdict: verdict, reasons: judgements.flatMap { $0.reasons.map(\.reason.rawValue) },
        leansOn: judgements.flatMap { judgement in
          judgement.waivers.map(\.name) + (judgement.allowsForeignLayers ? ["foreign layers"] : [])
            + (judgement.until.map { ["until \($0)"] } ?? [])
        })
    } catch {
      return Answer(verdict: Verdict([error]), reasons: [error.reason.rawValue], leansOn: [])
    }
  }
}

extension PolicyScenario {
  fileprivate var fileName: String {
    let bytes = carried.flatMap { one in
      Array("\(one.repository):\(one.tag) \(one.image.digest)".utf8)
    }
    return "\(ClaimedDigest(digest(Array(name.utf8) + [0] + bytes)))".dropFirst(7).prefix(24) + ".tar"
  }
}
