import FoundationEssentials
import Octets
import Reasons
import Roles
import TUFMetadata
import TestSupport
import Testing
import UpdateFramework

/// Sigstore's own repository in one tar, from its first root on.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct UpstreamChainTests {
  static let folder = "tuf/sigstore-public-good/"
  static let inTime = UnixTime(rfc3339: Array("2026-08-22T00:00:00Z".utf8))!
  static let late = UnixTime(rfc3339: Array("2026-12-24T00:00:00Z".utf8))!

  /// Every file by its name in the tar.
  static let files: [String: [UInt8]] = {
    var files: [String: [UInt8]] = [:]
    func add(_ place: String) {
      for name in (try? Corpus.names(in: folder + place)) ?? [] where name != "registry.npmjs.org" {
        files["\(place)/\(name)"] = try? Corpus.bytes(folder + "\(place)/\(name)")
      }
    }
    for place in ["metadata", "targets", "targets/registry.npmjs.org"] { add(place) }
    return files
  }()

  static let trustedRoot = files.keys.first { $0.hasSuffix(".trusted_root.json") } ?? ""
  static let pinned = UpstreamChain.State(root: files["metadata/1.root.json"] ?? [])

  static func tar(_ files: [String: [UInt8]]) -> [UInt8] {
    TarWriter.archive { writer in
      write(files, to: &writer)
    }
  }

  static func write(_ files: [String: [UInt8]], to writer: inout TarWriter) {
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
      if name.utf8.count > 100 { writer.pax([("path", name)]) }
      writer.file(Array(name.utf8), bytes)
    }
  }

  static func chain(
    from state: UpstreamChain.State = pinned, now: UnixTime = inTime,
    _ edit: (inout [String: [UInt8]]) -> Void = { _ in }
  ) throws -> UpstreamChain {
    var files = files
    edit(&files)
    return try UpstreamChain(tar(files), named: "tuf.tar", from: state, now: now)
  }

  static func refusal(_ body: () throws -> Void) -> Reason? {
    do {
      try body()
      return nil
    } catch let failure as Failure {
      return failure.subject.hasPrefix("tuf.tar") ? failure.reason : nil
    } catch {
      return nil
    }
  }

  @Test func verifiedFromItsFirstRoot() throws {
    #expect(Self.files.count == 31)
    let chain = try Self.chain()
    #expect(chain.trustedRoot == Self.files[Self.trustedRoot])
    #expect(chain.versions[.root] == 15 && chain.versions[.timestamp] == 762 && chain.versions[.snapshot] == 165)
    #expect(chain.state.root == Self.files["metadata/15.root.json"])
    #expect(chain.state.timestamp == Self.files["metadata/timestamp.json"])
    #expect(chain.state.snapshot == Self.files["metadata/165.snapshot.json"])
    // What the trust root rests on, and no other role.
    #expect(chain.state.roles == [.targets: Self.files["metadata/14.targets.json"] ?? []])
    #expect(chain.ages.map(\.role) == [.root, .timestamp, .snapshot, .targets])
    #expect(!chain.ages.contains { $0.isExpired })
  }

  @Test func ageIsSaidAndRefusesNothing() throws {
    let chain = try Self.chain(now: Self.late)
    #expect(chain.ages.filter(\.isExpired).map(\.role) == [.root, .timestamp])
  }

  /// From what was kept, the same again; with the roots that are known already left out.
  @Test func continuesFromItsState() throws {
    let first = try Self.chain { $0["metadata/15.root.json"] = nil }
    #expect(first.versions[.root] == 14)
    let second = try Self.chain(from: first.state) { files in
      for version in 1...14 { files["metadata/\(version).root.json"] = nil }
    }
    #expect(second.versions[.root] == 15)
    #expect(second.state == (try Self.chain().state))
    #expect(try Self.chain(from: second.state).state == second.state)
  }

  @Test func whatIsNotNeededMayBeAbsent() throws {
    let needed = Set(
      (1...15).map { "metadata/\($0).root.json" } + [
        "metadata/timestamp.json", "metadata/165.snapshot.json", "metadata/14.targets.json", Self.trustedRoot,
      ])
    let chain = try Self.chain { files in files = files.filter { needed.contains($0.key) } }
    #expect(chain.state == (try Self.chain().state))
  }

  @Test(arguments: ["timestamp.json", "165.snapshot.json", "14.targets.json"] + (2...14).map { "\($0).root.json" })
  func whatIsNeededMayNot(_ name: String) {
    #expect(Self.refusal { _ = try Self.chain { $0["metadata/\(name)"] = nil } } == .tufFileMissing)
  }

  @Test func theTrustRootItselfMayNot() {
    #expect(Self.refusal { _ = try Self.chain { $0[Self.trustedRoot] = nil } } == .tufFileMissing)
  }

  /// Every file that was carried, needed or not: well formed still, and no longer what was signed.
  @Test(arguments: files.keys.sorted().filter { $0 != "metadata/1.root.json" }) func tampered(_ name: String) {
    let reason = Self.refusal {
      _ = try Self.chain { files in
        guard name.hasPrefix("metadata/") else {
          files[name]?[0] ^= 1
          return
        }
        let text = String(decoding: files[name] ?? [], as: UTF8.self)
        files[name] = Array(
          text.replacing(#""spec_version": "1.0""#, with: #""spec_version": "1.1""#)
            .replacing(#""spec_version":"1.0""#, with: #""spec_version":"1.1""#).utf8)
        #expect(files[name] != Self.files[name])
      }
    }
    #expect(reason == (name.hasPrefix("metadata/") ? .tufThresholdNotMet : .tufHashMismatch))
  }

  /// Whatever a rotation makes the snapshot forget, the roles that the trust root rests on do not go back.
  @Test(arguments: [true, false]) func rolesDoNotGoBack(isAhead: Bool) throws {
    var state = try Self.chain().state
    let version = try Self.chain().versions[.targets] ?? 0
    let kept = String(decoding: try #require(state.roles[.targets]), as: UTF8.self)
    #expect(kept.contains("\"version\": \(version)") || kept.contains("\"version\":\(version)"))
    state.roles[.targets] = Array(
      kept.replacing("\"version\": \(version)", with: "\"version\": \(version + (isAhead ? 1 : 0))")
        .replacing("\"version\":\(version)", with: "\"version\":\(version + (isAhead ? 1 : 0))").utf8)
    #expect(Self.refusal { _ = try Self.chain(from: state) } == (isAhead ? .tufRollback : nil))
  }

  /// The first root is pinned, and the tar's copy of it is not read; another pin is another upstream's.
  @Test func anotherPinIsRefused() throws {
    var state = Self.pinned
    state.root = Array(String(decoding: state.root, as: UTF8.self).replacing("\"1.0\"", with: "\"1.1\"").utf8)
    #expect(Self.refusal { _ = try Self.chain(from: state) } == .tufThresholdNotMet)
    #expect(try Self.chain { $0["metadata/1.root.json"] = nil }.versions[.root] == 15)
  }

  @Test(
    arguments: [
      ("autorun.inf", Reason.trustBundleMalformed), ("metadata/../x", .archiveUnsafePath),
      ("METADATA/timestamp.json", .archiveConfusableName), ("metadata/timestamp.json", .archiveDuplicateEntry),
    ])
  func strangersRefuse(_ name: String, _ reason: Reason) {
    let tar = TarWriter.archive { writer in
      Self.write(Self.files, to: &writer)
      writer.file(Array(name.utf8), [1])
    }
    #expect(
      Self.refusal { _ = try UpstreamChain(tar, named: "tuf.tar", from: Self.pinned, now: Self.inTime) } == reason)
  }

  @Test func otherBytesAreNoTar() {
    let tar = Self.tar(Self.files)
    for (bytes, reason) in [
      ([], Reason.archiveNotRecognised), ([0x1f, 0x8b] + tar, .archiveNotRecognised),
      (Array(tar.prefix(3000)), .archiveTruncated), (Array(tar.prefix(700)), .archiveTruncated),
      (tar + [1], .archiveTrailingData), (Array(tar.dropLast(1024)), .archiveTruncated),
    ] {
      #expect(
        Self.refusal { _ = try UpstreamChain(bytes, named: "tuf.tar", from: Self.pinned, now: Self.inTime) } == reason)
    }
  }

  /// As GNU tar writes it, with folders, a leading `./` and a whole record of zeros.
  @Test func takenFromTar() throws {
    let made = try runChecked(["tar", "-cf", "-", "-C", Corpus.path(Self.folder), "./metadata", "./targets"])
    let chain = try UpstreamChain(made, named: "tuf.tar", from: Self.pinned, now: Self.inTime)
    #expect(chain.versions[.root] == 15)
  }
}
