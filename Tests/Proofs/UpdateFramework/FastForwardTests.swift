import MiniatureSigstore
import Reasons
import TUFMetadata
import Testing
import UpdateFramework

/// Versions at the end of their range, and the way back (§5.3.11).
@Suite struct FastForwardTests {
  static let roles = ["timestamp", "snapshot", "targets"]

  /// Accepted at 2^63 − 1, then published at 7 again.
  static func forwarded(
    _ role: String, then change: (inout SampleRepository) -> Void
  ) throws -> (TrustedState, SampleRepository) {
    var repository = SampleRepository { $0.versions[role] = .max }
    let state = try repository.refreshed().state
    for role in roles { repository.versions[role] = 7 }
    change(&repository)
    repository.publishNextRoot()
    repository.publish()
    return (state, repository)
  }

  @Test(arguments: roles) func noWayBack(_ role: String) throws {
    let (state, repository) = try Self.forwarded(role) { _ in }
    #expect(refusal { _ = try repository.refreshed(state) } == .tufRollback)
  }

  @Test(arguments: roles, ["timestamp", "snapshot"]) func wayBack(_ role: String, _ rotated: String) throws {
    let (state, repository) = try Self.forwarded(role) { $0.keys[rotated] = [SampleKey(.ed25519)] }
    #expect(try repository.refreshed(state).state.versions[RoleName(role)] == 7)
  }

  /// But for targets roles, where what was kept of them is at hand: an older snapshot is for ever good to whoever reads
  /// expiry as an age.
  @Test(arguments: [(6, true, true), (7, true, false), (8, true, false), (6, false, false)])
  func noWayBackForTargets(_ version: Int64, isAged: Bool, isRefused: Bool) throws {
    var repository = SampleRepository { $0.versions["targets"] = 7 }
    let first = try repository.refreshed()
    repository.versions["targets"] = version
    repository.keys["snapshot"] = [SampleKey(.ed25519)]
    repository.publishNextRoot()
    repository.publish()
    var update = RepositoryUpdate(
      of: first.state, expiry: isAged ? .aged(SampleRepository.strict.now) : SampleRepository.strict,
      keeping: { first.roles[$0]?.bytes }, from: repository.source)
    #expect(refusal { try update.refresh() } == (isRefused ? .tufRollback : nil))
  }

  /// None of these takes a key away from timestamp or snapshot.
  @Test(arguments: ["added", "targets", "root", "threshold"]) func noRotation(_ change: String) throws {
    let (state, repository) = try Self.forwarded("targets") {
      switch change {
      case "added":
        $0.keys["timestamp", default: []].append(SampleKey(.ed25519))
        $0.keys["snapshot", default: []].append(SampleKey(.ed25519))
      case "threshold":
        $0.keys["snapshot", default: []].append(SampleKey(.ed25519))
        $0.thresholds["snapshot"] = 2
      case "root":
        $0.signers["root"] = ($0.keys["root"] ?? []) + [SampleKey(.ed25519)]
        $0.keys["root"] = Array(($0.signers["root"] ?? []).suffix(1))
      default: $0.keys["targets"] = [SampleKey(.ed25519)]
      }
    }
    #expect(refusal { _ = try repository.refreshed(state) } == .tufRollback)
  }

  /// Taken away and given back on the way: rotated all the same.
  @Test func onTheWay() throws {
    var repository = SampleRepository { $0.versions["timestamp"] = 9 }
    let state = try repository.refreshed().state
    let key = repository.keys["timestamp"]
    repository.keys["timestamp"] = [SampleKey(.ed25519)]
    repository.publishNextRoot()
    repository.keys["timestamp"] = key
    repository.publishNextRoot()
    repository.versions["timestamp"] = 2
    repository.publish()
    #expect(try repository.refreshed(state).state.versions[.timestamp] == 2)
  }

  /// An update that fails behind the rotation does not remember what the rotation forgot.
  @Test func forgottenForGood() throws {
    let (state, repository) = try Self.forwarded("snapshot") {
      $0.keys["snapshot"] = [SampleKey(.ed25519)]
      $0.expires["root"] = "2020-01-01T00:00:00Z"
    }
    var update = RepositoryUpdate(of: state, expiry: SampleRepository.strict, from: repository.source)
    #expect(refusal { try update.refresh() } == .tufExpired)
    #expect(update.state.versions == [.root: 2])
  }
}
