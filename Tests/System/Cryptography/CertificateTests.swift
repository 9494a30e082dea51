import DER
import FoundationEssentials
import Testing
import TestSupport

@testable import Cryptography

@Suite struct CertificateTests {
  typealias Extension = CertificateRecipe.Extension

  @Test func tellsItsFields() throws {
    var recipe = TestChain().leaf
    recipe.subject = "Jürgen, \u{7}"
    recipe.serial = [0, 0xff]
    recipe.extensions.append(.keyIdentifier([1, 2]))
    let der = recipe.der
    let certificate = try Certificate(der: der)
    #expect(certificate.der == der)
    #expect(certificate.fingerprint == digest(der))
    #expect(try certificate.publicKey == TestChain.leafKey.publicKey)
    #expect(certificate.notBefore == CertificateRecipe.start)
    #expect(certificate.notAfter == CertificateRecipe.end)
    #expect(certificate.subject == "CN=Jürgen\\, \\07")
    #expect(certificate.issuer == "CN=intermediate")
    #expect(certificate.issuerName == CertificateRecipe.name("intermediate"))
    #expect(certificate.serialNumber == [0, 0xff])
    #expect(certificate.subjectKeyIdentifier == [1, 2])
    #expect(!certificate.isSelfIssued)
    #expect(try TestChain().root.certificate.isSelfIssued)
    #expect(certificate.criticalExtensions == ["2.5.29.15"])
    #expect(certificate.extensionValue(OID(1, 3, 6, 1, 4, 1, 99999, 1)) == DER.null)
    #expect(certificate.extensionValue(OID(1, 3, 6, 1, 4, 1, 99999, 2)) == nil)
    // What was signed is what the issuer's key verifies.
    let fields = certificate.decoded.fields
    try TestChain.intermediateKey.publicKey.verify(
      Array(der[fields.signature]), over: certificate.tbs, .ecdsa(.sha384))
  }

  @Test func refusesOtherBytes() throws {
    let der = TestChain().leaf.der
    _ = try Certificate(der: der)
    for end in 0..<der.count { #expect(throws: CryptographyError.self) { try Certificate(der: Array(der[..<end])) } }
    #expect(throws: CryptographyError.self) { try Certificate(der: der + [0]) }
    #expect(throws: CryptographyError.self) { try Certificate(der: [0x31] + der.dropFirst()) }
    // The same in BER: one certificate would have two fingerprints.
    #expect(throws: CryptographyError.self) { try Certificate(der: [0x30, 0x80] + der.dropFirst(4) + [0, 0]) }
    #expect(throws: CryptographyError.self) { try Certificate(der: [0x30, 0x83, 0] + der.dropFirst(2)) }
  }

  @Test func boundsLength() throws {
    var recipe = TestChain().leaf
    recipe.extensions[3].value = [UInt8](repeating: 0, count: 60_000)
    _ = try recipe.certificate
    recipe.extensions[3].value = [UInt8](repeating: 0, count: Certificate.lengthLimit)
    #expect(throws: CryptographyError.self) { try recipe.certificate }
    let blank = [UInt8](repeating: UInt8(ascii: "\n"), count: (1 << 20) + 1)
    #expect(try Certificate.chain(pem: blank.dropLast()) == [])
    #expect(throws: CryptographyError.self) { try Certificate.chain(pem: blank) }
  }

  @Test func boundsExtensions() throws {
    var recipe = TestChain().leaf
    recipe.extensions = (0..<UInt64(CertificateFields.extensionLimit)).map {
      Extension(oid: [1, 3, 6, 1, 4, 1, 99999, $0], isCritical: false, value: DER.null)
    }
    _ = try recipe.certificate
    recipe.extensions.append(.unknown(isCritical: false).at(1000))
    #expect(throws: CryptographyError.self) { try recipe.certificate }
  }

  private static func pem(_ certificates: [[UInt8]]) -> [UInt8] {
    certificates.flatMap { der in
      let body = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
      return Array("-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n".utf8)
    }
  }

  @Test func readsChains() throws {
    let chain = TestChain()
    let ders = [chain.leaf.der, chain.intermediate.der]
    #expect(try Certificate.chain(pem: Self.pem(ders)).map(\.der) == ders)
    #expect(try Certificate.chain(pem: []) == [])
    let many = [[UInt8]](repeating: chain.leaf.der, count: Certificate.countLimit)
    #expect(try Certificate.chain(pem: Self.pem(many)).count == Certificate.countLimit)
    #expect(throws: CryptographyError.self) { try Certificate.chain(pem: Self.pem(many + [chain.leaf.der])) }
    #expect(throws: CryptographyError.self) { try Certificate.chain(pem: Self.pem([[1, 2, 3]])) }
    #expect(throws: CryptographyError.self) { try Certificate.chain(pem: Array("words".utf8)) }
    #expect(throws: CryptographyError.self) { try Certificate.chain(pem: Self.pem(ders) + Array("words".utf8)) }
  }
}

extension CertificateRecipe.Extension {
  fileprivate func at(_ arc: UInt64) -> Self {
    var copy = self
    copy.oid[copy.oid.count - 1] = arc
    return copy
  }
}

/// Sigstore's public trust material, read with the tests' own means.
struct TrustMaterial: Decodable {
  struct Authority: Decodable {
    struct Chain: Decodable {
      struct Entry: Decodable { var rawBytes: Data }
      var certificates: [Entry]
    }
    var certChain: Chain

    var certificates: [Certificate] {
      get throws { try certChain.certificates.map { try Certificate(der: [UInt8]($0.rawBytes)) } }
    }
  }

  var certificateAuthorities: [Authority]
  var timestampAuthorities: [Authority]

  static func read(_ path: String) throws -> TrustMaterial {
    try JSONDecoder().decode(TrustMaterial.self, from: Data(try Corpus.bytes(path)))
  }
}

@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence))) struct RealCertificateTests {
  struct Bundle: Decodable {
    struct Material: Decodable {
      struct Entry: Decodable { var rawBytes: Data }
      var certificate: Entry
    }
    var verificationMaterial: Material
  }

  @Test func verifiesAFulcioCertificate() throws {
    let bytes = try Corpus.bytes("sigstore-conformance/happy-path-v0.3/bundle.sigstore.json")
    let bundle = try JSONDecoder().decode(Bundle.self, from: Data(bytes))
    let leaf = try Certificate(der: [UInt8](bundle.verificationMaterial.certificate.rawBytes))
    let material = try TrustMaterial.read("trust/sigstore-public-good.trusted_root.json")
    let chain = try #require(material.certificateAuthorities.last).certificates
    let anchor = try #require(chain.last)
    let authority = CertificateAuthority(anchor: anchor, intermediates: chain.dropLast())
    let path = try authority.verify(leaf, untrusted: [], at: leaf.notBefore, for: .codeSigning)
    #expect(path.count == 3)
    #expect(leaf.subject == "")
    #expect(leaf.issuer == "CN=sigstore-intermediate,O=sigstore.dev")
    #expect(leaf.criticalExtensions == ["2.5.29.15", "2.5.29.17"])
    #expect(
      leaf.extensionValue(OID(1, 3, 6, 1, 4, 1, 57264, 1, 1))
        == Array("https://token.actions.githubusercontent.com".utf8))
    #expect(throws: CryptographyError.self) {
      try authority.verify(leaf, untrusted: [], at: leaf.notAfter + 1, for: .codeSigning)
    }
  }
}
