import Octets
import Reasons
import TUFMetadata
import TestSupport
import Testing
import UpdateFramework

/// Sigstore's own repository, from its first root on.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct SigstoreRepositoryTests {
  static let folder = "tuf/sigstore-public-good/"
  static let inTime = UnixTime(rfc3339: Array("2026-08-22T00:00:00Z".utf8))!
  static let late = UnixTime(rfc3339: Array("2026-12-24T00:00:00Z".utf8))!

  static let metadata: [String: [UInt8]] = {
    guard let names = try? Corpus.names(in: folder + "metadata") else { return [:] }
    return names.reduce(into: [:]) { $0[$1] = try? Corpus.bytes(folder + "metadata/" + $1) }
  }()

  /// Refreshed with all delegations; `edit` changes the files first.
  static func update(
    _ expiry: Expiry, _ edit: (inout [String: [UInt8]]) -> Void = { _ in }
  ) throws -> RepositoryUpdate {
    var files = metadata
    edit(&files)
    let state = try TrustedState(pinning: files["1.root.json"] ?? [])
    var update = RepositoryUpdate(of: state, expiry: expiry) { [files] in files[$0.fileName] }
    try update.refresh()
    try update.verifyDelegations()
    return update
  }

  @Test func accepted() throws {
    let update = try Self.update(.strict(Self.inTime))
    let versions = update.state.versions
    #expect(versions[.root] == 15 && versions[.timestamp] == 762 && versions[.snapshot] == 165)
    #expect(versions[.targets] == 14 && versions[RoleName("registry.npmjs.org")] == 8)
    #expect(!update.ages.contains { $0.isExpired })
    #expect(update.ages.count == 5)
  }

  @Test func late() throws {
    #expect(refusal { _ = try Self.update(.strict(Self.late)) } == .tufExpired)
    let ages = try Self.update(.aged(Self.late)).ages
    #expect(ages.filter(\.isExpired).map(\.role) == [.root, .timestamp, RoleName("registry.npmjs.org")])
    let timestamp = try #require(ages.first { $0.role == .timestamp })
    #expect(timestamp.secondsPastExpiry == Self.late.seconds - timestamp.expires.seconds)
  }

  /// Every file that trust goes through: well formed still, and no longer signed.
  @Test(
    arguments: (1...15).map { "\($0).root.json" } + [
      "timestamp.json", "165.snapshot.json", "14.targets.json", "8.registry.npmjs.org.json",
    ])
  func tampered(_ name: String) throws {
    for expiry in [Expiry.strict(Self.inTime), .aged(Self.inTime)] {
      let reason = refusal {
        _ = try Self.update(expiry) { files in
          let text = String(decoding: files[name] ?? [], as: UTF8.self)
          files[name] = Array(
            text.replacing(#""spec_version": "1.0""#, with: #""spec_version": "1.1""#)
              .replacing(#""spec_version":"1.0""#, with: #""spec_version":"1.1""#).utf8)
          #expect(files[name] != Self.metadata[name])
        }
      }
      #expect(reason == .tufThresholdNotMet)
    }
  }

  /// Without any one of the files there is no way through, or an old one: root 12, which roots 13 and 14 continue, still
  /// authorises enough of today's keys, and its age shows what is missing.
  @Test(
    arguments: (2...14).map { "\($0).root.json" } + [
      "timestamp.json", "165.snapshot.json", "14.targets.json", "8.registry.npmjs.org.json",
    ])
  func absent(_ name: String) {
    #expect(refusal { _ = try Self.update(.strict(Self.inTime)) { $0[name] = nil } } != nil)
  }

  static let targets = [
    "artifact.pub", "ctfe.pub", "ctfe_2022.pub", "fulcio.crt.pem", "fulcio_intermediate_v1.crt.pem",
    "fulcio_v1.crt.pem",
    "registry.npmjs.org/keys.json", "rekor.pub", "signing_config.json", "signing_config.v0.2.json",
    "signing_config_rekor_v2.v0.2.json", "trusted_root.json",
  ]

  @Test(arguments: targets) func files(_ path: String) throws {
    var update = try Self.update(.strict(Self.inTime))
    let target = try update.target(TargetPath(path))
    #expect(target.role == (path.contains("npmjs") ? RoleName("registry.npmjs.org") : .targets))
    let name = String(decoding: try #require(try target.storedNames().first), as: UTF8.self)
    let bytes = try Corpus.bytes(Self.folder + "targets/" + name)
    var verifier = try TargetVerifier(target)
    try verifier.update(bytes[...])
    #expect(try verifier.finish().target == target)
    var other = try TargetVerifier(target)
    try other.update(([bytes[0] ^ 1] + bytes.dropFirst())[...])
    var reason: Reason?
    do { _ = try other.finish() } catch { reason = error.reason }
    #expect(reason == .tufHashMismatch)
  }

  /// npm's role may speak of its own folder alone.
  @Test func unknown() throws {
    var update = try Self.update(.strict(Self.inTime))
    for path in ["keys.json", "registry.npmjs.org/other", "registry.npmjs.org/a/keys.json"] {
      #expect(refusal { _ = try update.target(TargetPath(path)) } == .tufTargetUnknown)
    }
  }
}
