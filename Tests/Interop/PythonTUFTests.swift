import ArgumentParser
import Glibc
import Octets
import Reasons
import TUFMetadata
import TestSupport
import Testing
import UpdateFramework

@testable import CommandLine

/// Repositories that python-tuf makes, honest and not, under its own client and under ours.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct PythonTUFTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    /// Why we refuse the second publication; nil where we take it.
    let reason: Reason?
    /// What python-tuf does where it does not do the same.
    var python: String?
    var target = "file.txt"

    init(_ name: String, _ reason: Reason?, python: String? = nil) {
      self.name = name
      self.reason = reason
      self.python = python
      if name.hasSuffix("team") || name.hasSuffix("delegated") { target = "team/tool" }
    }

    var testDescription: String { name }
  }

  static let scenarios: [Scenario] = [
    Scenario("honest", nil), Scenario("honest-ecdsa", nil), Scenario("honest-rsa", nil),
    Scenario("honest-hashed", nil), Scenario("honest-unicode", nil),
    Scenario("threshold-root", .tufThresholdNotMet), Scenario("threshold-timestamp", .tufThresholdNotMet),
    Scenario("threshold-snapshot", .tufThresholdNotMet), Scenario("threshold-targets", .tufThresholdNotMet),
    Scenario("threshold-delegated", .tufThresholdNotMet),
    // python-tuf counts key IDs, not keys.
    Scenario("one-key-twice", .tufThresholdNotMet, python: "ok"),
    Scenario("expired-root", .tufExpired), Scenario("expired-timestamp", .tufExpired),
    Scenario("expired-snapshot", .tufExpired), Scenario("expired-targets", .tufExpired),
    Scenario("expired-team", .tufExpired), Scenario("expired-root-on-the-way", nil),
    Scenario("skipped-root", .tufRootVersionMismatch), Scenario("lower-timestamp", .tufRollback),
    Scenario("lower-snapshot", .tufRollback), Scenario("lower-targets", .tufRollback),
    Scenario("lower-team", .tufRollback), Scenario("lower-after-rotation", nil),
    Scenario("forward", .tufRollback), Scenario("forward-recovered", nil),
    // Python's integers have no end.
    Scenario("beyond", .tufMalformed, python: "ok"),
    Scenario("mixed-snapshot", .tufVersionMismatch), Scenario("mixed-targets", .tufVersionMismatch),
    Scenario("mixed-team", .tufVersionMismatch), Scenario("mixed-hashed-snapshot", .tufHashMismatch),
    Scenario("mixed-hashed-targets", .tufHashMismatch), Scenario("mixed-hashed-team", .tufHashMismatch),
    Scenario("stranger", .tufThresholdNotMet), Scenario("endless-timestamp", .tufLimitExceeded),
    Scenario("endless-root", .tufLimitExceeded), Scenario("longer-snapshot", .tufLengthMismatch),
    Scenario("target-altered", .tufHashMismatch), Scenario("target-longer", .tufLengthMismatch),
    Scenario("target-shorter", .tufLengthMismatch), Scenario("target-unknown", .tufTargetUnknown),
    Scenario("delegation-loop", .tufTargetUnknown), Scenario("delegation-unlisted", .tufRoleUnlisted),
    Scenario("role-lost", .tufRoleDisappeared), Scenario("delegation-absent", .tufFileMissing),
    Scenario("delegation-outside", .tufTargetUnknown), Scenario("delegation-terminating", .tufTargetUnknown),
    Scenario("delegation-unusual-name", nil),
    // python-tuf reads no root that holds a key of a kind unknown to it.
    Scenario("unknown-key-alone", .tufThresholdNotMet, python: "DeserializationError"),
    Scenario("unknown-key-beside", nil, python: "DeserializationError"),
  ]

  @Test func allAreHere() throws {
    let names = try PythonTUF.run(["scenarios"]).output.split(separator: "\n").map(String.init)
    #expect(names == names.filter { name in Self.scenarios.contains { $0.name == name } })
    #expect(names.count == Self.scenarios.count)
  }

  static func made(_ scenario: Scenario) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let made = try PythonTUF.run(["make", scenario.name, folder.path])
    try #require(made.status == 0, "\(made.errors)")
    return folder
  }

  /// The command with everything but the action; nil where it did what it should, otherwise why not.
  static func run(_ action: [String], _ stage: String, _ scenario: Scenario, in folder: TemporaryFolder) throws
    -> Reason?
  {
    let client = try TUFClient.parse(
      [
        "--metadata-dir", folder.path("kept"), "--repository", folder.path(stage), "--target-name", scenario.target,
        "--target-dir", folder.path("files"),
      ] + action)
    do {
      try client.perform(at: UnixTime(Int64(time(nil))))
      return nil
    } catch let failure as Failure {
      return failure.reason
    }
  }

  @Test(arguments: scenarios) func together(_ scenario: Scenario) throws {
    let folder = try Self.made(scenario)
    #expect(try Self.run(["init", folder.path("root.json")], "first", scenario, in: folder) == nil)
    #expect(try Self.run(["download"], "first", scenario, in: folder) == nil)
    #expect(try Self.run(["download"], "second", scenario, in: folder) == scenario.reason)

    let python = try PythonTUF.client(folder.path, scenario.target)
    #expect(python.first == "ok")
    if let other = scenario.python {
      #expect(python.last == other)
    } else {
      #expect((python.last == "ok") == (scenario.reason == nil), "\(python)")
      // Whoever failed keeps what came before, and both keep the same.
      for name in ["root", "timestamp", "snapshot", "targets", "team"] {
        let ours = try? folder.read("kept/\(name).json")
        let theirs = try? folder.read("python/\(name).json")
        #expect(ours == theirs, "\(name)")
      }
      let flat = scenario.target.replacing("/", with: "%2F")
      #expect(try folder.read("files/\(flat)") == folder.read("python/targets/\(flat)"))
    }
    // The honest first publication again: nothing is worse for having been attacked, save where it went on.
    if scenario.reason != nil, try folder.read("kept/root.json") == folder.read("root.json") {
      let again = try Self.run(["download"], "first", scenario, in: folder)
      #expect(again == nil || again == .tufRollback)
    }
  }

  /// On a machine without a network, age refuses nothing and softens nothing.
  @Test(arguments: scenarios) func aged(_ scenario: Scenario) throws {
    let folder = try Self.made(scenario)
    let now = UnixTime(Int64(time(nil)))
    func update(_ state: TrustedState, _ stage: String) throws -> (TrustedState, [Age]) {
      var update = RepositoryUpdate(of: state, expiry: .aged(now)) { request throws(Failure) in
        try? folder.read("\(stage)/metadata/\(request.fileName)")
      }
      try update.refresh()
      try update.verifyDelegations()
      let target = try update.target(TargetPath(scenario.target))
      let name = String(decoding: try target.storedNames()[0], as: UTF8.self)
      var verifier = try TargetVerifier(target)
      try verifier.update(try folder.read("\(stage)/targets/\(name)")[...])
      _ = try verifier.finish()
      return (update.state, update.ages)
    }
    let (state, _) = try update(try TrustedState(pinning: try folder.read("root.json")), "first")
    var reason: Reason?
    do {
      let (_, ages) = try update(state, "second")
      let expired = ages.filter(\.isExpired).map(\.role)
      #expect(expired == (scenario.reason == .tufExpired ? [RoleName(String(scenario.name.dropFirst(8)))] : []))
    } catch let failure as Failure {
      reason = failure.reason
    }
    #expect(reason == (scenario.reason == .tufExpired ? nil : scenario.reason))
  }

  // MARK: The command

  @Test func statuses() throws {
    let folder = try Self.made(Scenario("honest", nil))
    let scenario = Scenario("honest", nil)
    func status(_ arguments: [String]) -> Int32 {
      do {
        try TUFClient.parse(arguments).run()
        return 0
      } catch let mistake as UsageMistake {
        return Voice.explain(mistake)
      } catch {
        return TUFClient.exitCode(for: error).rawValue
      }
    }
    let kept = ["--metadata-dir", folder.path("kept")]
    #expect(status(kept + ["init"]) == 64)
    #expect(status(kept + ["--repository", folder.path("first"), "refresh"]) == 64)
    try folder.write("bad.json", Array("{}".utf8))
    #expect(status(kept + ["init", folder.path("bad.json")]) == 1)
    #expect(status(kept + ["init", folder.path("root.json")]) == 0)
    #expect(status(kept + ["refresh"]) == 64)
    #expect(status(kept + ["--repository", folder.path("first"), "download"]) == 64)
    #expect(status(kept + ["--repository", folder.path("first"), "refresh"]) == 0)
    try folder.write("second/metadata/timestamp.json", [])
    #expect(status(kept + ["--repository", folder.path("second"), "refresh"]) == 1)
    #expect(try Self.run(["refresh"], "first", scenario, in: folder) == .tufThresholdNotMet)
  }

  /// What is kept and still good is not asked for again; what is kept and damaged is.
  @Test func keptTargets() throws {
    let scenario = Scenario("honest", nil)
    let folder = try Self.made(scenario)
    #expect(try Self.run(["init", folder.path("root.json")], "first", scenario, in: folder) == nil)
    #expect(try Self.run(["download"], "first", scenario, in: folder) == nil)
    let metadata = try folder.read("first/metadata/1.targets.json")
    let target = try folder.read("files/file.txt")
    _ = try runChecked(["rm", "-r", folder.path("first/metadata/1.targets.json"), folder.path("first/targets")])
    #expect(try Self.run(["download"], "first", scenario, in: folder) == nil)
    try folder.write("files/file.txt", [0] + target)
    #expect(try Self.run(["download"], "first", scenario, in: folder) == .tufFileMissing)
    try folder.write("kept/targets.json", [0] + metadata)
    #expect(try Self.run(["refresh"], "first", scenario, in: folder) == .tufFileMissing)
    try folder.write("first/metadata/1.targets.json", metadata)
    #expect(try Self.run(["refresh"], "first", scenario, in: folder) == nil)
    #expect(try folder.read("kept/targets.json") == metadata)
  }
}
