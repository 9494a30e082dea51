import DER
import FoundationEssentials
import Testing
import TestSupport

@testable import Cryptography

@Suite struct SignedDataTests {
  typealias Outcome = CertificateAuthorityTests.Outcome

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let outcome: Outcome
    let spoil: @Sendable (inout TestToken) -> Void

    init(_ name: String, _ outcome: Outcome, _ spoil: @escaping @Sendable (inout TestToken) -> Void) {
      self.name = name
      self.outcome = outcome
      self.spoil = spoil
    }

    var testDescription: String { name }
  }

  static let leaf = TestChain.timeStamping().leaf
  static let leafDER = leaf.der

  static let cases: [Case] = [
    Case("as it should be", .passes) { _ in },
    Case("no embedded certificate", .passes) { $0.embedded = [] },
    Case("unsigned attributes", .passes) { $0.unsignedAttributes = DER.value(0xa1, DER.null) },
    Case("unreadable embedded certificate", .passes) { $0.embedded.insert(DER.sequence(), at: 0) },
    Case("certificate named by SHA-512", .passes) { $0.attributes[2] = TestToken.names(leafDER, .sha512) },
    Case("certificate named by SHA-1", .passes) { $0.attributes[2] = TestToken.namesBySHA1(leafDER) },
    Case("certificate named twice", .passes) { $0.attributes.append(TestToken.namesBySHA1(leafDER)) },
    // What was signed.
    Case("altered signature", .invalidSignature) { $0.alter = { $0.dropLast() + [$0.last! ^ 1] } },
    Case("other content", .invalidSignature) { $0.carriedContent = [1] },
    Case("other content type signed", .invalidSignature) {
      $0.attributes[0].values = [DER.oid([1, 2, 840, 113549, 1, 7, 1])]
    },
    Case("other digest signed", .invalidSignature) {
      $0.attributes[1].values = [DER.octets([UInt8](repeating: 0, count: 32))]
    },
    Case("another certificate named", .invalidSignature) { $0.attributes[2] = TestToken.names([1]) },
    Case("another certificate named by SHA-1", .invalidSignature) { $0.attributes[2] = TestToken.namesBySHA1([1]) },
    Case("right by SHA-256 and wrong by SHA-1", .invalidSignature) {
      $0.attributes.append(TestToken.namesBySHA1([1]))
    },
    Case("right by SHA-1 and wrong by SHA-256", .invalidSignature) {
      $0.attributes[2] = TestToken.names([1])
      $0.attributes.append(TestToken.namesBySHA1(leafDER))
    },
    Case("signer's certificate named second", .invalidSignature) {
      let identifiers = [[1], leafDER].map { DER.sequence(DER.octets(digest($0).bytes)) }
      $0.attributes[2].values = [DER.sequence(DER.sequence(identifiers))]
    },
    // Who signed.
    Case("another serial number", .untrusted) {
      $0.signerIdentifier = TestToken.issuerAndSerial("intermediate", [2])
    },
    Case("another issuer", .untrusted) { $0.signerIdentifier = TestToken.issuerAndSerial("other", [1]) },
    Case("a key identifier that the certificate has not", .untrusted) { $0.signerIdentifier = DER.value(0x80, [1]) },
    // Attributes.
    Case("no signed attributes", .malformed) { $0.hasAttributes = false },
    Case("no content type", .malformed) { $0.attributes.remove(at: 0) },
    Case("no digest", .malformed) { $0.attributes.remove(at: 1) },
    Case("no certificate named", .malformed) { $0.attributes.remove(at: 2) },
    Case("one attribute twice", .malformed) { $0.attributes.append($0.attributes[1]) },
    Case("two digests in one attribute", .malformed) { $0.attributes[1].values += $0.attributes[1].values },
    Case("an attribute without value", .malformed) { $0.attributes[1].values = [] },
    // Shape and algorithms.
    Case("two signers", .malformed) { $0.moreSigners = 1 },
    Case("too many embedded certificates", .malformed) {
      $0.embedded = [[UInt8]](repeating: DER.sequence(), count: Certificate.countLimit + 1)
    },
    Case("digest by SHA-1", .unsupported) { $0.digestAlgorithm = DER.sequence(DER.oid([1, 3, 14, 3, 2, 26])) },
    Case("digest algorithm with NULL", .passes) {
      $0.digestAlgorithm = DER.sequence(DER.oid([2, 16, 840, 1, 101, 3, 4, 2, 1]), DER.null)
    },
    Case("digest algorithm with a NULL that is not empty", .malformed) {
      $0.digestAlgorithm = DER.sequence(DER.oid([2, 16, 840, 1, 101, 3, 4, 2, 1]), [5, 1, 0])
    },
    Case("digest algorithm with other parameters", .malformed) {
      $0.digestAlgorithm = DER.sequence(DER.oid([2, 16, 840, 1, 101, 3, 4, 2, 1]), DER.integer(1))
    },
    Case("not signed data", .malformed) { $0.outerType = [1, 2, 840, 113549, 1, 7, 3] },
    Case("signature by another hash than the digest", .malformed) {
      $0.signatureAlgorithm = DER.sequence(DER.oid([1, 2, 840, 10045, 4, 3, 3]))
    },
    Case("signature by SHA-1", .unsupported) {
      $0.signatureAlgorithm = DER.sequence(DER.oid([1, 2, 840, 10045, 4, 1]))
    },
  ]

  @Test(arguments: cases) func judges(test: Case) throws {
    var token = TestToken(signer: Self.leaf)
    // The recipe signs anew each time: the attribute must name the certificate that will be asked about.
    token.embedded = [Self.leafDER]
    token.attributes[2] = TestToken.names(Self.leafDER)
    test.spoil(&token)
    let signer = try Certificate(der: Self.leafDER)
    let der = token.der
    #expect(Outcome { try SignedData(der: der).verify(signer: signer) } == test.outcome)
  }

  @Test(arguments: [
    (TestKey.Kind.p384, HashAlgorithm.sha384), (.p256, .sha512), (.rsa2048, .sha256), (.ed25519, .sha512),
  ])
  func verifiesOtherKeys(kind: TestKey.Kind, hash: HashAlgorithm) throws {
    var recipe = Self.leaf
    recipe.key = TestKey(kind)
    let data = try SignedData(der: TestToken(signer: recipe, hash: hash).der)
    try data.verify(signer: #require(data.certificates.first))
  }

  @Test func holdsEd25519ToItsHash() throws {
    var recipe = Self.leaf
    recipe.key = TestKey(.ed25519)
    let der = TestToken(signer: recipe, hash: .sha256).der
    #expect(Outcome { _ = try SignedData(der: der) } == .malformed)
  }

  /// `rsaEncryption` names no hash: the digest's is meant.
  @Test func readsPlainRSA() throws {
    var recipe = Self.leaf
    recipe.key = TestKey(.rsa2048)
    var token = TestToken(signer: recipe)
    token.signatureAlgorithm = DER.sequence(DER.oid([1, 2, 840, 113549, 1, 1, 1]), DER.null)
    let data = try SignedData(der: token.der)
    try data.verify(signer: #require(data.certificates.first))
  }

  @Test func findsSignersByKeyIdentifier() throws {
    var recipe = Self.leaf
    recipe.extensions.append(.keyIdentifier([7, 7]))
    var token = TestToken(signer: recipe)
    token.signerIdentifier = DER.value(0x80, [7, 7])
    let data = try SignedData(der: token.der)
    #expect(data.signerIdentifier == .subjectKeyIdentifier([7, 7]))
    try data.verify(signer: #require(data.certificates.first))
  }

  /// Another certificate of the same name, number and key is another certificate.
  @Test func refusesACertificateOfTheSameKey() throws {
    let token = try SignedData(der: TestToken(signer: Self.leaf).der)
    var other = Self.leaf
    other.notAfter = "270101000000Z"
    let certificate = try other.certificate
    #expect(token.names(certificate))
    #expect(throws: CryptographyError.invalidSignature) { try token.verify(signer: certificate) }
  }

  @Test func exposesWhatItHolds() throws {
    let token = TestToken(signer: Self.leaf)
    let data = try SignedData(der: token.der)
    #expect(data.contentType == OID(1, 2, 840, 113549, 1, 9, 16, 1, 4))
    #expect(data.content == token.content)
    #expect(data.embeddedCertificates == token.embedded)
    #expect(
      data.signerIdentifier == .issuerAndSerial(issuer: CertificateRecipe.name("intermediate"), serial: [1]))
  }

  @Test func refusesOtherBytes() throws {
    let der = TestToken(signer: Self.leaf).der
    _ = try SignedData(der: der)
    #expect(throws: CryptographyError.self) { try SignedData(der: der + [0]) }
    #expect(throws: CryptographyError.self) { try SignedData(der: []) }
    for end in 0..<der.count { #expect(throws: CryptographyError.self) { try SignedData(der: Array(der[..<end])) } }
  }

  @Test(arguments: [(60_000, Outcome.passes), (SignedData.lengthLimit, .malformed)])
  func boundsLength(count: Int, outcome: Outcome) throws {
    var token = TestToken(signer: Self.leaf)
    token.content = [UInt8](repeating: 0, count: count)
    token.attributes[1].values = [DER.octets(digest(token.content).bytes)]
    let signer = try Certificate(der: token.embedded[0])
    let der = token.der
    #expect(Outcome { try SignedData(der: der).verify(signer: signer) } == outcome)
  }

  /// No byte of a token may change and the token still verify, but for the embedded certificates and the parts that
  /// carry no meaning (versions, the list of digest algorithms).
  @Test func everyByteCounts() throws {
    let der = TestToken(signer: Self.leaf).der
    let data = try SignedData(der: der)
    let signer = try #require(data.certificates.first)
    try data.verify(signer: signer)
    let silent = der.indices.filter { index in
      var altered = der
      altered[index] ^= 1
      return Outcome { try SignedData(der: altered).verify(signer: signer) } == .passes
    }
    let embedded = try #require(der.firstRange(of: signer.der))
    let versions = 2
    let listed = TestToken.algorithm(.sha256).count
    #expect(silent.filter { !embedded.contains($0) }.count <= versions + listed)
  }
}

/// Tokens that Sigstore's own authority issued.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence))) struct RealTokenTests {
  struct Bundle: Decodable {
    struct Material: Decodable {
      struct Timestamps: Decodable {
        struct Timestamp: Decodable { var signedTimestamp: Data }
        var rfc3161Timestamps: [Timestamp]
      }
      var timestampVerificationData: Timestamps
    }
    var verificationMaterial: Material
  }

  /// The token in a response: behind its status (RFC 3161 §2.4.2).
  static func token(of name: String) throws -> [UInt8] {
    let bytes = try Corpus.bytes("sigstore-conformance/\(name)/bundle.sigstore.json")
    let bundle = try JSONDecoder().decode(Bundle.self, from: Data(bytes))
    let timestamps = bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps
    let response = try #require(timestamps.first).signedTimestamp
    var outer = DERWalker([UInt8](response))
    var reader = outer.inside(try outer.next())
    _ = try reader.next()
    return reader.bytes(of: try reader.next().whole)
  }

  @Test(arguments: [
    "rekor2-happy-path", "rekor2-timestamp-with-embedded-cert", "rekor2-timestamp-without-embedded-cert",
  ])
  func verifies(name: String) throws {
    let material = try TrustMaterial.read("sigstore-conformance/\(name)/trusted_root.json")
    let authority = try #require(material.timestampAuthorities.first).certificates
    let data = try SignedData(der: Self.token(of: name))
    let signer = try #require(authority.first { data.names($0) })
    try data.verify(signer: signer)
    #expect(data.contentType == OID(1, 2, 840, 113549, 1, 9, 16, 1, 4))
    let anchor = try #require(authority.last)
    let path = try CertificateAuthority(anchor: anchor, intermediates: authority).verify(
      signer, untrusted: [], at: 1_750_000_000, for: .timeStamping)
    #expect(path.first == signer && path.last == anchor)
  }

  @Test func refusesAStrangersToken() throws {
    let name = "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail"
    let material = try TrustMaterial.read("sigstore-conformance/\(name)/trusted_root.json")
    let data = try SignedData(der: Self.token(of: name))
    for certificate in try #require(material.timestampAuthorities.first).certificates {
      #expect(throws: CryptographyError.self) { try data.verify(signer: certificate) }
    }
  }
}
