import Cryptography
import Findings
import Octets
import Reasons
import TestSupport
import Testing
import TrustRoot
import TrustedTime

/// A timestamp authority: root, signing certificate, and tokens that are right but for one thing.
struct TimestampBench {
  static let signature: [UInt8] = Array("a signature".utf8)
  /// 2026-08-01T12:00:00Z
  static let time = UnixTime(1_785_585_600)

  let rootKey: SigningKey
  let key: SigningKey
  let root: [UInt8]
  let leafSketch: CertificateSketch
  let leaf: [UInt8]

  init() throws {
    rootKey = try SigningKey()
    key = try SigningKey()
    root = try CertificateSketch.authority("Time Root", key: rootKey).signed(by: rootKey)
    leafSketch = Self.leafSketch(key)
    leaf = try leafSketch.signed(by: rootKey)
  }

  static let shared = Result { try TimestampBench() }

  static func leafSketch(_ key: SigningKey) -> CertificateSketch {
    var sketch = CertificateSketch(
      issuer: "Time Root", subject: "Time", key: key,
      extensions: [
        CertificateSketch.purpose("1.3.6.1.5.5.7.3.8", critical: true),
        CertificateSketch.part("2.5.29.14", DERWriter.octets([7, 7, 7])),
      ])
    sketch.serial = 9
    return sketch
  }

  /// A token that verifies, named for `leaf`.
  func sketch(for leaf: [UInt8]? = nil) -> TokenSketch {
    var sketch = TokenSketch()
    sketch.imprint = digest(Self.signature).bytes
    sketch.signerIdentifier = DERWriter.sequence(DERWriter.name("Time Root"), DERWriter.integer(9))
    sketch.attributes = [
      TokenSketch.contentTypeAttribute(), TokenSketch.digestAttribute(digest(sketch.statement).bytes),
      TokenSketch.certificateAttribute(digest(leaf ?? self.leaf).bytes),
    ]
    return sketch
  }

  /// The token of a changed sketch, whose message digest follows the statement unless the change says otherwise.
  func token(_ change: (inout TokenSketch) -> Void = { _ in }) throws -> [UInt8] {
    var sketch = sketch()
    let before = sketch.attributes[1]
    change(&sketch)
    if sketch.attributes.count > 1, sketch.attributes[1] == before {
      sketch.attributes[1] = TokenSketch.digestAttribute(digest(sketch.statement).bytes)
    }
    return try sketch.token(signing: key.sign)
  }

  func verifier(
    chain: [[UInt8]]? = nil, _ change: (inout TrustRootSketch.Authority) -> Void = { _ in }
  ) throws -> TimestampVerifier {
    var authority = TrustRootSketch.Authority("Time of ours", chain ?? [leaf, root])
    change(&authority)
    var sketch = TrustRootSketch()
    sketch.timestampAuthorities = [authority]
    return TimestampVerifier(trustRoot: try TrustRoot(parsing: sketch.json, named: "test"))
  }

  static func reason(_ verifier: TimestampVerifier, _ token: [UInt8]) -> Reason? {
    do {
      _ = try verifier.verify(token, over: signature)
      return nil
    } catch {
      return error.reason
    }
  }
}

@Suite struct TimestampVerifierTests {
  let bench: TimestampBench

  init() throws { bench = try TimestampBench.shared.get() }

  @Test func provesATime() throws {
    let established = try bench.verifier().verify(bench.token(), over: TimestampBench.signature).time
    #expect(established == EstablishedTime(TimestampBench.time, .timestampAuthority("CN=Time of ours")))
  }

  @Test("What is not the authority's word does not matter")
  func ignoresTheUnsigned() throws {
    let verifier = try bench.verifier()
    let stranger = try CertificateSketch.authority("Stranger", key: bench.key).signed(by: bench.key)
    let tokens = [
      try bench.token { $0.status = nil },
      try bench.token { $0.certificates = [stranger, DERWriter.sequence([5, 0]), bench.leaf, bench.root] },
      try bench.token { $0.certificates = [bench.leaf] },
      try bench.token {
        $0.signerVersion = 3
        $0.signerIdentifier = [0x80, 3, 7, 7, 7]
      },
      try bench.token { $0.attributes.append(TokenSketch.attribute("1.2.3", [5, 0])) },
    ]
    for token in tokens { #expect(TimestampBench.reason(verifier, token) == nil) }
  }

  @Test func takesTheOldCertificateHash() throws {
    let hash = try runChecked(["openssl", "dgst", "-sha1", "-binary"], input: bench.leaf)
    let verifier = try bench.verifier()
    let token = try bench.token { $0.attributes[2] = TokenSketch.oldCertificateAttribute(hash) }
    #expect(TimestampBench.reason(verifier, token) == nil)
    let wrong = try bench.token { $0.attributes[2] = TokenSketch.oldCertificateAttribute(hash.reversed()) }
    #expect(TimestampBench.reason(verifier, wrong) == .timestampInvalid)
  }

  @Test("An imprint of other bytes, by each hash")
  func comparesTheImprint() throws {
    let verifier = try bench.verifier()
    for (identifier, algorithm) in [
      ("2.16.840.1.101.3.4.2.1", HashAlgorithm.sha256), ("2.16.840.1.101.3.4.2.2", .sha384),
      ("2.16.840.1.101.3.4.2.3", .sha512),
    ] {
      for (text, expected) in [("a signature", nil), ("another", Reason.timestampMismatch)] {
        let token = try bench.token {
          $0.imprintAlgorithm = DERWriter.algorithm(identifier)
          $0.imprint = digest(Array(text.utf8), algorithm).bytes
        }
        #expect(TimestampBench.reason(verifier, token) == expected)
      }
    }
  }

  static let malformed: [Departure<TokenSketch>] = [
    Departure("rejected") { $0.status = 2 },
    Departure("plain data") { $0.signedDataType = "1.2.840.113549.1.7.1" },
    Departure("another statement version") { $0.infoVersion = 2 },
    Departure("another content, signed as such") {
      $0.contentType = "1.2.840.113549.1.7.1"
      $0.attributes[0] = TokenSketch.contentTypeAttribute("1.2.840.113549.1.7.1")
    },
    Departure("two signers") { $0.moreSigners = DERWriter.sequence([]) },
    Departure("an attribute twice") { $0.attributes.append($0.attributes[1]) },
  ]

  @Test(arguments: malformed)
  func refusesTheMalformed(departure: Departure<TokenSketch>) throws {
    #expect(TimestampBench.reason(try bench.verifier(), try bench.token(departure.apply)) == .timestampMalformed)
  }

  static let invalid: [Departure<TokenSketch>] = [
    Departure("a digest of another statement") { $0.attributes[1] = TokenSketch.digestAttribute(digest([1]).bytes) },
    Departure("another certificate's hash") { $0.attributes[2] = TokenSketch.certificateAttribute(digest([1]).bytes) },
    Departure("no certificate's hash") { $0.attributes.removeLast() },
    Departure("another signed content type") {
      $0.attributes[0] = TokenSketch.contentTypeAttribute("1.2.840.113549.1.7.1")
    },
  ]

  @Test(arguments: invalid)
  func refusesTheInvalid(departure: Departure<TokenSketch>) throws {
    #expect(TimestampBench.reason(try bench.verifier(), try bench.token(departure.apply)) == .timestampInvalid)
  }

  @Test func refusesAnotherKey() throws {
    let token = try bench.sketch().token(signing: bench.rootKey.sign)
    #expect(TimestampBench.reason(try bench.verifier(), token) == .timestampInvalid)
  }

  @Test func tellsStrangers() throws {
    let verifier = try bench.verifier()
    let token = try bench.token {
      $0.signerIdentifier = DERWriter.sequence(DERWriter.name("Time Root"), DERWriter.integer(8))
    }
    #expect(TimestampBench.reason(verifier, token) == .timestampAuthorityUnknown)
    let other = try bench.token {
      $0.signerIdentifier = DERWriter.sequence(DERWriter.name("Time Foot"), DERWriter.integer(9))
    }
    #expect(TimestampBench.reason(verifier, other) == .timestampAuthorityUnknown)
    let none = TimestampVerifier(trustRoot: try TrustRoot(parsing: TrustRootSketch().json, named: "test"))
    #expect(TimestampBench.reason(none, try bench.token()) == .timestampAuthorityUnknown)
  }

  @Test func tellsAlgorithms() throws {
    let token = try bench.token { $0.signatureAlgorithm = DERWriter.algorithm("1.2.3") }
    #expect(TimestampBench.reason(try bench.verifier(), token) == .signatureAlgorithmUnsupported)
  }

  // MARK: Windows

  @Test(
    "The trust root's window includes both ends",
    arguments: [
      ("2026-08-01T12:00:00Z", nil, nil), ("2026-08-01T12:00:01Z", nil, Reason.timestampOutsideValidity),
      ("2026-01-01T00:00:00Z", "2026-08-01T12:00:00Z", nil),
      ("2026-01-01T00:00:00Z", "2026-08-01T11:59:59Z", .timestampOutsideValidity),
    ] as [(String, String?, Reason?)])
  func holdsToTheWindow(start: String, end: String?, expected: Reason?) throws {
    let verifier = try bench.verifier {
      $0.start = start
      $0.end = end
    }
    #expect(TimestampBench.reason(verifier, try bench.token()) == expected)
  }

  @Test(
    "A certificate's validity includes both ends, also once its path is known",
    arguments: [
      ("20260801120000Z", nil), ("20260801115959Z", Reason.timestampOutsideValidity),
      ("20260801130000.9Z", nil), ("20260801130001Z", .timestampOutsideValidity),
    ] as [(String, Reason?)])
  func holdsToTheCertificate(time: String, expected: Reason?) throws {
    var sketch = bench.leafSketch
    sketch.notBefore = "260801120000Z"
    sketch.notAfter = "260801130000Z"
    let leaf = try sketch.signed(by: bench.rootKey)
    func token(_ time: String) throws -> [UInt8] {
      try bench.token {
        $0.attributes[2] = TokenSketch.certificateAttribute(digest(leaf).bytes)
        $0.time = DERWriter.time(time)
      }
    }
    let verifier = try bench.verifier(chain: [leaf, bench.root])
    #expect(TimestampBench.reason(verifier, try token(time)) == expected)
    #expect(TimestampBench.reason(verifier, try token("20260801123000Z")) == nil)
    #expect(TimestampBench.reason(verifier, try token(time)) == expected)
  }

  @Test func triesEachWindowOfAnAuthority() throws {
    var early = TrustRootSketch.Authority("Early", [bench.leaf, bench.root])
    early.end = "2026-07-01T00:00:00Z"
    var sketch = TrustRootSketch()
    sketch.timestampAuthorities = [early, TrustRootSketch.Authority("Late", [bench.leaf, bench.root])]
    let verifier = TimestampVerifier(trustRoot: try TrustRoot(parsing: sketch.json, named: "test"))
    let established = try verifier.verify(bench.token(), over: TimestampBench.signature).time
    #expect(established.source == .timestampAuthority("CN=Late"))
  }

  // MARK: Certificates

  static let purposes: [(String, [UInt8])] = [
    ("not critical", CertificateSketch.purpose("1.3.6.1.5.5.7.3.8")),
    ("beside another", CertificateSketch.purpose("1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.3", critical: true)),
    ("another", CertificateSketch.purpose("1.3.6.1.5.5.7.3.3", critical: true)),
    ("none", CertificateSketch.part("1.2.3", [5, 0])),
  ]

  @Test("The certificate is for time stamping, critically, and for nothing else", arguments: purposes)
  func holdsToThePurpose(name: String, purpose: [UInt8]) throws {
    var sketch = bench.leafSketch
    sketch.extensions[0] = purpose
    let leaf = try sketch.signed(by: bench.rootKey)
    let token = try bench.token { $0.attributes[2] = TokenSketch.certificateAttribute(digest(leaf).bytes) }
    #expect(TimestampBench.reason(try bench.verifier(chain: [leaf, bench.root]), token) == .timestampInvalid)
  }

  @Test func refusesAChainThatDoesNotHold() throws {
    // The trust root's own chain: the leaf was signed by another key than its root's.
    let leaf = try bench.leafSketch.signed(by: bench.key)
    let token = try bench.token { $0.attributes[2] = TokenSketch.certificateAttribute(digest(leaf).bytes) }
    #expect(TimestampBench.reason(try bench.verifier(chain: [leaf, bench.root]), token) == .timestampInvalid)
  }
}

/// The trust root names only the authority's root; the signing certificate comes along.
@Suite struct CarriedCertificateTests {
  let bench: TimestampBench

  init() throws { bench = try TimestampBench.shared.get() }

  private func authorityKeys() throws -> (intermediate: [UInt8], leaf: [UInt8]) {
    let key = try SigningKey()
    let intermediate = try CertificateSketch.authority("Time Middle", key: key, issuer: "Time Root").signed(
      by: bench.rootKey)
    var sketch = bench.leafSketch
    sketch.issuer = DERWriter.name("Time Middle")
    return (intermediate, try sketch.signed(by: key))
  }

  private func verifier() throws -> TimestampVerifier { try bench.verifier(chain: [bench.root]) }

  @Test func aChainOfAuthoritiesHoldsNoSigningCertificate() throws {
    let key = try SigningKey()
    let unused = try CertificateSketch.authority("Time Elsewhere", key: key, issuer: "Time Root").signed(
      by: bench.rootKey)
    let verifier = try bench.verifier(chain: [unused, bench.root])
    #expect(TimestampBench.reason(verifier, try bench.token { $0.certificates = [bench.leaf] }) == nil)
  }

  @Test func findsTheCertificateAmongAll() throws {
    let verifier = try verifier()
    let junk = [
      DERWriter.sequence([5, 0]), try CertificateSketch.authority("Stranger", key: bench.key).signed(by: bench.key),
      try bench.leafSketch.signed(by: bench.key),  // bears the signer's name
    ]
    for certificates in [[bench.leaf], [bench.root, bench.leaf], junk + [bench.leaf], [bench.leaf] + junk] {
      #expect(TimestampBench.reason(verifier, try bench.token { $0.certificates = certificates }) == nil)
    }
    #expect(TimestampBench.reason(verifier, try bench.token()) == .timestampAuthorityUnknown)
    #expect(
      TimestampBench.reason(verifier, try bench.token { $0.certificates = junk }) == .timestampInvalid)
  }

  @Test func findsAPathThroughTheCarried() throws {
    let (intermediate, leaf) = try authorityKeys()
    let token = { (certificates: [[UInt8]]) in
      try bench.token {
        $0.signerIdentifier = DERWriter.sequence(DERWriter.name("Time Middle"), DERWriter.integer(9))
        $0.attributes[2] = TokenSketch.certificateAttribute(digest(leaf).bytes)
        $0.certificates = certificates
      }
    }
    let verifier = try verifier()
    #expect(TimestampBench.reason(verifier, try token([leaf, intermediate])) == nil)
    #expect(TimestampBench.reason(verifier, try token([intermediate, leaf])) == nil)
    #expect(TimestampBench.reason(verifier, try token([leaf])) == .timestampAuthorityUnknown)
  }

  /// Nor does what is carried lead around the window of the authority that it is of.
  @Test func whatIsCarriedReopensNoWindow() throws {
    let (intermediate, below) = try authorityKeys()
    func verifier(_ ended: [[UInt8]]) throws -> TimestampVerifier {
      var sketch = TrustRootSketch()
      sketch.timestampAuthorities = ["Ended", "Ours"].map {
        TrustRootSketch.Authority($0, $0 == "Ours" ? [bench.root] : ended)
      }
      sketch.timestampAuthorities[0].end = "2026-07-01T00:00:00Z"
      return TimestampVerifier(trustRoot: try TrustRoot(parsing: sketch.json, named: "test"))
    }
    let byIntermediate = try bench.token {
      $0.signerIdentifier = DERWriter.sequence(DERWriter.name("Time Middle"), DERWriter.integer(9))
      $0.attributes[2] = TokenSketch.certificateAttribute(digest(below).bytes)
      $0.certificates = [below, intermediate]
    }
    let byRoot = try bench.token { $0.certificates = [bench.leaf] }
    for (ended, token) in [([intermediate, bench.root], byIntermediate), ([bench.leaf, bench.root], byRoot)] {
      #expect(TimestampBench.reason(try self.verifier(), token) == nil)
      #expect(TimestampBench.reason(try verifier(ended), token) == .timestampOutsideValidity)
    }
  }

  @Test func tellsForgersFromStrangers() throws {
    let verifier = try verifier()
    let forged = try bench.leafSketch.signed(by: bench.key)
    let token = try bench.token {
      $0.attributes[2] = TokenSketch.certificateAttribute(digest(forged).bytes)
      $0.certificates = [forged]
    }
    #expect(TimestampBench.reason(verifier, token) == .timestampInvalid)

    var sketch = bench.leafSketch
    sketch.issuer = DERWriter.name("Stranger")
    let strange = try sketch.signed(by: bench.key)
    let other = try bench.token {
      $0.signerIdentifier = DERWriter.sequence(DERWriter.name("Stranger"), DERWriter.integer(9))
      $0.attributes[2] = TokenSketch.certificateAttribute(digest(strange).bytes)
      $0.certificates = [strange]
    }
    #expect(TimestampBench.reason(verifier, other) == .timestampAuthorityUnknown)
  }

  @Test func prefersTheTrustRootsOwn() throws {
    // Another certificate of the same name and root, which the trust root does not list: it lists one that signs.
    var sketch = bench.leafSketch
    sketch.serial = 10
    let other = try sketch.signed(by: bench.rootKey)
    let token = try bench.token {
      $0.signerIdentifier = DERWriter.sequence(DERWriter.name("Time Root"), DERWriter.integer(10))
      $0.attributes[2] = TokenSketch.certificateAttribute(digest(other).bytes)
      $0.certificates = [other]
    }
    #expect(TimestampBench.reason(try bench.verifier(), token) == .timestampAuthorityUnknown)
    #expect(TimestampBench.reason(try verifier(), token) == nil)
  }

  @Test func takesASoleCertificateAsTheSigners() throws {
    #expect(TimestampBench.reason(try bench.verifier(chain: [bench.leaf]), try bench.token()) == nil)
  }
}
