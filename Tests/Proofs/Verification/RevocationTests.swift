import Cryptography
import Findings
import MiniatureSigstore
import Octets
import Reasons
import TestSupport
import Testing
import TrustRoot
import Verification

/// Steps 3.6 and 5.2, under the miniature's own authorities, whose lists `openssl ca` makes.
@Suite struct RevocationTests {
  typealias Entry = RevokingAuthority.Entry

  static let world = MiniatureSigstore(seed: 21, now: 1_790_000_000)
  /// When the timestamp was made; what the log says is a second later.
  static let signed = world.now - 60

  /// What a test's list is about.
  enum Revoked: Sendable { case leaf, issuer, stamper, stamperIssuer, nobody }

  /// Signed under the site's own CA, with a timestamp and no log.
  static let bySite = SigningRequest(.message(Array("artifact".utf8)), as: .siteCertificate(.maintainer))
  /// Under Fulcio, in a log whose promise says when.
  static let inLog = SigningRequest(.message(Array("artifact".utf8)))

  static let siteIssuer = Result { try authority(world.site.chain[0], world.site.intermediateKey) }
  static let siteRoot = Result { try authority(world.site.chain[1], world.site.rootKey) }
  static let fulcioIssuer = Result { try authority(world.fulcio.chain[0], world.fulcio.intermediateKey) }
  static let fulcioRoot = Result { try authority(world.fulcio.chain[1], world.fulcio.rootKey) }
  static let stampIssuer = Result {
    try authority(world.timestampAuthority.chain[1], world.timestampAuthority.authority.intermediateKey)
  }
  static let stampRoot = Result {
    try authority(world.timestampAuthority.chain[2], world.timestampAuthority.authority.rootKey)
  }

  static func authority(_ certificate: [UInt8], _ key: SampleKey) throws -> RevokingAuthority {
    try RevokingAuthority(certificate, key: Array(key.privatePEM.utf8))
  }

  static func serial(_ certificate: [UInt8]) throws -> [UInt8] { try Certificate(der: certificate).serialNumber }

  /// UTCTime so many seconds after the signature, or GeneralizedTime.
  static func date(_ offset: Int64, years: Int = 2) -> String {
    let digits = UnixTime(signed + offset).description.filter(\.isNumber)
    return digits.dropFirst(4 - years) + "Z"
  }

  static func trustRoot() throws -> TrustRoot {
    let document = world.trustedRoot(leavingOut: [.logs, .certificateLog])
    return try TrustRoot(parsing: document, named: "trusted_root.json")
  }

  /// What becomes of a signature under these lists.
  static func verify(_ issued: Issued, isLogged: Bool = false, _ lists: [[UInt8]]) throws -> Result<Proven, Failure> {
    let root = try isLogged ? TrustRoot(parsing: world.trustedRoot(), named: "root") : trustRoot()
    let revocations = Revocations(try lists.map { try RevocationList(parsing: $0, named: "list") }, under: root)
    let verifier = SignatureVerifier(trustRoot: root, now: UnixTime(world.now), revocations: revocations)
    return Result { () throws(Failure) in
      try verifier.verify(bundle: issued.bundle(), artifact: Artifact(bytes: Array("artifact".utf8)))
    }
  }

  /// The list that revokes one certificate.
  static func list(_ revoked: Revoked, of issued: Issued, isLogged: Bool, _ date: String, _ reason: String?) throws
    -> [UInt8]
  {
    let leaf = try serial(#require(issued.certificate).der)
    return switch revoked {
    case .nobody: try siteIssuer.get().list([Entry([0x11, 0x22], on: date, reason)])
    case .leaf: try (isLogged ? fulcioIssuer : siteIssuer).get().list([Entry(leaf, on: date, reason)])
    case .issuer:
      try (isLogged ? fulcioRoot : siteRoot).get().list(
        [Entry(serial((isLogged ? world.fulcio : world.site).chain[0]), on: date, reason)])
    case .stamper:
      try stampIssuer.get().list([Entry(serial(world.timestampAuthority.leaf), on: date, reason)])
    case .stamperIssuer:
      try stampRoot.get().list([Entry(serial(world.timestampAuthority.chain[1]), on: date, reason)])
    }
  }

  static let cases: [(who: Revoked, isLogged: Bool, offset: Int64, reason: String?, refusal: Reason?)] = [
    (.nobody, false, -1000, nil, nil),
    // The signer: before is before, for whatever reason.
    (.leaf, false, 1, nil, nil), (.leaf, false, 0, nil, .certificateRevoked),
    (.leaf, false, -1, nil, .certificateRevoked),
    (.leaf, false, 1, "keyCompromise", nil), (.leaf, false, 0, "superseded", .certificateRevoked),
    (.leaf, false, 1, "certificateHold", nil), (.leaf, false, -1, "certificateHold", .certificateRevoked),
    // Suspect since earlier, or since later.
    (.leaf, false, 5000, "keyTime,\(date(1, years: 4))", nil),
    (.leaf, false, 5000, "keyTime,\(date(0, years: 4))", .certificateRevoked),
    (.leaf, false, -1, "keyTime,\(date(5000, years: 4))", .certificateRevoked),
    // The promise's time is a second later.
    (.leaf, true, 2, nil, nil), (.leaf, true, 1, nil, .certificateRevoked),
    // Its CA: nothing but a log says that the certificate existed.
    (.issuer, false, 1, "superseded", nil), (.issuer, false, 0, "superseded", .certificateRevoked),
    (.issuer, false, 1, nil, .certificateRevoked), (.issuer, false, 1, "keyCompromise", .certificateRevoked),
    (.issuer, true, 2, nil, nil), (.issuer, true, 2, "keyCompromise", nil),
    (.issuer, true, 1, nil, .certificateRevoked),
    // The timestamp authority, whose own word the time is.
    (.stamper, false, 1, "superseded", nil), (.stamper, false, 0, "superseded", .timestampAuthorityRevoked),
    (.stamper, false, 1, "unspecified", nil), (.stamper, false, 50_000, nil, .timestampAuthorityRevoked),
    (.stamper, false, 50_000, "keyCompromise", .timestampAuthorityRevoked),
    (.stamperIssuer, false, 1, "cessationOfOperation", nil),
    (.stamperIssuer, false, 50_000, "CACompromise", .timestampAuthorityRevoked),
  ]

  @Test(arguments: cases.indices) func countsFromItsDate(_ index: Int) throws {
    let (who, isLogged, offset, reason, refusal) = Self.cases[index]
    let issued = Self.world.issue(isLogged ? Self.inLog : Self.bySite)
    let list = try Self.list(who, of: issued, isLogged: isLogged, Self.date(offset), reason)
    switch try Self.verify(issued, isLogged: isLogged, [list]) {
    case .success(let proven):
      #expect(refusal == nil)
      let step = who == .stamper || who == .stamperIssuer ? "3.6 timestamp-revocation" : "5.2 revocation"
      let check = try #require(proven.checks.first { $0.name == step })
      #expect(
        check.detail.contains(who == .nobody ? "not revoked by the CRL 7 of “CN=Acme Signing-intermediate" : "after"))
    case .failure(let failure):
      #expect(failure.reason == refusal, "\(failure)")
      #expect(failure.detail.contains("the CRL 7 of “CN=") && failure.detail.contains("as of"), "\(failure.detail)")
    }
  }

  // MARK: Which lists count

  private func check(_ name: String, _ lists: [[UInt8]]) throws -> Check {
    let proven = try Self.verify(Self.world.issue(Self.bySite), lists).get()
    return try #require(proven.checks.first { $0.name == name })
  }

  @Test func withoutAListNothingIsConcluded() throws {
    for lists in [[], [try Self.fulcioIssuer.get().list()]] {
      let (check, stamp) = (try check("5.2 revocation", lists), try check("3.6 timestamp-revocation", lists))
      #expect(check.result == .notApplicable)
      let words = lists.isEmpty ? "is installed" : "of “CN=Acme Signing-intermediate,O=Acme”"
      #expect(check.detail.contains("no revocation list \(words)"))
      #expect(stamp.result == .notApplicable)
    }
    let root = try check("5.2 revocation", [Self.siteRoot.get().list()])
    #expect(root.result == .notApplicable)
    let own = try check("5.2 revocation", [Self.siteIssuer.get().list()])
    #expect(own.result == .passed)
    #expect(own.detail.contains("no revocation list of “CN=Acme Signing,O=Acme”"))
    let all = try check("5.2 revocation", [Self.siteIssuer.get().list(), Self.siteRoot.get().list()])
    #expect(all.result == .passed && !all.detail.contains("no revocation list"))
    let stamp = try check("3.6 timestamp-revocation", [Self.stampIssuer.get().list()])
    #expect(stamp.result == .passed)
  }

  /// Two lists of one CA: the newer one counts, in whatever order they come.
  @Test func theNewerListCounts() throws {
    let issued = Self.world.issue(Self.bySite)
    let leaf = try Self.serial(#require(issued.certificate).der)
    let old = try Self.siteIssuer.get().list([Entry(leaf, on: Self.date(-1), "certificateHold")], number: "07")
    let released = try Self.siteIssuer.get().list([], number: "08")
    for lists in [[old, released], [released, old]] {
      #expect(throws: Never.self) { try Self.verify(issued, lists).get() }
    }
    #expect(throws: Failure.self) { try Self.verify(issued, [old]).get() }
  }

  /// A list of the same name, signed under another authority of the trust root, speaks for itself alone.
  @Test func aNamesakeSaysNothing() throws {
    let issued = Self.world.issue(Self.bySite)
    let leaf = try Self.serial(#require(issued.certificate).der)
    let key = try SigningKey()
    var sketch = CertificateSketch.authority("x", key: key)
    let name = try Certificate(der: Self.world.site.chain[0])
    sketch.subject = DERWriter.sequence(
      DERWriter.set(DERWriter.sequence(DERWriter.oid("2.5.4.10"), DERWriter.utf8("Acme"))),
      DERWriter.set(DERWriter.sequence(DERWriter.oid("2.5.4.3"), DERWriter.utf8("Acme Signing-intermediate"))))
    let certificate = try sketch.signed(by: key)
    #expect(try Certificate(der: certificate).subject == name.subject)
    let list = try RevokingAuthority(certificate, key: key.pem).list([Entry(leaf, on: Self.date(-1))])
    // Not at all in the trust root, by this key; then as an authority of its own.
    let parsed = try RevocationList(parsing: list, named: "list")
    #expect(refusal { _ = try Self.trustRoot().signer(of: parsed) } == .revocationListInvalid)
    var roots = TrustRootSketch()
    roots.certificateAuthorities = [
      .init("Namesake", [certificate]), .init("Site", Self.world.site.chain),
    ]
    roots.timestampAuthorities = [.init("Time", Self.world.timestampAuthority.chain)]
    for index in 0..<2 { roots.certificateAuthorities[index].start = "2025-01-01T00:00:00Z" }
    roots.timestampAuthorities[0].start = "2025-01-01T00:00:00Z"
    let root = try TrustRoot(parsing: roots.json, named: "root")
    let revocations = Revocations([parsed], under: root)
    #expect(revocations.lists.count == 1)
    let verifier = SignatureVerifier(trustRoot: root, now: UnixTime(Self.world.now), revocations: revocations)
    let proven = try verifier.verify(bundle: issued.bundle(), artifact: Artifact(bytes: Array("artifact".utf8)))
    #expect(proven.checks.first { $0.name == "5.2 revocation" }?.result == .notApplicable)
  }

  /// Under a bare key no list is consulted.
  @Test func notUnderKeys() throws {
    let issued = Self.world.issue(SigningRequest(.message(Array("artifact".utf8)), as: .key(SampleKey(.p256))))
    let verifier = SignatureVerifier(keys: [try PublicKey(spki: issued.key.spki)])
    let proven = try verifier.verify(bundle: issued.bundle(), artifact: Artifact(bytes: Array("artifact".utf8)))
    #expect(!proven.checks.contains { $0.name.contains("revocation") })
  }

  // MARK: Whose lists a trust root takes

  @Test func onlyItsAuthoritiesSign() throws {
    let root = try Self.trustRoot()
    for authority in [Self.siteIssuer, Self.siteRoot, Self.fulcioIssuer, Self.stampIssuer, Self.stampRoot] {
      let list = try RevocationList(parsing: authority.get().list(), named: "list")
      #expect(throws: Never.self) { try root.signer(of: list) }
    }
    let stranger = MiniatureSigstore(seed: 22, now: Self.world.now)
    let forged = try RevocationList(
      parsing: Self.authority(stranger.site.chain[0], stranger.site.intermediateKey).list(), named: "list")
    #expect(refusal { _ = try root.signer(of: forged) } == .revocationListInvalid)
    let key = try SigningKey()
    let other = try CertificateSketch.authority("Other", key: key).signed(by: key)
    let unknown = try RevocationList(parsing: RevokingAuthority(other, key: key.pem).list(), named: "list")
    #expect(refusal { _ = try root.signer(of: unknown) } == .revocationListIssuerUnknown)
  }

  @Test(
    arguments: [
      ("", .revocationListMalformed), ("issuingDistributionPoint = critical, @point", .revocationListUnsupported),
      ("1.2.3.4 = critical, DER:0500", .revocationListUnsupported),
      ("2.5.29.27 = critical, DER:020106", .revocationListUnsupported), ("1.2.3.4 = DER:0500", nil),
    ] as [(String, Reason?)])
  func otherListsAreNamed(extensions: String, reason: Reason?) throws {
    let point = extensions.contains("@point") ? "\n[point]\nindirectCRL = TRUE" : ""
    let list = try extensions.isEmpty ? Array("no list".utf8) : Self.siteRoot.get().list(extensions: extensions + point)
    #expect(refusal { _ = try RevocationList(parsing: list, named: "list") } == reason)
  }
}
