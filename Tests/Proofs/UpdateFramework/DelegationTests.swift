import MiniatureSigstore
import Octets
import Reasons
import StrictJSON
import TUFMetadata
import Testing
import UpdateFramework

@Suite struct DelegationTests {
  /// Who speaks of a path; nil for nobody.
  static func speaker(of path: String, _ change: (inout SampleRepository) -> Void) throws -> String? {
    var update = try SampleRepository(change).refreshed()
    do { return try update.target(TargetPath(path)).role.description } catch {
      #expect(error.reason == .tufTargetUnknown, "\(error)")
      return nil
    }
  }

  @Test func orderDecides() throws {
    func speaker(_ path: String) throws -> String? {
      try Self.speaker(of: path) {
        $0.delegate("one", ("paths", ["a/*"]), holding: ["a/1", "b/1"])
        $0.delegate("two", holding: ["a/1", "b/1"])
        $0.delegate("three", ("paths", ["*/*"]), holding: ["a/1", "b/1", "b/2"])
        $0.delegate("four", from: "one", ("paths", ["*/*"]), holding: ["a/2", "b/2"])
      }
    }
    #expect(try speaker("a.txt") == "targets")
    #expect(try speaker("a/1") == "one")
    // `*` does not cross the slash, so `two` may not speak of it; `one` may not either, whatever it says.
    #expect(try speaker("b/1") == "three")
    // Deeper before later.
    #expect(try speaker("a/2") == "four")
    // `four` may, and `one`, on the way to it, may not.
    #expect(try speaker("b/2") == "three")
    #expect(try speaker("c/1") == nil)
  }

  @Test(arguments: [false, true]) func terminating(_ isTerminating: Bool) throws {
    func speaker(_ path: String) throws -> String? {
      try Self.speaker(of: path) {
        $0.delegate("one", ("paths", ["x*"]), isTerminating: isTerminating)
        $0.delegate("deep", from: "one", holding: ["x1"])
        $0.delegate("two", holding: ["x1", "x2", "y"])
      }
    }
    #expect(try speaker("x1") == "deep")
    #expect(try speaker("x2") == (isTerminating ? nil : "two"))
    // It covers no such path, so that it ends nothing.
    #expect(try speaker("y") == "two")
  }

  @Test func terminatingEndsTheWholeSearch() throws {
    let speaker = try Self.speaker(of: "x") {
      $0.delegate("one")
      $0.delegate("end", from: "one", isTerminating: true)
      $0.delegate("two", holding: ["x"])
    }
    #expect(speaker == nil)
  }

  @Test func hashPrefixes() throws {
    let hash = hexText(sha256(Array("x".utf8)))
    func speaker(_ prefix: String) throws -> String? {
      try Self.speaker(of: "x") { $0.delegate("bin", ("path_hash_prefixes", [prefix]), holding: ["x"]) }
    }
    #expect(try speaker(String(hash.prefix(3))) == "bin" && speaker(hash) == "bin")
    #expect(try speaker(String(hash.dropFirst().prefix(3))) == nil)
  }

  @Test func loopsEnd() throws {
    let speaker = try Self.speaker(of: "x") {
      $0.delegate("one")
      $0.delegate("two", from: "one")
      $0.delegate("one", from: "two")
      $0.delegate("two", from: "two")
      $0.delegate("last", holding: ["x"])
    }
    #expect(speaker == "last")
  }

  /// Refusals, by search and by import.
  static func refused(
    _ change: (inout SampleRepository) -> Void, after spoil: (inout SampleRepository) -> Void = { _ in }
  )
    throws -> Reason?
  {
    var repository = SampleRepository {
      $0.delegate("team", holding: ["x"])
      change(&$0)
    }
    spoil(&repository)
    var search = try repository.refreshed()
    var whole = search
    let found = refusal { _ = try search.target(TargetPath("x")) }
    let imported = refusal { try whole.verifyDelegations() }
    #expect(found == imported)
    return imported
  }

  @Test func roles() throws {
    #expect(try Self.refused { _ in } == nil)
    #expect(try Self.refused { $0.signers["team"] = $0.keys["targets"] } == .tufThresholdNotMet)
    #expect(try Self.refused { $0.thresholds["team"] = 2 } == .tufThresholdNotMet)
    #expect(try Self.refused { $0.expires["team"] = "2020-01-01T00:00:00Z" } == .tufExpired)
    #expect(
      try Self.refused { $0.edits["snapshot"] = { $0.changing("meta", "team.json", to: nil) } } == .tufRoleUnlisted)
    #expect(try Self.refused({ _ in }, after: { $0.files["1.team.json"] = nil }) == .tufFileMissing)
    #expect(
      try Self.refused { $0.edits["snapshot"] = { $0.changing("meta", "team.json", "version", to: 2) } }
        == .tufFileMissing)
    #expect(
      try Self.refused(
        { _ in },
        after: {
          $0.versions["team"] = 2; $0.publishTargets("team")
          $0.files["1.team.json"] = $0.files["2.team.json"]
        }) == .tufVersionMismatch)
    #expect(
      try Self.refused({ $0.isHashed = true }, after: { $0.files["1.team.json"]? += [0x20] }) == .tufLengthMismatch)
    // A delegated role is no snapshot.
    #expect(
      try Self.refused({ _ in }, after: { $0.files["1.team.json"] = $0.files["1.snapshot.json"] }) == .tufMalformed)
  }

  @Test func ages() throws {
    let repository = SampleRepository {
      $0.delegate("team")
      $0.expires["team"] = "2020-01-01T00:00:00Z"
    }
    var update = try repository.refreshed(nil, .aged(SampleRepository.strict.now))
    try update.verifyDelegations()
    #expect(update.ages.filter(\.isExpired).map(\.role) == [RoleName("team")])
    #expect(Set(update.roles.keys) == [.targets, RoleName("team")])
  }

  /// Each delegator says who must sign; who satisfies one does not satisfy the other.
  @Test func everyDelegatorIsAsked() throws {
    var repository = SampleRepository {
      $0.delegate("one", holding: ["1"])
      $0.delegate("two", ("paths", ["y"]), holding: [])
      $0.delegate("shared", from: "one", holding: ["s"])
      $0.delegate("shared", from: "two", ("paths", ["y"]), holding: ["y"])
    }
    var good = try repository.refreshed()
    try good.verifyDelegations()
    #expect(try good.target(TargetPath("s")).role == RoleName("shared"))
    repository.delegations["two"]?[0].keys = [SampleKey(.ed25519)]
    repository.publish()
    var update = try repository.refreshed()
    #expect(refusal { try update.verifyDelegations() } == .tufThresholdNotMet)
    var search = try repository.refreshed()
    #expect(try search.target(TargetPath("s")).role == RoleName("shared"))
    repository.delegations["one"]?[0].scope = ("paths", ["s"])
    repository.publish()
    var other = try repository.refreshed()
    #expect(refusal { _ = try other.target(TargetPath("y")) } == .tufThresholdNotMet)
  }

  @Test(arguments: [0, 1]) func soManyRoles(_ more: Int) throws {
    let repository = SampleRepository {
      for index in 0..<RepositoryUpdate.roleLimit - 1 + more { $0.delegate("r\(index)") }
    }
    var search = try repository.refreshed()
    var whole = search
    #expect(
      refusal { _ = try search.target(TargetPath("x")) } == (more == 0 ? .tufTargetUnknown : .tufLimitExceeded))
    #expect(refusal { try whole.verifyDelegations() } == (more == 0 ? nil : .tufLimitExceeded))
  }

  @Test func unusualNames() throws {
    let repository = SampleRepository { $0.delegate("../team", holding: ["x"]) }
    #expect(repository.files.keys.contains("1...%2Fteam.json"))
    var update = try repository.refreshed()
    #expect(try update.target(TargetPath("x")).role == RoleName("../team"))
  }
}
