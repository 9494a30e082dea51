import DER
import Testing
import TestSupport

@testable import Cryptography

@Suite struct RevocationListTests {
  typealias Extension = CertificateRecipe.Extension
  typealias Outcome = CertificateAuthorityTests.Outcome

  /// A list to be made for a test, and every way to spoil it.
  struct Recipe {
    struct Entry {
      var serial: [UInt8] = [5]
      var date = CertificateRecipe.utc("260801120000Z")
      var extensions: [Extension] = []
      var isWithExtensions: Bool?

      var der: [UInt8] {
        DER.sequence(
          DER.value(2, serial), date,
          isWithExtensions ?? !extensions.isEmpty ? DER.sequence(extensions.map(\.der)) : [])
      }
    }

    var version: [UInt8] = DER.integer(1)
    var issuer = "intermediate"
    var signer = TestChain.intermediateKey
    var thisUpdate = CertificateRecipe.utc("260901000000Z")
    var nextUpdate = CertificateRecipe.utc("261001000000Z")
    var entries = [Entry()]
    var extensions: [Extension] = [.listNumber([7])]
    var signedAlgorithm: [UInt8]?
    var unusedBits: UInt8 = 0

    var der: [UInt8] {
      let algorithm = signer.signatureAlgorithm(.sha384)
      let tbs = DER.sequence(
        version, signedAlgorithm ?? algorithm, CertificateRecipe.name(issuer), thisUpdate, nextUpdate,
        entries.isEmpty ? [] : DER.sequence(entries.map(\.der)),
        extensions.isEmpty ? [] : DER.value(0xa0, DER.sequence(extensions.map(\.der))))
      return DER.sequence(tbs, algorithm, DER.bits(signer.sign(tbs, .sha384), unused: unusedBits))
    }
  }

  static func outcome(_ change: (inout Recipe) -> Void) -> Outcome {
    var recipe = Recipe()
    change(&recipe)
    return Outcome { _ = try RevocationList(recipe.der) }
  }

  static func certificate(serial: [UInt8]) throws -> Certificate {
    var leaf = TestChain().leaf
    leaf.serial = serial
    return try leaf.certificate
  }

  // MARK: What openssl makes

  /// `openssl ca -gencrl` with a key and certificate of its own.
  static func authority(_ extensions: [String] = []) throws -> (RevokingAuthority, Certificate) {
    let key = try SigningKey()
    let folder = try TemporaryFolder()
    try folder.write("key.pem", key.pem)
    let pem = try runChecked(
      [
        "openssl", "req", "-x509", "-new", "-key", folder.path("key.pem"), "-subj", "/O=Acme/CN=issuing", "-days",
        "900",
      ]
        + extensions.flatMap { ["-addext", $0] })
    let certificate = try Certificate.chain(pem: pem)[0]
    return (try RevokingAuthority(certificate.der, key: key.pem), certificate)
  }

  @Test func tellsWhatOpenSSLWrote() throws {
    let (authority, certificate) = try Self.authority()
    let list = try RevocationList(
      authority.list(
        [
          .init([5], on: "260801120000Z"), .init([0x11, 0xff], on: "260802120000Z", "superseded"),
          .init([0x12], on: "260803120000Z", "keyTime,20260701000000Z"),
          .init([0x13], on: "260803120000Z", "unspecified"),
        ], number: "0107", extensions: "authorityKeyIdentifier = keyid"))
    #expect(list.issuer == "CN=issuing,O=Acme")
    #expect(list.thisUpdate == 1_788_220_800)
    #expect(list.nextUpdate == 1_790_812_800)
    #expect(list.number == "263")
    #expect(list.count == 4)
    try list.verify(under: certificate)
    func revocation(_ serial: [UInt8]) throws -> Revocation? {
      list.revocation(of: try Self.certificate(serial: serial))
    }
    #expect(try revocation([6]) == nil)
    #expect(try revocation([5]) == Revocation(date: 1_785_585_600, invalidity: nil, reason: nil))
    #expect(try revocation([0x11, 0xff])?.reason == .superseded)
    let compromised = try #require(try revocation([0x12]))
    #expect(compromised.reason == .keyCompromise)
    #expect(compromised.invalidity == 1_782_864_000)
    #expect(compromised.since == 1_782_864_000)
    #expect(try revocation([0x13])?.reason == .unspecified)
    // DER and PEM are one list.
    #expect(try RevocationList(list.der) == list)
    // An empty list says that nothing is revoked.
    #expect(try RevocationList(authority.list()).count == 0)
  }

  @Test func readsVersionOne() throws {
    let (authority, certificate) = try Self.authority()
    let list = try RevocationList(authority.list([.init([5], on: "260801120000Z")], number: nil))
    #expect(list.number == nil)
    #expect(list.count == 1)
    try list.verify(under: certificate)
  }

  @Test func namesAreComparedNotTheirBytes() throws {
    var recipe = Recipe()
    recipe.issuer = "  INTERMEDIATE "
    let list = try RevocationList(recipe.der)
    #expect(list.concerns(try Self.certificate(serial: [5])))
    try list.verify(under: TestChain().intermediate.certificate)
    recipe.issuer = "another"
    #expect(!(try RevocationList(recipe.der).concerns(try Self.certificate(serial: [5]))))
  }

  // MARK: Who signed it

  @Test func onlyItsCASigns() throws {
    let list = try RevocationList(Recipe().der)
    func outcome(_ list: RevocationList, _ change: (inout CertificateRecipe) -> Void) -> Outcome {
      var recipe = TestChain().intermediate
      change(&recipe)
      return Outcome { try list.verify(under: recipe.certificate) }
    }
    #expect(outcome(list) { _ in } == .passes)
    #expect(outcome(list) { $0.subject = "another" } == .untrusted)
    #expect(outcome(list) { $0.key = TestChain.stranger } == .invalidSignature)
    #expect(outcome(list) { $0.extensions[0] = .basicConstraints(isCA: false) } == .notPermitted)
    // Bit 6, cRLSign, or no key usage at all.
    #expect(outcome(list) { $0.extensions[1] = .keyUsage(0x04) } == .notPermitted)
    #expect(outcome(list) { $0.extensions[1] = .keyUsage(0x02) } == .passes)
    #expect(outcome(list) { $0.extensions.remove(at: 1) } == .passes)
    // Key identifiers, where both state one.
    var recipe = Recipe()
    recipe.extensions.append(.authorityKeyIdentifier([1, 2]))
    let named = try RevocationList(recipe.der)
    #expect(outcome(named) { $0.extensions.append(.keyIdentifier([1, 2])) } == .passes)
    #expect(outcome(named) { $0.extensions.append(.keyIdentifier([1, 3])) } == .untrusted)
    #expect(outcome(named) { _ in } == .passes)
  }

  @Test func everyBitIsSigned() throws {
    let der = Recipe().der
    let issuer = try TestChain().intermediate.certificate
    for place in stride(from: 0, to: der.count, by: 3) {
      var changed = der
      changed[place] ^= 1
      #expect(Outcome { try RevocationList(changed).verify(under: issuer) } != .passes, "byte \(place)")
    }
    for end in stride(from: 0, to: der.count, by: 7) {
      #expect(Outcome { _ = try RevocationList(Array(der[..<end])) } == .malformed)
    }
    #expect(Outcome { _ = try RevocationList(der + [0]) } == .malformed)
  }

  // MARK: Refusals

  static let refusals: [(Departure<Recipe>, Outcome)] = [
    (Departure("nothing") { _ in }, .passes),
    (Departure("version 3") { $0.version = DER.integer(2) }, .malformed),
    (Departure("version 1 written out") { $0.version = DER.integer(0) }, .malformed),
    (Departure("version 1 with extensions") { $0.version = [] }, .malformed),
    (
      Departure("version 1 with an entry's extensions") {
        ($0.version, $0.extensions) = ([], [])
        $0.entries[0].extensions = [.reason(1)]
      }, .malformed
    ),
    (
      Departure("version 1") { ($0.version, $0.extensions) = ([], []) }, .passes
    ),
    (Departure("no next update") { $0.nextUpdate = [] }, .passes),
    (Departure("next before this") { $0.nextUpdate = CertificateRecipe.utc("260831235959Z") }, .malformed),
    (Departure("time without seconds") { $0.thisUpdate = CertificateRecipe.utc("2609010000Z") }, .malformed),
    (Departure("time with an offset") { $0.thisUpdate = CertificateRecipe.utc("260901000000+0000") }, .malformed),
    (Departure("no time") { $0.thisUpdate = DER.integer(1) }, .malformed),
    (
      Departure("GeneralizedTime") { $0.nextUpdate = DER.value(0x18, Array("20510101000000Z".utf8)) }, .passes
    ),
    (
      Departure("two algorithms") { $0.signedAlgorithm = TestChain.intermediateKey.signatureAlgorithm(.sha256) },
      .malformed
    ),
    (Departure("half bytes of signature") { $0.unusedBits = 1 }, .malformed),
    (Departure("a certificate twice") { $0.entries.append($0.entries[0]) }, .malformed),
    (Departure("two certificates") { $0.entries.append(.init(serial: [6])) }, .passes),
    (Departure("a serial number in more octets") { $0.entries[0].serial = [0, 5] }, .malformed),
    (Departure("a negative serial number") { $0.entries[0].serial = [0xfe] }, .passes),
    (Departure("no number") { $0.extensions = [] }, .passes),
    (Departure("a negative number") { $0.extensions = [.listNumber([0x87])] }, .malformed),
    (
      Departure("a number of 20 octets") { $0.extensions = [.listNumber([UInt8](repeating: 0x7f, count: 20))] }, .passes
    ),
    (
      Departure("a number of 21 octets") { $0.extensions = [.listNumber([UInt8](repeating: 0x7f, count: 21))] },
      .malformed
    ),
    (Departure("one extension twice") { $0.extensions.append(.listNumber([8])) }, .malformed),
    (
      Departure("an unknown critical extension") { $0.extensions.append(.unknown(isCritical: true)) },
      .criticalExtension
    ),
    (Departure("an unknown extension") { $0.extensions.append(.unknown(isCritical: false)) }, .passes),
    (
      Departure("an unknown critical extension of an entry") {
        $0.entries[0].extensions = [.unknown(isCritical: true)]
      }, .criticalExtension
    ),
    (
      Departure("an unknown extension of an entry") { $0.entries[0].extensions = [.unknown(isCritical: false)] },
      .passes
    ),
    (
      Departure("a delta") {
        $0.extensions.append(Extension(oid: [2, 5, 29, 27], isCritical: true, value: DER.integer(6)))
      }, .unsupported
    ),
    (
      Departure("an indirect list") {
        $0.extensions.append(.distributionPoint(DER.value(0x84, [0xff])))
      }, .unsupported
    ),
    (
      Departure("a part of the certificates") {
        $0.extensions.append(.distributionPoint(DER.value(0x81, [0xff])))
      }, .unsupported
    ),
    (
      Departure("an entry of another issuer") {
        $0.entries[0].extensions = [
          Extension(oid: [2, 5, 29, 29], isCritical: true, value: DER.sequence(CertificateRecipe.name("another")))
        ]
      }, .unsupported
    ),
    (Departure("reason 7, which is none") { $0.entries[0].extensions = [.reason(7)] }, .malformed),
    (Departure("reason 8, which is for deltas") { $0.entries[0].extensions = [.reason(8)] }, .malformed),
    (Departure("reason 10") { $0.entries[0].extensions = [.reason(10)] }, .passes),
    (
      Departure("an invalidity date in UTCTime") {
        $0.entries[0].extensions = [.invalidity(CertificateRecipe.utc("260701000000Z"))]
      }, .malformed
    ),
    (
      Departure("an invalidity date") {
        $0.entries[0].extensions = [.invalidity(DER.value(0x18, Array("20260701000000Z".utf8)))]
      }, .passes
    ),
  ]

  @Test(arguments: refusals) func reads(departure: Departure<Recipe>, expected: Outcome) {
    #expect(Self.outcome(departure.apply) == expected)
  }

  @Test func refusalsAreNamed() {
    func words(_ change: (inout Recipe) -> Void) -> String {
      var recipe = Recipe()
      change(&recipe)
      do {
        _ = try RevocationList(recipe.der)
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      words { $0.extensions.append(Extension(oid: [2, 5, 29, 27], isCritical: true, value: DER.integer(6))) }.contains(
        "delta"))
    #expect(words { $0.extensions.append(.distributionPoint(DER.value(0x84, [0xff]))) }.contains("indirect"))
    #expect(words { $0.extensions.append(.distributionPoint(DER.value(0x84, [0]))) }.contains("part"))
    #expect(words { $0.extensions.append(.distributionPoint([])) }.contains("part"))
    #expect(words { $0.entries.append($0.entries[0]) }.contains("certificate 5 stands twice"))
  }

  @Test func boundsLength() throws {
    var recipe = Recipe()
    recipe.extensions.append(.unknown(isCritical: false))
    recipe.extensions[1].value = DER.octets([UInt8](repeating: 0, count: RevocationList.lengthLimit - 1000))
    #expect(recipe.der.count <= RevocationList.lengthLimit)
    _ = try RevocationList(recipe.der)
    recipe.extensions[1].value = DER.octets([UInt8](repeating: 0, count: RevocationList.lengthLimit))
    #expect(Outcome { _ = try RevocationList(recipe.der) } == .malformed)
  }

  @Test(arguments: ["", "no list", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"])
  func otherTextIsNone(_ text: String) {
    #expect(Outcome { _ = try RevocationList(Array(text.utf8)) } == .malformed)
  }

  @Test func certificatesAreNone() throws {
    #expect(Outcome { _ = try RevocationList(TestChain().leaf.der) } == .malformed)
    let (authority, _) = try Self.authority()
    let list = try authority.list()
    #expect(Outcome { _ = try RevocationList(list + list) } == .malformed)
  }

  // MARK: Which is older

  @Test(
    arguments: [
      ([7], "260901000000Z", false), ([6], "260901000000Z", true), ([8], "260901000000Z", false),
      ([7], "260831235959Z", true), ([8], "260831235959Z", true), ([6], "260901000001Z", true),
      ([1, 0], "260901000000Z", false), (nil, "260901000000Z", false), (nil, "260831235959Z", true),
    ] as [([UInt8]?, String, Bool)])
  func comparesNumberAndDate(number: [UInt8]?, made: String, isOlder: Bool) throws {
    var recipe = Recipe()
    recipe.extensions = number.map { [.listNumber($0)] } ?? []
    recipe.thisUpdate = CertificateRecipe.utc(made)
    let (installed, offered) = (try RevocationList(Recipe().der), try RevocationList(recipe.der))
    #expect(offered.isOlder(than: installed) == isOlder)
  }

  @Test(
    arguments: [
      (nil, false), (.unspecified, true), (.keyCompromise, false), (.authorityCompromise, false),
      (.affiliationChanged, true), (.superseded, true), (.cessationOfOperation, true), (.onHold, false),
      (.privilegeWithdrawn, false), (.attributeAuthorityCompromise, false),
    ] as [(Revocation.Reason?, Bool)])
  func whichReasonsLeaveThePastStanding(reason: Revocation.Reason?, isOrderly: Bool) {
    #expect(Revocation(date: 0, invalidity: nil, reason: reason).isOrderly == isOrderly)
  }
}

extension CertificateRecipe {
  static func utc(_ text: String) -> [UInt8] { DER.value(0x17, Array(text.utf8)) }
}

extension CertificateRecipe.Extension {
  fileprivate static func listNumber(_ number: [UInt8]) -> Self {
    Self(oid: [2, 5, 29, 20], isCritical: false, value: DER.value(2, number))
  }

  fileprivate static func reason(_ reason: UInt8) -> Self {
    Self(oid: [2, 5, 29, 21], isCritical: false, value: DER.value(0x0a, [reason]))
  }

  fileprivate static func invalidity(_ time: [UInt8]) -> Self {
    Self(oid: [2, 5, 29, 24], isCritical: false, value: time)
  }

  fileprivate static func distributionPoint(_ contents: [UInt8]) -> Self {
    Self(oid: [2, 5, 29, 28], isCritical: true, value: DER.sequence(contents))
  }
}
