import MiniatureSigstore
import Octets
import Reasons
import StrictJSON
import TUFMetadata
import Testing
import UpdateFramework

@Suite struct RootChainTests {
  /// Two of three; then one key replaced.
  static func rotated(_ change: (inout SampleRepository) -> Void = { _ in }) -> SampleRepository {
    var repository = SampleRepository {
      $0.keys["root"] = (0..<3).map { _ in SampleKey(.ed25519) }
      $0.thresholds["root"] = 2
    }
    let old = repository.keys["root"] ?? []
    repository.keys["root"] = [SampleKey(.p256)] + old.dropFirst()
    repository.signers["root"] = (repository.keys["root"] ?? []) + old.prefix(1)
    change(&repository)
    repository.publishNextRoot()
    repository.signers["root"] = nil
    repository.publishNextRoot()
    return repository
  }

  @Test func followed() throws {
    let update = try Self.rotated().refreshed()
    #expect(update.state.root.body.version == 3)
    #expect(update.state.versions == [.root: 3, .timestamp: 1, .snapshot: 1, .targets: 1])
  }

  @Test func oldThreshold() {
    // The new key and one old one: two of the new root's, one of the old one's.
    let repository = Self.rotated { $0.signers["root"] = Array(($0.keys["root"] ?? []).prefix(2)) }
    #expect(refusal { _ = try repository.refreshed() } == .tufThresholdNotMet)
  }

  @Test func newThreshold() {
    // Two old keys, of which one is left out of the new root.
    let repository = Self.rotated { $0.signers["root"] = Array(($0.signers["root"] ?? []).suffix(2)) }
    #expect(refusal { _ = try repository.refreshed() } == .tufThresholdNotMet)
  }

  @Test func newThresholdAlone() {
    var repository = SampleRepository { $0.keys["root"]?.append(SampleKey(.ed25519)) }
    repository.thresholds["root"] = 2
    repository.signers["root"] = Array((repository.keys["root"] ?? []).prefix(1))
    repository.publishNextRoot()
    #expect(refusal { _ = try repository.refreshed() } == .tufThresholdNotMet)
    repository.signers["root"] = nil
    repository.publishRoot()
    #expect(refusal { _ = try repository.refreshed() } == nil)
  }

  @Test(arguments: [Int64(1), 3, .max]) func versionsAreConsecutive(_ version: Int64) {
    var repository = SampleRepository()
    repository.edits["root"] = { $0.changing("version", to: .integer(version)) }
    repository.publishNextRoot()
    #expect(refusal { _ = try repository.refreshed() } == .tufRootVersionMismatch)
  }

  /// A root that is left out ends the chain; what a later one authorised is then nobody's.
  @Test func skipped() throws {
    var repository = SampleRepository()
    repository.publishNextRoot()
    let old = repository.keys["timestamp"]
    repository.keys["timestamp"] = [SampleKey(.ed25519)]
    repository.publishNextRoot()
    repository.publishTimestamp()
    #expect(try repository.refreshed().state.root.body.version == 3)
    repository.files["2.root.json"] = nil
    #expect(refusal { _ = try repository.refreshed() } == .tufThresholdNotMet)
    repository.signers["timestamp"] = old
    repository.publishTimestamp()
    #expect(try repository.refreshed().state.root.body.version == 1)
  }

  @Test func intermediateOnesMayHaveExpired() throws {
    var repository = SampleRepository { $0.expires["root"] = "2020-01-01T00:00:00Z" }
    repository.publishNextRoot()
    repository.expires["root"] = nil
    repository.publishNextRoot()
    #expect(try repository.refreshed().ages.map(\.isExpired) == [false, false, false, false])
  }

  @Test func lastOneIsJudged() throws {
    let repository = SampleRepository { $0.expires["root"] = "2026-05-28T20:26:40Z" }
    let expired = try #require(UnixTime(rfc3339: Array("2026-05-28T20:26:40Z".utf8)))
    #expect(refusal { _ = try repository.refreshed(nil, .strict(expired)) } == .tufExpired)
    #expect(refusal { _ = try repository.refreshed(nil, .strict(UnixTime(expired.seconds - 1))) } == nil)
    let age = try #require(try repository.refreshed(nil, .aged(UnixTime(expired.seconds + 90))).ages.first)
    #expect(age.role == .root && age.secondsPastExpiry == 90 && age.isExpired)
  }

  @Test func pinnedOneIsSigned() {
    let repository = SampleRepository { $0.signers["root"] = [SampleKey(.ed25519)] }
    #expect(refusal { _ = try repository.pinned() } == .tufThresholdNotMet)
  }

  @Test func endless() {
    var repository = SampleRepository()
    repository.files["2.root.json"] = [UInt8](repeating: 0x20, count: TUFLimits.rootBytes + 1)
    #expect(refusal { _ = try repository.refreshed() } == .tufLimitExceeded)
  }

  @Test func soManyAndNoMore() throws {
    var repository = SampleRepository()
    for _ in 0..<RepositoryUpdate.rootLimit + 1 { repository.publishNextRoot() }
    let first = try repository.refreshed()
    #expect(first.state.root.body.version == Int64(RepositoryUpdate.rootLimit) + 1)
    #expect(try repository.refreshed(first.state).state.root.body.version == Int64(RepositoryUpdate.rootLimit) + 2)
  }

  // MARK: Who counts

  /// One key under a second ID, and signatures under both: two signatures, one signer.
  @Test(arguments: [false, true]) func oneKeyCountsOnce(_ isOtherKey: Bool) throws {
    let key = SampleKey(.p256)
    let other = isOtherKey ? SampleKey(.p256) : key
    var repository = SampleRepository { $0.keys["timestamp"] = [key] }
    let second = "00"
    repository.edits["root"] = { root in
      // The bare point is another spelling of the same key.
      let object = SampleKey.tuf("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", hexText(other.spki.suffix(65)))
      let ids: JSON = [.text(hexText(key.keyID)), .text(second)]
      return root.changing("keys", second, to: object)
        .changing("roles", "timestamp", to: ["keyids": ids, "threshold": 2])
    }
    repository.publishRoot()
    let timestamp = try JSON(parsing: repository.files["timestamp.json"] ?? [], named: "")
    let signed = try #require(timestamp["signed"])
    let message = try signed.olpcCanonical(named: "")
    let signatures: JSON = [
      ["keyid": .text(hexText(key.keyID)), "sig": .text(hexText(key.sign(message)))],
      ["keyid": .text(second), "sig": .text(hexText(other.sign(message)))],
    ]
    repository.files["timestamp.json"] = (["signed": signed, "signatures": signatures] as JSON).serialized()
    #expect(refusal { _ = try repository.refreshed() } == (isOtherKey ? nil : .tufThresholdNotMet))
  }

  /// A key whose kind nobody here knows never counts, and stops nobody.
  @Test(arguments: [1, 2]) func unknownKinds(_ threshold: Int) {
    var repository = SampleRepository { $0.keys["snapshot"] = [SampleKey(.ed25519), SampleKey(.ed25519)] }
    let unknown = repository.keys["snapshot"]?.first.map { hexText($0.keyID) } ?? ""
    repository.edits["root"] = { root in
      root.changing("keys", unknown, to: ["keytype": "lattice", "scheme": "lattice-1", "keyval": ["seed": 1]])
        .changing("roles", "snapshot", "threshold", to: .integer(Int64(threshold)))
    }
    repository.publishRoot()
    #expect(refusal { _ = try repository.refreshed() } == (threshold == 1 ? nil : .tufThresholdNotMet))
  }

  /// A role may name a key that the root does not hold.
  @Test func absentKeys() {
    var repository = SampleRepository()
    let present = hexText(repository.keys["targets"]?.first?.keyID ?? [])
    repository.edits["root"] = { root in
      root.changing("roles", "targets", "threshold", to: 2)
        .changing("roles", "targets", "keyids", to: [.text(present), "gone"])
    }
    repository.publishRoot()
    #expect(refusal { _ = try repository.refreshed() } == .tufThresholdNotMet)
  }

  @Test(arguments: [KeyAlgorithm.ed25519, .p256, .p384, .rsa(2048)]) func kinds(_ algorithm: KeyAlgorithm) throws {
    let repository = SampleRepository {
      for role in ["root", "timestamp", "snapshot", "targets"] { $0.keys[role] = [SampleKey(algorithm)] }
    }
    #expect(try repository.refreshed().state.versions.count == 4)
  }
}
