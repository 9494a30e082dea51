import Findings
import Reasons
import SigningIdentity
import TestSupport
import Testing

@Suite struct CertificateFactsTests {
  let bench: IdentityBench

  init() throws { bench = try IdentityBench.shared.get() }

  /// Facts of a leaf with the purpose and these extensions.
  private func facts(_ extensions: [[UInt8]]) throws -> CertificateFacts {
    try IdentityBench.verify(try leaf(extensions), try bench.trustRoot()).0.facts
  }

  private func reason(_ extensions: [[UInt8]]) throws -> Reason? {
    try IdentityBench.reason(try leaf(extensions), try bench.trustRoot())
  }

  private func leaf(_ extensions: [[UInt8]]) throws -> [UInt8] {
    var sketch = bench.leaf
    sketch.subject = DERWriter.name("A signer")
    sketch.extensions = [IdentityBench.purpose] + extensions
    return try sketch.signed(by: bench.key)
  }

  private static let name = IdentityBench.name
  private static let fulcio = IdentityBench.fulcio
  private static func raw(_ text: String) -> [UInt8] { Array(text.utf8) }

  // MARK: Extensions

  static let documented = [
    (1, "Issuer"), (2, "GitHub Workflow Trigger"), (3, "GitHub Workflow SHA"), (4, "GitHub Workflow Name"),
    (5, "GitHub Workflow Repository"), (6, "GitHub Workflow Ref"), (8, "Issuer (V2)"), (9, "Build Signer URI"),
    (10, "Build Signer Digest"), (11, "Runner Environment"), (12, "Source Repository URI"),
    (13, "Source Repository Digest"), (14, "Source Repository Ref"), (15, "Source Repository Identifier"),
    (16, "Source Repository Owner URI"), (17, "Source Repository Owner Identifier"), (18, "Build Config URI"),
    (19, "Build Config Digest"), (20, "Build Trigger"), (21, "Run Invocation URI"),
    (22, "Source Repository Visibility At Signing"), (23, "Deployment Environment"), (24, "Token Subject"),
  ]

  @Test func namesEveryExtension() throws {
    let parts = Self.documented.map { number, _ in
      // Issuers must agree; the others say their number.
      let text = number == 1 || number == 8 ? IdentityBench.issuer : "value \(number) ü"
      return Self.fulcio("\(number)", number <= 6 ? Self.raw(text) : DERWriter.utf8(text))
    }
    let facts = try facts([Self.name] + parts.reversed())
    let expected = Self.documented.map { number, name in
      NamedValue(name, number == 1 || number == 8 ? IdentityBench.issuer : "value \(number) ü")
    }
    #expect(facts.extensions == expected)
    #expect(facts.issuer == IdentityBench.issuer)
  }

  @Test func keepsWhatNobodyKnowsAsHexadecimal() throws {
    let facts = try facts([
      Self.name, Self.fulcio("300", [0xAB]), Self.fulcio("25", [0xFF, 0x00]), Self.fulcio("7", [0x0C, 0x00]),
      IdentityBench.issuerPart,
      // Below an extension's own number, and beside Fulcio's arc: not Fulcio's.
      Self.fulcio("8.1", [1]), CertificateSketch.part("1.3.6.1.4.1.57264.2", [1]),
    ])
    #expect(
      facts.extensions == [
        NamedValue("1.3.6.1.4.1.57264.1.7", "0c00"), NamedValue("Issuer (V2)", IdentityBench.issuer),
        NamedValue("1.3.6.1.4.1.57264.1.25", "ff00"), NamedValue("1.3.6.1.4.1.57264.1.300", "ab"),
      ])
  }

  @Test func takesEitherIssuer() throws {
    #expect(try facts([Self.name, Self.fulcio("1", Self.raw("https://old.example"))]).issuer == "https://old.example")
    #expect(
      try facts([Self.name, Self.fulcio("8", DERWriter.utf8("https://new.example"))]).issuer == "https://new.example")
    #expect(try facts([Self.name]).issuer == nil)
  }

  @Test func refusesTwoIssuers() throws {
    let parts = [Self.name, Self.fulcio("8", DERWriter.utf8("https://a.example"))]
    #expect(try reason(parts + [Self.fulcio("1", Self.raw("https://a.example"))]) == nil)
    #expect(try reason(parts + [Self.fulcio("1", Self.raw("https://b.example"))]) == .certificateMalformed)
    // Equal to the eye and to String, not in bytes.
    let composed = [Self.name, Self.fulcio("8", DERWriter.utf8("é"))]
    #expect(try reason(composed + [Self.fulcio("1", Self.raw("e\u{301}"))]) == .certificateMalformed)
  }

  static let misshapen: [(String, [UInt8])] = [
    ("a bare text", fulcio("8", raw("https://issuer.example"))),
    ("another string type", fulcio("8", DERWriter.element(0x16, raw("https://issuer.example")))),
    ("data behind", fulcio("8", DERWriter.utf8("https://issuer.example") + [0])),
    ("no UTF-8", fulcio("8", DERWriter.element(0x0C, [0xFF]))),
    ("no UTF-8, bare", fulcio("1", [0xC0, 0x80])),
    ("no UTF-8 in another", fulcio("24", DERWriter.element(0x0C, [0xED, 0xA0, 0x80]))),
  ]

  @Test(arguments: misshapen)
  func refusesMisshapenValues(name: String, part: [UInt8]) throws {
    #expect(try reason([Self.name, part]) == .certificateMalformed)
  }

  // MARK: Names

  static func otherName(_ type: String, _ value: [UInt8]) -> (tag: UInt8, bytes: [UInt8]) {
    (0xA0, DERWriter.oid(type) + DERWriter.element(0xA0, value))
  }

  @Test func readsEachKindOfName() throws {
    let names: [(tag: UInt8, bytes: [UInt8])] = [
      (0x81, Self.raw("a@example.org")), (0x82, Self.raw("example.org")), (0x86, Self.raw("spiffe://example.org/w")),
      Self.otherName("1.3.6.1.4.1.57264.1.7", DERWriter.utf8("ü!example.org")), (0x87, [127, 0, 0, 1]),
      Self.otherName("1.2.3", DERWriter.utf8("a")),
    ]
    let other = "1.2.3:" + "06022a03a003" + "0c0161"
    #expect(
      try facts([CertificateSketch.names(names)]).identities == [
        "a@example.org", "example.org", "spiffe://example.org/w", "ü!example.org", "7:7f000001", other,
      ])
    #expect(try facts([]).identities == [])
  }

  static let bad: [(String, (tag: UInt8, bytes: [UInt8]))] = [
    ("an empty name", (0x81, [])), ("a NUL", (0x86, raw("https://good.example\0.bad.example"))),
    ("a line break", (0x82, raw("a\nb"))), ("no ASCII", (0x81, raw("ü@example.org"))),
    // Constraints on names are by kind, and each name must be of its own.
    ("a mail address as a host", (0x82, raw("a@example.org"))), ("a host with an empty label", (0x82, raw("a..org"))),
    ("a star within a host", (0x82, raw("a.*.org"))), ("a star alone", (0x82, raw("*"))),
    ("a mail address as a URI", (0x86, raw("a@example.org"))), ("a URI without a scheme", (0x86, raw("://a"))),
    ("a scheme of other letters", (0x86, raw("a_b:c"))), ("a host as a mail address", (0x81, raw("example.org"))),
    ("a mail address of two", (0x81, raw("a@b@example.org"))), ("one without a host", (0x81, raw("a@"))),
    ("one without a name", (0x81, raw("@example.org"))),
    ("a URI as a mail address", (0x81, raw("https://github.com/o/r/w.yml@refs/heads/main"))),
    ("one of any host", (0x81, raw("a@*.example.org"))), ("one with a path", (0x81, raw("a/b@example.org"))),
    ("an empty user name", otherName("1.3.6.1.4.1.57264.1.7", DERWriter.utf8(""))),
    ("a user name of another type", otherName("1.3.6.1.4.1.57264.1.7", DERWriter.element(0x16, raw("a")))),
    ("a user name that is no UTF-8", otherName("1.3.6.1.4.1.57264.1.7", DERWriter.element(0x0C, [0xFF]))),
  ]

  @Test(arguments: bad)
  func refusesBadNames(name: String, bad: (tag: UInt8, bytes: [UInt8])) throws {
    #expect(try reason([CertificateSketch.names([bad])]) == .certificateMalformed)
  }

  @Test func readsHosts() throws {
    for host in ["*.example.org", "a-1.b_c.example.org", "localhost", "EXAMPLE.org"] {
      #expect(try facts([CertificateSketch.names([(0x82, Self.raw(host))])]).identities == [host])
    }
  }

  /// No issuer can be kept from giving user names, where it may give others only within limits.
  @Test(arguments: [true, false]) func userNamesAreUnderNoConstraints(isConstrained: Bool) throws {
    var authority = CertificateSketch.authority("Middle", key: bench.key, issuer: "Root")
    if isConstrained {
      // permittedSubtrees: mail of example.org
      let subtree = DERWriter.sequence(DERWriter.element(0x81, Self.raw("example.org")))
      authority.extensions.append(
        CertificateSketch.part("2.5.29.30", critical: true, DERWriter.sequence(DERWriter.element(0xA0, subtree))))
    }
    let intermediate = try authority.signed(by: bench.rootKey)
    let trustRoot = try bench.trustRoot {
      $0.certificateAuthorities = [TrustRootSketch.Authority("Limited", [intermediate, bench.root])]
    }
    let user = Self.otherName("1.3.6.1.4.1.57264.1.7", DERWriter.utf8("a@else.org"))
    for (name, reason) in [
      (user, isConstrained ? Reason.certificateNotForSigning : nil), ((0x81, Self.raw("a@example.org")), nil),
      ((0x81, Self.raw("a@else.org")), isConstrained ? .certificateNotForSigning : nil),
    ] as [((tag: UInt8, bytes: [UInt8]), Reason?)] {
      #expect(try IdentityBench.reason(try leaf([CertificateSketch.names([name])]), trustRoot) == reason, "\(name)")
    }
  }

  @Test func wantsANameBesideAnIssuer() throws {
    let two = CertificateSketch.names([(0x81, Self.raw("a@example.org")), (0x81, Self.raw("b@example.org"))])
    let none = CertificateSketch.names([])
    for names in [two, none] { #expect(try reason([names]) == nil) }
    for issuer in [IdentityBench.issuerPart, Self.fulcio("1", Self.raw("https://issuer.example"))] {
      #expect(try reason([Self.name, issuer]) == nil)
      #expect(try reason([two, issuer]) == nil)
      #expect(try reason([none, issuer]) == .certificateMalformed)
      #expect(try reason([issuer]) == .certificateMalformed)
    }
  }
}
