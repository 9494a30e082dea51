import MiniatureSigstore
import Octets
import Reasons
import StrictJSON
import TUFMetadata
import Testing
import UpdateFramework

/// One publication is accepted; the next differs in one thing.
@Suite struct SnapshotStepTests {
  static func next(
    _ first: (inout SampleRepository) -> Void = { _ in }, then change: (inout SampleRepository) -> Void
  ) throws -> (TrustedState, SampleRepository) {
    var repository = SampleRepository {
      $0.delegate("team", holding: ["t"])
      for role in $0.versions.keys where role != "root" { $0.versions[role] = 5 }
      first(&$0)
    }
    let state = try repository.refreshed().state
    change(&repository)
    return (state, repository)
  }

  static func refused(
    _ first: (inout SampleRepository) -> Void = { _ in }, then change: (inout SampleRepository) -> Void
  ) throws -> Reason? {
    let (state, repository) = try next(first, then: change)
    return refusal { _ = try repository.refreshed(state) }
  }

  @Test func accepted() throws {
    let (state, repository) = try Self.next { $0.publishNext() }
    let update = try repository.refreshed(state)
    #expect(update.state.versions == [.root: 1, .timestamp: 6, .snapshot: 6, .targets: 6, RoleName("team"): 6])
    // The old state is a value: an import that throws the new one away has changed nothing.
    #expect(state.versions[.timestamp] == 5)
    // What was kept goes on.
    let resumed = try TrustedState(
      root: update.state.root.bytes, timestamp: update.state.timestamp?.bytes, snapshot: update.state.snapshot?.bytes)
    #expect(resumed.versions == update.state.versions)
    #expect(try repository.refreshed(resumed).state.versions == resumed.versions)
  }

  // MARK: Timestamp

  @Test func timestampSigners() throws {
    #expect(
      try Self.refused {
        $0.signers["timestamp"] = $0.keys["snapshot"]; $0.publishNext()
      } == .tufThresholdNotMet)
  }

  @Test func timestampGoesBack() throws {
    #expect(
      try Self.refused {
        $0.versions["timestamp"] = 4; $0.publishTimestamp()
      } == .tufRollback)
  }

  /// The same version is passed over, whatever it says, and all goes on with the one at hand.
  @Test func timestampStays() throws {
    let (state, repository) = try Self.next {
      $0.versions["snapshot"] = 9; $0.publishTimestamp()
    }
    let update = try repository.refreshed(state)
    #expect(update.state.timestamp?.body.snapshot.version == 5)
  }

  /// Unless a newer root asks for more signatures than the one at hand has.
  @Test func timestampSignedAnew() throws {
    let (state, repository) = try Self.next {
      $0.keys["timestamp", default: []].append(SampleKey(.ed25519))
      $0.thresholds["timestamp"] = 2
      $0.publishNextRoot()
      $0.publishTimestamp()
    }
    let update = try repository.refreshed(state)
    #expect(update.state.timestamp?.signatures.count == 2)
    let (_, unsigned) = try Self.next {
      $0.signers["timestamp"] = $0.keys["timestamp"]
      $0.keys["timestamp", default: []].append(SampleKey(.ed25519))
      $0.thresholds["timestamp"] = 2
      $0.publishNextRoot()
    }
    #expect(refusal { _ = try unsigned.refreshed() } == .tufThresholdNotMet)
  }

  @Test func timestampLeadsBack() throws {
    #expect(
      try Self.refused {
        $0.versions["timestamp"] = 6
        $0.versions["snapshot"] = 4
        $0.publishSnapshot()
        $0.publishTimestamp()
      } == .tufRollback)
  }

  @Test func timestampExpired() throws {
    #expect(
      try Self.refused {
        $0.expires["timestamp"] = "2020-01-01T00:00:00Z"; $0.publishNext()
      } == .tufExpired)
    let (state, repository) = try Self.next {
      $0.expires["timestamp"] = "2020-01-01T00:00:00Z"; $0.publishNext()
    }
    let ages = try repository.refreshed(state, .aged(SampleRepository.strict.now)).ages
    #expect(ages.filter(\.isExpired).map(\.role) == [.timestamp])
  }

  /// The one at hand grows old too.
  @Test func timestampExpiredMeanwhile() throws {
    let (state, repository) = try Self.next { _ in }
    let late = Expiry.strict(UnixTime(2_000_000_000))
    #expect(refusal { _ = try repository.refreshed(state, late) } == .tufExpired)
  }

  @Test func timestampEndless() throws {
    #expect(
      try Self.refused { $0.files["timestamp.json"] = .init(repeating: 0x20, count: TUFLimits.timestampBytes + 1) }
        == .tufLimitExceeded)
  }

  @Test func timestampAbsent() throws {
    #expect(try Self.refused { $0.files["timestamp.json"] = nil } == .tufFileMissing)
  }

  // MARK: Snapshot

  @Test func snapshotSigners() throws {
    #expect(
      try Self.refused {
        $0.signers["snapshot"] = $0.keys["targets"]; $0.publishNext()
      } == .tufThresholdNotMet)
  }

  @Test func snapshotAbsent() throws {
    #expect(
      try Self.refused {
        $0.publishNext(); $0.files["6.snapshot.json"] = nil
      } == .tufFileMissing)
  }

  @Test func snapshotOfAnotherVersion() throws {
    #expect(
      try Self.refused {
        $0.publishNext()
        $0.files["6.snapshot.json"] = $0.files["5.snapshot.json"]
      } == .tufVersionMismatch)
  }

  @Test(arguments: ["targets", "team"]) func roleGoesBack(_ role: String) throws {
    #expect(
      try Self.refused {
        $0.versions[role] = 3
        $0.publishNext()
      } == .tufRollback)
  }

  @Test func roleIsLost() throws {
    #expect(
      try Self.refused {
        $0.targets["team"] = nil
        $0.delegations = [:]
        $0.publishNext()
      } == .tufRoleDisappeared)
  }

  @Test func snapshotExpired() throws {
    #expect(
      try Self.refused {
        $0.expires["snapshot"] = "2020-01-01T00:00:00Z"; $0.publishNext()
      } == .tufExpired)
  }

  /// A newer timestamp over the snapshot at hand: which is not read again, and grows old too.
  @Test func snapshotStays() throws {
    let (state, repository) = try Self.next {
      $0.versions["timestamp"] = 6
      $0.publishTimestamp()
      $0.files["5.snapshot.json"] = nil
    }
    #expect(try repository.refreshed(state).state.versions[.snapshot] == 5)
    let (soon, later) = try Self.next({ $0.expires["snapshot"] = "2026-05-29T00:00:00Z" }) {
      $0.versions["timestamp"] = 6
      $0.publishTimestamp()
    }
    #expect(refusal { _ = try later.refreshed(soon, .strict(UnixTime(1_800_000_000))) } == .tufExpired)
  }

  /// A newer timestamp that leads to other bytes of the same version: those are read, not the ones at hand.
  @Test func snapshotReplaced() throws {
    let (state, repository) = try Self.next({ $0.isHashed = true }) {
      $0.expires["snapshot"] = "2031-01-01T00:00:00Z"
      $0.publishSnapshot()
      $0.versions["timestamp"] = 6
      $0.publishTimestamp()
    }
    #expect(try repository.refreshed(state).state.snapshot?.bytes == repository.files["5.snapshot.json"])
    #expect(state.snapshot?.bytes != repository.files["5.snapshot.json"])
  }

  /// The snapshot at hand is no longer good enough for a root that asks for more signatures.
  @Test func snapshotSignedAnew() throws {
    let (state, repository) = try Self.next {
      $0.signers["snapshot"] = $0.keys["snapshot"]
      $0.keys["snapshot", default: []].append(SampleKey(.ed25519))
      $0.thresholds["snapshot"] = 2
      $0.publishNextRoot()
      $0.versions["timestamp"] = 6
      $0.publishTimestamp()
    }
    #expect(refusal { _ = try repository.refreshed(state) } == .tufThresholdNotMet)
  }

  // MARK: What lists say

  @Test(arguments: ["snapshot", "targets"]) func lengthsAndDigests(_ role: String) throws {
    func refused(_ spoil: @escaping ([UInt8]) -> [UInt8]) throws -> Reason? {
      try Self.refused({ $0.isHashed = true }) {
        $0.publishNext()
        $0.files[$0.name(role)] = spoil($0.files[$0.name(role)] ?? [])
      }
    }
    #expect(try refused { $0 } == nil)
    #expect(try refused { $0 + [0x0a] } == .tufLengthMismatch)
    #expect(try refused { $0.dropLast() } == .tufLengthMismatch)
    // Space is no part of what is signed.
    #expect(try refused { bytes in bytes.map { $0 == 0x0a ? 0x20 : $0 } } == .tufHashMismatch)
  }

  @Test func listedTooLong() throws {
    #expect(
      try Self.refused {
        $0.edits["timestamp"] = {
          $0.changing("meta", "snapshot.json", "length", to: .integer(Int64(TUFLimits.snapshotBytes) + 1))
        }
        $0.publishNext()
      } == .tufLimitExceeded)
  }

  @Test func unknownDigests() throws {
    #expect(
      try Self.refused {
        $0.edits["timestamp"] = { $0.changing("meta", "snapshot.json", "hashes", to: ["blake3": "00"]) }
        $0.publishNext()
      } == .tufHashUnsupported)
  }

  /// The source is asked for no more than is listed.
  @Test func askedForNoMore() throws {
    var repository = SampleRepository { $0.isHashed = true }
    repository.publish()
    var limits: [String: Int] = [:]
    var update = RepositoryUpdate(of: try repository.pinned(), expiry: SampleRepository.strict) { request in
      limits[request.fileName] = request.limit
      return repository.files[request.fileName]
    }
    try update.refresh()
    #expect(
      limits == [
        "2.root.json": TUFLimits.rootBytes, "timestamp.json": TUFLimits.timestampBytes,
        "1.snapshot.json": repository.files["1.snapshot.json"]?.count ?? 0,
        "1.targets.json": repository.files["1.targets.json"]?.count ?? 0,
      ])
  }

  // MARK: Targets

  @Test func targetsSigners() throws {
    #expect(
      try Self.refused {
        $0.signers["targets"] = $0.keys["snapshot"]; $0.publishNext()
      } == .tufThresholdNotMet)
  }

  @Test func targetsAbsent() throws {
    #expect(
      try Self.refused {
        $0.publishNext(); $0.files["6.targets.json"] = nil
      } == .tufFileMissing)
  }

  @Test func targetsOfAnotherVersion() throws {
    #expect(
      try Self.refused {
        $0.publishNext()
        $0.files["6.targets.json"] = $0.files["5.targets.json"]
      } == .tufVersionMismatch)
  }

  @Test func targetsExpired() throws {
    #expect(
      try Self.refused {
        $0.expires["targets"] = "2020-01-01T00:00:00Z"; $0.publishNext()
      } == .tufExpired)
  }

  /// Without consistent snapshots the names say nothing, and all is checked all the same.
  @Test func plainNames() throws {
    let (state, repository) = try Self.next({ $0.isConsistent = false }) { $0.publishNext() }
    #expect(try repository.refreshed(state).state.versions[.snapshot] == 6)
    #expect(repository.files["snapshot.json"] != nil && repository.files["6.snapshot.json"] == nil)
    #expect(
      try Self.refused({ $0.isConsistent = false }) {
        let old = $0.files["targets.json"]
        $0.publishNext()
        $0.files["targets.json"] = old
      } == .tufVersionMismatch)
  }

  /// Two publications of one repository, and any part of one put into the other.
  @Test(arguments: ["timestamp.json", "6.snapshot.json", "6.targets.json"]) func mixed(_ name: String) throws {
    #expect(
      try Self.refused({ $0.isHashed = true }) {
        $0.publishNext()
        var other = $0
        other.targets["targets"]?["b"] = [1]
        other.publish()
        $0.files[name] = other.files[name]
      } != nil)
  }

  /// A step that fails leaves what the steps before it established.
  @Test func partialProgress() throws {
    let (state, repository) = try Self.next {
      $0.publishNextRoot()
      $0.publishNext()
      $0.files["6.snapshot.json"] = nil
    }
    var update = RepositoryUpdate(of: state, expiry: SampleRepository.strict, from: repository.source)
    #expect(refusal { try update.refresh() } == .tufFileMissing)
    #expect(update.state.versions == [.root: 2, .timestamp: 6, .snapshot: 5, .targets: 5, RoleName("team"): 5])
  }
}
