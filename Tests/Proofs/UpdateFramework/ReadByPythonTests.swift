import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing
import Reasons
import TUFMetadata
import UpdateFramework

/// Our samples are TUF: python-tuf's client takes what ours takes, and refuses what ours refuses.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct ReadByPythonTests {
  static func write(_ repository: SampleRepository, _ stage: String, to folder: TemporaryFolder) throws {
    for (name, bytes) in repository.files { try folder.write("\(stage)/metadata/\(name)", bytes) }
    for (role, targets) in repository.targets where role == "targets" || repository.delegations["targets"] != nil {
      for (path, contents) in targets {
        try folder.write("\(stage)/targets/\(hexText(sha256(contents))).\(path)", contents)
      }
    }
  }

  @Test(arguments: [KeyAlgorithm.ed25519, .p256, .p384, .rsa(2048)], [false, true])
  func taken(_ algorithm: KeyAlgorithm, _ isHashed: Bool) throws {
    let folder = try TemporaryFolder()
    var repository = SampleRepository {
      $0.delegate("team", ("paths", ["t*"]), holding: ["tool"])
      for role in $0.keys.keys { $0.keys[role] = [SampleKey(algorithm)] }
      $0.isHashed = isHashed
    }
    let state = try repository.refreshed().state
    try folder.write("root.json", repository.files["1.root.json"] ?? [])
    try Self.write(repository, "first", to: folder)
    let old = repository.keys["root"] ?? []
    repository.keys["root"] = [SampleKey(algorithm)]
    repository.signers["root"] = (repository.keys["root"] ?? []) + old
    repository.publishNextRoot()
    repository.publishNext()
    try Self.write(repository, "second", to: folder)
    var update = try repository.refreshed(state)
    #expect(try update.target(TargetPath("tool")).role.description == "team")
    #expect(try PythonTUF.client(folder.path, "tool") == ["ok", "ok"])
  }

  @Test func refused() throws {
    let folder = try TemporaryFolder()
    var repository = SampleRepository { $0.versions["targets"] = 3 }
    let state = try repository.refreshed().state
    try folder.write("root.json", repository.files["1.root.json"] ?? [])
    try Self.write(repository, "first", to: folder)
    repository.versions["targets"] = 1
    repository.publishNext()
    try Self.write(repository, "second", to: folder)
    #expect(refusal { _ = try repository.refreshed(state) } == .tufRollback)
    #expect(try PythonTUF.client(folder.path, "a.txt") == ["ok", "BadVersionNumberError"])
  }
}
