import COpenSSL
import Synchronization
import Testing

@testable import Cryptography

/// Every algorithm is fetched through the provider: a library context without algorithms, or a property query that
/// none meets, leaves nothing that works; and OpenSSL's default context is never asked.
@Suite struct ProviderTests {
  static let barren = [Provider(loading: "null"), Provider(properties: "provider=absent")]
  static let message = Array("message".utf8)

  static let cases: [(TestKey.Kind, SignatureScheme)] = [
    (.p256, .ecdsa(.sha256)), (.p384, .ecdsa(.sha384)), (.p521, .ecdsa(.sha512)), (.ed25519, .ed25519),
    (.rsa2048, .rsaPKCS1(.sha256)), (.rsa2048, .rsaPSS(.sha256)),
  ]

  @Test(arguments: [0, 1]) func digestsComeFromTheProvider(index: Int) {
    for algorithm in HashAlgorithm.allCases {
      #expect(Self.barren[index].digest(algorithm) == nil)
      #expect(Provider.shared.digest(algorithm) != nil)
    }
    #expect(Self.barren[index].sha1([]) == nil)
    #expect(Provider.shared.sha1([])?.count == 20)
  }

  @Test(arguments: [0, 1], [TestKey.Kind.p256, .p384, .p521, .ed25519, .rsa2048])
  func keysComeFromTheProvider(index: Int, kind: TestKey.Kind) throws {
    let spki = TestKey(kind).spki
    _ = try PublicKey(spki: spki, with: .shared)
    #expect(throws: CryptographyError.self) { try PublicKey(spki: spki, with: Self.barren[index]) }
  }

  /// OpenSSL takes each certificate's SHA-1 when it reads the extensions. That it could not shows that it asked neither
  /// the default context nor any other that has algorithms.
  @Test func decodingFetchesNothing() throws {
    let certificate = try TestChain().leaf.certificate
    #expect(certificate.decoded.flags & UInt32(EXFLAG_NO_FINGERPRINT) != 0)
  }

  /// OpenSSL looks for a signature's algorithm where the key's came from too, so that only the query can be missed.
  /// The digests are there: nothing else can be what fails.
  @Test(arguments: cases)
  func signaturesComeFromTheProvider(kind: TestKey.Kind, scheme: SignatureScheme) throws {
    let key = TestKey(kind).publicKey
    let silent = Provider(properties: "provider=absent", digestsFrom: .shared)
    #expect(silent.digest(.sha256) != nil)
    // What the signature is does not matter: it is not reached.
    expectUnsupported { try key.verify([1], over: Self.message, scheme, with: silent) }
    #expect(throws: CryptographyError.invalidSignature) { try key.verify([1], over: Self.message, scheme) }
  }

  @Test(arguments: [0, 1]) func signaturesTakeTheProvidersDigests(index: Int) throws {
    let key = TestKey(.p256).publicKey
    expectUnsupported { try key.verify([1], over: Self.message, .ecdsa(.sha256), with: Self.barren[index]) }
  }

  @Test func theDefaultContextIsNeverAsked() throws {
    // Signers come first: they are the tests' own.
    let signers = Self.cases.prefix(5).map { (TestKey($0.0), $0.1) }
    let signed = signers.map { signer, scheme in
      (signer.spki, scheme, signer.sign(Self.message, scheme.hash ?? .sha512))
    }
    let chain = TestChain()
    let leaf = chain.leaf.der
    let anchor = chain.root.der
    let intermediate = chain.intermediate.der
    let token = TestToken(signer: TestChain.timeStamping().leaf).der

    let watched = OSSL_LIB_CTX_new()
    OSSL_PROVIDER_add_builtin(watched, "watch", startWatch)
    let provider = OSSL_PROVIDER_load(watched, "watch")
    let usual = OSSL_LIB_CTX_set0_default(watched)
    defer {
      OSSL_LIB_CTX_set0_default(usual)
      OSSL_PROVIDER_unload(provider)
      OSSL_LIB_CTX_free(watched)
    }
    #expect(EVP_MD_fetch(nil, "SHA256", nil) == nil)
    let asked = Watch.count.load(ordering: .relaxed)
    #expect(asked > 0)

    for (spki, scheme, signature) in signed { try PublicKey(spki: spki).verify(signature, over: Self.message, scheme) }
    let key = try PublicKey(spki: Ed25519phTests.spki)
    try key.verify(Ed25519phTests.signature, over: Ed25519phTests.message, .ed25519ph)
    let authority = CertificateAuthority(
      anchor: try Certificate(der: anchor), intermediates: [try Certificate(der: intermediate)])
    let path = try authority.verify(
      Certificate(der: leaf), untrusted: [], at: CertificateRecipe.middle, for: .codeSigning)
    #expect(path.count == 3)
    let data = try SignedData(der: token)
    try data.verify(signer: #require(data.certificates.first))
    #expect(Watch.count.load(ordering: .relaxed) == asked)
  }
}

/// An OpenSSL provider that has nothing, and counts how often it is asked.
private enum Watch {
  static let count = Atomic(0)

  private static let query:
    @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<Int32>?) -> UnsafePointer<OSSL_ALGORITHM>? = {
      _, _, doNotKeep in
      count.add(1, ordering: .relaxed)
      doNotKeep?.pointee = 1
      return nil
    }

  nonisolated(unsafe) static let functions: UnsafeMutablePointer<OSSL_DISPATCH> = {
    let table = UnsafeMutablePointer<OSSL_DISPATCH>.allocate(capacity: 2)
    table[0] = OSSL_DISPATCH(
      function_id: OSSL_FUNC_PROVIDER_QUERY_OPERATION,
      function: unsafeBitCast(query, to: (@convention(c) () -> Void).self))
    table[1] = OSSL_DISPATCH(function_id: 0, function: nil)
    return table
  }()
}

private func startWatch(
  _: OpaquePointer?, _: UnsafePointer<OSSL_DISPATCH>?,
  _ functions: UnsafeMutablePointer<UnsafePointer<OSSL_DISPATCH>?>?,
  _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
  functions?.pointee = UnsafePointer(Watch.functions)
  context?.pointee = UnsafeMutableRawPointer(Watch.functions)
  return 1
}
