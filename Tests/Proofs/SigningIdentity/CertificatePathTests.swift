import Cryptography
import Findings
import Octets
import Reasons
import SigningIdentity
import TestSupport
import Testing
import TrustRoot

@Suite struct CertificatePathTests {
  let bench: IdentityBench

  init() throws { bench = try IdentityBench.shared.get() }

  @Test func provesAnIdentity() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let (identity, checks) = try IdentityBench.verify(leaf, try bench.trustRoot())
    #expect(identity.certificate.der == leaf)
    #expect(identity.path.map(\.der) == [leaf, bench.intermediate, bench.root])
    #expect(identity.facts.authority == "CN=Authority")
    #expect(identity.facts.identities == [IdentityBench.subject])
    #expect(identity.facts.issuer == IdentityBench.issuer)
    #expect(identity.facts.notBefore == UnixTime(1_785_585_540))
    #expect(identity.facts.notAfter == UnixTime(1_785_586_200))
    #expect(identity.facts.fingerprint == identity.certificate.fingerprint)
    #expect(identity.facts.keyFingerprint.bytes.count == 32)
    #expect(
      checks.map(\.name) == ["4.1 path", "4.2 authority-window", "4.3 signing-profile", "5.1 sct"])
    #expect(checks.map(\.result) == [.passed, .passed, .passed, .notApplicable])
  }

  @Test func refusesAForgedLeaf() throws {
    let leaf = try bench.leaf.signed(by: bench.leafKey)
    #expect(try IdentityBench.reason(leaf, try bench.trustRoot()) == .certificateUntrusted)
  }

  @Test func refusesAnUnknownAuthority() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let empty = try bench.trustRoot { $0.certificateAuthorities = [] }
    #expect(try IdentityBench.reason(leaf, empty) == .certificateUntrusted)
    let other = try CertificateSketch.authority("Other", key: bench.leafKey).signed(by: bench.leafKey)
    let stranger = try bench.trustRoot {
      $0.certificateAuthorities = [TrustRootSketch.Authority("Other", [other])]
    }
    #expect(try IdentityBench.reason(leaf, stranger) == .certificateUntrusted)
  }

  @Test func asksForATime() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    #expect(try IdentityBench.reason(leaf, try bench.trustRoot(), at: []) == .timeMissing)
  }

  // MARK: Carried certificates

  @Test func usesCarriedIntermediates() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let trustRoot = try bench.trustRoot {
      $0.certificateAuthorities = [TrustRootSketch.Authority("Root alone", [bench.root])]
    }
    #expect(try IdentityBench.reason(leaf, trustRoot, carried: [bench.intermediate]) == nil)
    #expect(try IdentityBench.reason(leaf, trustRoot) == .certificateUntrusted)
  }

  /// Who carries certificates chooses them. Of two authorities under one root, of which the first names another intermediate,
  /// the certificate's own one counts, with its window; so it is where a root stands alone.
  @Test func whatIsCarriedLeadsToNoOtherAuthority() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let key = try SigningKey()
    let other = try CertificateSketch.authority("Other Middle", key: key, issuer: "Root").signed(by: bench.rootKey)
    func trustRoot(_ chain: [[UInt8]], end: String? = nil, isOwnNamed: Bool = true) throws -> TrustRoot {
      try bench.trustRoot {
        var own = TrustRootSketch.Authority("Own", [bench.intermediate, bench.root])
        own.end = end
        $0.certificateAuthorities = [TrustRootSketch.Authority("Other", chain)] + (isOwnNamed ? [own] : [])
      }
    }
    let carried = [bench.intermediate]
    for chain in [[other, bench.root], [bench.root]] {
      let own = try IdentityBench.verify(leaf, try trustRoot(chain), carried: carried).0
      #expect(own.facts.authority == "CN=Own", "\(chain.count)")
      let ended = try trustRoot(chain, end: "2026-07-01T00:00:00Z")
      #expect(try IdentityBench.reason(leaf, ended, carried: carried) == .certificateOutsideValidity, "\(chain.count)")
    }
    // What the trust root does not know may come along under a root that stands alone, and under no other.
    let strange = try trustRoot([other, bench.root], isOwnNamed: false)
    #expect(try IdentityBench.reason(leaf, strange, carried: carried) == .certificateUntrusted)
    let alone = try trustRoot([bench.root], isOwnNamed: false)
    #expect(try IdentityBench.verify(leaf, alone, carried: carried).0.facts.authority == "CN=Other")
  }

  @Test func refusesACarriedRoot() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let trustRoot = try bench.trustRoot()
    #expect(try IdentityBench.reason(leaf, trustRoot, carried: [bench.intermediate]) == nil)
    #expect(
      try IdentityBench.reason(leaf, trustRoot, carried: [bench.intermediate, bench.root]) == .certificateRootCarried)
  }

  @Test func anchorsAtAnIntermediate() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let trustRoot = try bench.trustRoot {
      $0.certificateAuthorities = [TrustRootSketch.Authority("Middle alone", [bench.intermediate])]
    }
    #expect(try IdentityBench.verify(leaf, trustRoot).0.path.count == 2)
  }

  // MARK: Times

  /// The leaf is valid from 11:59:00 through 12:10:00; 12:00:00 is `time`.
  @Test(
    "Validity includes both ends, at each time, whatever the order",
    arguments: [
      ([-60], nil), ([600], nil), ([-61], Reason.certificateOutsideValidity), ([601], .certificateOutsideValidity),
      ([0, 600], nil), ([0, 601], .certificateOutsideValidity), ([601, 0], .certificateOutsideValidity),
      ([0, 1, -61], .certificateOutsideValidity),
    ] as [([Int64], Reason?)])
  func holdsAtEachTime(offsets: [Int64], expected: Reason?) throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let times = offsets.map { UnixTime(IdentityBench.time.seconds + $0) }
    #expect(try IdentityBench.reason(leaf, try bench.trustRoot(), at: times) == expected)
  }

  @Test(
    "So do the intermediate and the anchor",
    arguments: [
      ("260801120000Z", "270101000000Z", nil), ("260801120001Z", "270101000000Z", Reason.certificateOutsideValidity),
      ("260101000000Z", "260801120000Z", nil), ("260101000000Z", "260801115959Z", .certificateOutsideValidity),
    ] as [(String, String, Reason?)])
  func holdsAbove(start: String, end: String, expected: Reason?) throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    var middle = CertificateSketch.authority("Middle", key: bench.key, issuer: "Root")
    var root = CertificateSketch.authority("Root", key: bench.rootKey)
    (middle.notBefore, middle.notAfter) = (start, end)
    (root.notBefore, root.notAfter) = (start, end)
    for chain in [
      [try middle.signed(by: bench.rootKey), bench.root], [bench.intermediate, try root.signed(by: bench.rootKey)],
    ] {
      let trustRoot = try bench.trustRoot {
        $0.certificateAuthorities = [TrustRootSketch.Authority("Authority", chain)]
      }
      // A first time at which all is well must not vouch for the second.
      #expect(try IdentityBench.reason(leaf, trustRoot, at: [IdentityBench.time]) == expected)
    }
  }

  @Test func aFirstTimeDoesNotVouchForTheIntermediateLater() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    var middle = CertificateSketch.authority("Middle", key: bench.key, issuer: "Root")
    middle.notAfter = "260801120100Z"
    let chain = [try middle.signed(by: bench.rootKey), bench.root]
    let trustRoot = try bench.trustRoot {
      $0.certificateAuthorities = [TrustRootSketch.Authority("Authority", chain)]
    }
    let later = { UnixTime(IdentityBench.time.seconds + $0) }
    #expect(try IdentityBench.reason(leaf, trustRoot, at: [later(0), later(60)]) == nil)
    #expect(try IdentityBench.reason(leaf, trustRoot, at: [later(0), later(61)]) == .certificateOutsideValidity)
  }

  @Test(
    "The trust root's window includes both ends, at each time",
    arguments: [
      ("2026-08-01T12:00:00Z", nil, [0], nil), ("2026-08-01T12:00:01Z", nil, [0], Reason.certificateOutsideValidity),
      ("2026-01-01T00:00:00Z", "2026-08-01T12:00:00Z", [0], nil),
      ("2026-01-01T00:00:00Z", "2026-08-01T11:59:59Z", [0], .certificateOutsideValidity),
      ("2026-01-01T00:00:00Z", "2026-08-01T12:00:00Z", [0, 1], .certificateOutsideValidity),
      ("2026-08-01T12:00:00Z", nil, [0, -1], .certificateOutsideValidity),
    ] as [(String, String?, [Int64], Reason?)])
  func holdsToTheWindow(start: String, end: String?, offsets: [Int64], expected: Reason?) throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    let trustRoot = try bench.trustRoot {
      $0.certificateAuthorities[0].start = start
      $0.certificateAuthorities[0].end = end
    }
    let times = offsets.map { UnixTime(IdentityBench.time.seconds + $0) }
    #expect(try IdentityBench.reason(leaf, trustRoot, at: times) == expected)
  }

  @Test func takesAnotherAuthorityWhoseWindowFits() throws {
    let leaf = try bench.leaf.signed(by: bench.key)
    var early = TrustRootSketch.Authority("Early", [bench.intermediate, bench.root])
    early.end = "2026-08-01T12:00:00Z"
    var late = TrustRootSketch.Authority("Late", [bench.intermediate, bench.root])
    late.start = "2026-08-01T12:00:01Z"
    let trustRoot = try bench.trustRoot { $0.certificateAuthorities = [early, late] }
    let later = UnixTime(IdentityBench.time.seconds + 1)
    #expect(try IdentityBench.verify(leaf, trustRoot).0.facts.authority == "CN=Early")
    #expect(try IdentityBench.verify(leaf, trustRoot, at: [later]).0.facts.authority == "CN=Late")
    #expect(try IdentityBench.reason(leaf, trustRoot, at: [IdentityBench.time, later]) == nil)
  }

  // MARK: Profile

  static let profiles: [(Departure<CertificateSketch>, Reason)] = [
    (
      Departure("another purpose") { $0.extensions[0] = CertificateSketch.purpose("1.3.6.1.5.5.7.3.8") },
      .certificateNotForSigning
    ),
    (Departure("no purpose") { $0.extensions.remove(at: 0) }, .certificateNotForSigning),
    (
      Departure("an unknown critical extension") {
        $0.extensions.append(CertificateSketch.part("1.2.3", critical: true, [5, 0]))
      }, .certificateCriticalExtension
    ),
  ]

  @Test(arguments: profiles)
  func holdsToTheProfile(departure: Departure<CertificateSketch>, expected: Reason) throws {
    var sketch = bench.leaf
    departure.apply(&sketch)
    #expect(try IdentityBench.reason(try sketch.signed(by: bench.key), try bench.trustRoot()) == expected)
  }
}
