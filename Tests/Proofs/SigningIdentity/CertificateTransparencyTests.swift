import Cryptography
import Findings
import Reasons
import SigningIdentity
import TestSupport
import Testing
import TrustRoot

@Suite struct CertificateTransparencyTests {
  let bench: IdentityBench

  init() throws { bench = try IdentityBench.shared.get() }

  private func trustRoot(_ change: (inout TrustRootSketch.Log) -> Void = { _ in }) throws -> TrustRoot {
    var log = bench.log
    change(&log)
    return try bench.trustRoot { $0.certificateLogs = [log] }
  }

  private func reason(_ promises: [PromiseSketch], _ trustRoot: TrustRoot? = nil) throws -> Reason? {
    try IdentityBench.reason(try bench.signed(bench.leaf, promised: promises), try trustRoot ?? self.trustRoot())
  }

  @Test func provesAPromise() throws {
    let leaf = try bench.signed(bench.leaf, promised: [PromiseSketch()])
    let (_, checks) = try IdentityBench.verify(leaf, try trustRoot())
    #expect(checks.last == Check("5.1 sct", .passed, "promised by log.example"))
  }

  @Test("The certificate is cut at any place, across each change of length", arguments: [0, 60, 160, 300])
  func cutsTheCertificate(filler: Int) throws {
    var sketch = bench.leaf
    // Below 128 and 256 bytes the lengths around take fewer octets than with the list.
    sketch.extensions[2] = CertificateSketch.part("1.2.3", [UInt8](repeating: 5, count: filler))
    for place in 0...2 {
      sketch.extensions.swapAt(0, place)
      let leaf = try bench.signed(sketch, promised: [PromiseSketch()])
      #expect(try IdentityBench.reason(leaf, try trustRoot()) == nil)
    }
  }

  @Test func coversExtensions() throws {
    var promise = PromiseSketch()
    promise.extensions = [0, 0, 5, 1, 2, 3, 4, 5]
    #expect(try reason([promise]) == nil)
    promise.signedExtensions = []
    #expect(try reason([promise]) == .sctInvalid)
  }

  @Test func acceptsAnRSALog() throws {
    let key = try SigningKey(.rsa2048)
    var promise = PromiseSketch()
    promise.signer = key
    promise.algorithm = [4, 1]
    let trustRoot = try trustRoot {
      $0.spki = key.spki
      $0.identifier = digest(key.spki).bytes
      $0.details = "PKIX_RSA_PKCS1V15_2048_SHA256"
    }
    #expect(try reason([promise], trustRoot) == nil)
    promise.algorithm = [4, 3]
    #expect(try reason([promise], trustRoot) == .sctInvalid)
  }

  @Test func refusesALeafThatIsItsOwnAnchor() throws {
    let leaf = try bench.signed(bench.leaf, promised: [PromiseSketch()])
    let anchors = [TrustRootSketch.Authority("The leaf", [leaf])]
    let unlogged = try bench.trustRoot { $0.certificateAuthorities = anchors }
    #expect(try IdentityBench.reason(leaf, unlogged) == nil)
    let logged = try bench.trustRoot {
      $0.certificateAuthorities = anchors
      $0.certificateLogs = [bench.log]
    }
    // Nobody’s key to bind the promise to.
    #expect(try IdentityBench.reason(leaf, logged) == .sctInvalid)
  }

  @Test func wantsNoneWhereNoLogIsNamed() throws {
    let trustRoot = try bench.trustRoot()
    #expect(try IdentityBench.reason(try bench.leaf.signed(by: bench.key), trustRoot) == nil)
  }

  @Test func wantsOne() throws {
    #expect(try IdentityBench.reason(try bench.leaf.signed(by: bench.key), try trustRoot()) == .sctMissing)
  }

  @Test func wantsOneWhereALogOfAnotherKindIsNamed() throws {
    // Were a log with a key that cannot be read left out in silence, nothing would be asked.
    let trustRoot = try trustRoot { $0.details = "PKIX_ML_DSA_65" }
    #expect(try IdentityBench.reason(try bench.leaf.signed(by: bench.key), trustRoot) == .sctMissing)
    #expect(try reason([PromiseSketch()], trustRoot) == .sctLogUnknown)
  }

  static let wrong: [Departure<PromiseSketch>] = [
    Departure("another time") { $0.signedMilliseconds = $0.milliseconds + 1 },
    Departure("another issuer") { $0.signedIssuer = [1] },
    Departure("another certificate") { $0.signedEntry = [0x30, 0] },
    Departure("data behind") { $0.tail = [0] },
    Departure("SHA-1") { $0.algorithm = [2, 3] },
    Departure("Ed25519") { $0.algorithm = [8, 7] },
    Departure("an RSA signature") { $0.algorithm = [4, 1] },
    Departure("signed by another") {
      $0.signer = try? SigningKey()
      $0.logID = digest((try? IdentityBench.shared.get().logKey.spki) ?? []).bytes
    },
  ]

  @Test("A promise of a known log must hold, also beside one that does", arguments: wrong)
  func refusesWrongPromises(departure: Departure<PromiseSketch>) throws {
    var promise = PromiseSketch()
    departure.apply(&promise)
    #expect(try reason([promise]) == .sctInvalid)
    #expect(try reason([PromiseSketch(), promise]) == .sctInvalid)
  }

  @Test func passesOverStrangers() throws {
    var stranger = PromiseSketch()
    stranger.signer = try SigningKey()
    #expect(try reason([stranger]) == .sctLogUnknown)
    #expect(try reason([stranger, PromiseSketch()]) == nil)
    #expect(try reason([PromiseSketch(), stranger]) == nil)
  }

  @Test func passesOverOtherVersions() throws {
    var later = PromiseSketch()
    later.version = 1
    #expect(try reason([later]) == .sctLogUnknown)
    #expect(try reason([later, PromiseSketch()]) == nil)
  }

  @Test(
    "The log's window includes both ends; milliseconds are cut off",
    arguments: [
      ("2026-08-01T12:00:00Z", nil, 0, nil),
      ("2026-08-01T12:00:01Z", nil, 999, Reason.logKeyOutsideValidity),
      ("2026-01-01T00:00:00Z", "2026-08-01T12:00:00Z", 999, nil),
      ("2026-01-01T00:00:00Z", "2026-08-01T11:59:59Z", 0, .logKeyOutsideValidity),
    ] as [(String, String?, UInt64, Reason?)])
  func holdsToTheWindow(start: String, end: String?, offset: UInt64, expected: Reason?) throws {
    var promise = PromiseSketch()
    promise.milliseconds += offset
    let trustRoot = try trustRoot {
      $0.start = start
      $0.end = end
    }
    #expect(try reason([promise], trustRoot) == expected)
  }

  @Test func triesEachWindowOfALog() throws {
    var early = bench.log
    early.end = "2026-07-01T00:00:00Z"
    let trustRoot = try bench.trustRoot { $0.certificateLogs = [early, bench.log] }
    #expect(try reason([PromiseSketch()], trustRoot) == nil)
  }

  @Test func survivesATimeBeyondAll() throws {
    var promise = PromiseSketch()
    promise.milliseconds = .max
    #expect(try reason([promise]) == nil)
    let trustRoot = try trustRoot { $0.end = "2030-01-01T00:00:00Z" }
    #expect(try reason([promise], trustRoot) == .logKeyOutsideValidity)
  }

  static let lists: [(String, [UInt8])] = [
    ("no OCTET STRING", [0, 0]), ("no list", DERWriter.octets([])), ("an empty list", DERWriter.octets([0, 0])),
    ("a list cut off", DERWriter.octets([0, 5, 0, 1, 0])), ("a timestamp cut off", DERWriter.octets([0, 3, 0, 2, 0])),
    ("data behind the list", PromiseSketch.list([[1]]) + [0]),
    ("data in the list", DERWriter.octets([0, 3, 0, 1, 1, 0])),
    ("a short timestamp", PromiseSketch.list([[0] + [UInt8](repeating: 1, count: 40)])),
    ("many timestamps", PromiseSketch.list([[UInt8]](repeating: [1], count: 17))),
  ]

  @Test(arguments: lists)
  func refusesMisshapenLists(name: String, list: [UInt8]) throws {
    #expect(try IdentityBench.reason(try bench.signed(bench.leaf, list: list), try trustRoot()) == .sctInvalid)
  }

  @Test func boundsTheNumber() throws {
    let most = try bench.signed(bench.leaf, list: PromiseSketch.list([[UInt8]](repeating: [1], count: 16)))
    #expect(try IdentityBench.reason(most, try trustRoot()) == .sctLogUnknown)
  }
}
