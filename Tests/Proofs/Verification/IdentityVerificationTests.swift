import Findings
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

/// What trust root and clock decide, and what comes out.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct IdentityVerificationTests {
  /// The entry of `happy-path-v0.3` was taken in at 2024-03-19T17:26:26Z.
  static let roots: [SpoiltRoot] = [
    SpoiltRoot("the log's window ends with that second", nil) {
      $0.setting("tlogs.0.publicKey.validFor.end", "2024-03-19T17:26:26Z")
    },
    SpoiltRoot("the log's window ends a second before", .logKeyOutsideValidity) {
      $0.setting("tlogs.0.publicKey.validFor.end", "2024-03-19T17:26:25Z")
    },
    SpoiltRoot("the log's window starts with that second", nil) {
      $0.setting("tlogs.0.publicKey.validFor.start", "2024-03-19T17:26:26Z")
    },
    SpoiltRoot("the log's window starts a second later", .logKeyOutsideValidity) {
      $0.setting("tlogs.0.publicKey.validFor.start", "2024-03-19T17:26:27Z")
    },
    SpoiltRoot("the log stands there twice, and one window fits", nil) {
      let log = $0[at: "tlogs.0"]
      return $0.setting("tlogs", [log.setting("publicKey.validFor.end", "2022-01-01T00:00:00Z"), log])
    },
    SpoiltRoot("the log's key is of a kind not read", .logUnknown) {
      $0.setting("tlogs.0.publicKey.keyDetails", "ML_DSA_65")
    },
    SpoiltRoot("the log's key is another", .logPromiseInvalid) {
      $0.setting("tlogs.0.publicKey.rawBytes", $0[at: "ctlogs.0.publicKey.rawBytes"])
    },
    SpoiltRoot("no log at all: no entry is asked for, and none gives a time", .timeMissing) { $0.setting("tlogs", []) },
    SpoiltRoot("no log but one not read", .logUnknown) {
      $0.setting("tlogs", [$0[at: "tlogs.0"].setting("publicKey.keyDetails", "ML_DSA_65")])
    },
    SpoiltRoot("the authority's window starts a second later", .certificateOutsideValidity) {
      $0.setting("certificateAuthorities.1.validFor.start", "2024-03-19T17:26:27Z")
    },
    SpoiltRoot("no certificate log: no timestamp is asked for", nil) { $0.setting("ctlogs", []) },
    SpoiltRoot("another certificate log", .sctLogUnknown) {
      $0.setting("ctlogs", [$0[at: "ctlogs.0"].setting("publicKey.validFor.end", nil)])
    },
    SpoiltRoot("no certificate log but one not read", .sctLogUnknown) {
      $0.setting("ctlogs", [$0[at: "ctlogs.1"].setting("publicKey.keyDetails", "ML_DSA_65")])
    },
  ]

  @Test(arguments: roots)
  func trustRoot(_ spoilt: SpoiltRoot) throws {
    let root = spoilt.spoil(try Spoiling.trustRoot())
    #expect(try Keyless(root: root).reason(Spoiling.bundle("happy-path-v0.3")) == spoilt.expected)
  }

  @Test(arguments: [(Int64(1_710_869_185), Reason.timeInFuture), (1_710_869_186, nil)])
  func clock(now: Int64, expected: Reason?) throws {
    #expect(try Keyless(now: now).reason(Spoiling.bundle("happy-path-v0.3")) == expected)
  }

  @Test func otherArtifact() throws {
    let keyless = try Keyless(artifact: [1])
    let unnamed = try Spoiling.bundle("happy-path-v0.3").setting("messageSignature.messageDigest", nil)
    #expect(try keyless.reason(unnamed) == .logEntryMismatch)
    #expect(try keyless.reason(Spoiling.bundle("happy-path-intoto-in-dsse-v3")) == .signatureSubjectMismatch)
  }

  @Test func facts() throws {
    let proven = try Keyless().verify(Spoiling.bundle("happy-path-v0.3"))
    let time = UnixTime(1_710_869_186)
    #expect(proven.times == [EstablishedTime(time, .signedEntryTimestamp(log: "rekor.sigstore.dev"))])
    #expect(
      proven.log == [
        LogFacts(
          log: "rekor.sigstore.dev", index: 79_571_823, entryKind: "hashedrekord 0.0.1",
          proofs: [.promise, .inclusion])
      ])
    #expect(
      proven.checks.map(\.name) == [
        "1.1 form", "1.2 subject", "1.3 material", "2.1 entry-kind", "2.2 log", "2.3 promise", "2.4 checkpoint",
        "2.5 inclusion-proof", "2.6 history", "2.7 witnesses", "3.1 signed-entry-timestamp", "3.2 timestamp",
        "3.3 established", "3.4 clock",
        "3.5 log-key-validity", "3.6 timestamp-revocation", "4.1 path", "4.2 authority-window", "4.3 signing-profile",
        "5.1 sct", "5.2 revocation", "6.1 entry-digest", "6.2 entry-signature", "6.3 entry-key", "7.1 signature",
      ])
  }
}
