import Cryptography
import Findings
import MiniatureSigstore
import Octets
import Reasons
import Testing
import Verification

/// Every way of signing, under the key that signed and under another of its kind.
struct AlgorithmTests {
  struct Way: Sendable, CustomTestStringConvertible {
    let key: KeyAlgorithm
    let method: SignatureMethod?
    init(_ key: KeyAlgorithm, _ method: SignatureMethod? = nil) {
      self.key = key
      self.method = method
    }
    var testDescription: String { "\(key) \(method.map { "\($0)" } ?? "usual")" }
  }

  static let ways: [Way] = [
    Way(.p256), Way(.p384), Way(.p384, .ecdsa(.sha256)), Way(.p521), Way(.p521, .ecdsa(.sha256)), Way(.rsa(2048)),
    Way(.rsa(3072), .rsaPKCS1(.sha384)), Way(.rsa(4096), .rsaPKCS1(.sha512)), Way(.rsa(2048), .rsaPSS(.sha256)),
    Way(.rsa(3072), .rsaPSS(.sha384)), Way(.rsa(4096), .rsaPSS(.sha512)), Way(.ed25519, .ed25519),
    Way(.ed25519, .ed25519ph),
  ]

  /// RSA keys take long to make: one of each size, and one stranger, serve all tests.
  private static let rsa = [2048: SampleKey(.rsa(2048)), 3072: SampleKey(.rsa(3072)), 4096: SampleKey(.rsa(4096))]
  private static let rsaStranger = SampleKey(.rsa(2048))

  private static func key(_ algorithm: KeyAlgorithm) -> SampleKey {
    if case .rsa(let bits) = algorithm, let key = rsa[bits] { return key }
    return SampleKey(algorithm)
  }

  private static func stranger(_ algorithm: KeyAlgorithm) -> SampleKey {
    if case .rsa = algorithm { return rsaStranger }
    return SampleKey(algorithm)
  }

  private static let payload = SampleImage.simpleSigningPayload(
    of: "sha256:" + Hex.encode(digest(MiniatureShape.artifact).bytes))

  @Test(arguments: ways)
  func underKeys(_ way: Way) throws {
    let key = Self.key(way.key)
    let given = SignatureVerifier(keys: [try PublicKey(spki: key.spki)])
    let other = SignatureVerifier(keys: [try PublicKey(spki: Self.stranger(way.key).spki)])
    let cases: [(SigningRequest.Content, MiniatureShape.Carried)] = [
      (.message(MiniatureShape.artifact), .bundle(.v03)), (.statement(MiniatureShape.statement), .bundle(.v03)),
      (.message(Self.payload), .annotations), (.statement(MiniatureShape.statement), .annotations),
    ]
    for (content, carried) in cases {
      var request = SigningRequest(content, as: .key(key))
      request.method = way.method
      let issued = MiniatureShape.world.issue(request)
      #expect(throws: Never.self) { try MiniatureShape.verify(issued, carried, given) }
      do {
        try MiniatureShape.verify(issued, carried, other)
        Issue.record("it verifies under another key")
      } catch {
        #expect((error as? Failure)?.reason == .signatureKeyMismatch)
      }
    }
  }

  /// By digest alone: what is needed must be known, or the answer is “cannot tell”.
  @Test(
    arguments: [
      (Way(.p256), [HashAlgorithm.sha256], nil), (Way(.p384), [.sha256], Reason.signatureAlgorithmUnsupported),
      (Way(.p384), [.sha256, .sha384], nil), (Way(.p384, .ecdsa(.sha256)), [.sha256], nil),
      (Way(.rsa(2048)), [.sha256], nil), (Way(.ed25519, .ed25519), [.sha256, .sha512], .signatureAlgorithmUnsupported),
      (Way(.ed25519, .ed25519ph), [.sha256, .sha512], nil),
      (Way(.ed25519, .ed25519ph), [.sha256], .signatureAlgorithmUnsupported),
    ] as [(Way, [HashAlgorithm], Reason?)])
  func byDigests(way: Way, algorithms: [HashAlgorithm], expected: Reason?) throws {
    let key = Self.key(way.key)
    var request = SigningRequest(.message(MiniatureShape.artifact), as: .key(key))
    request.method = way.method
    let bundle = MiniatureShape.world.issue(request).bundle()
    let artifact = Artifact(algorithms.map { digest(MiniatureShape.artifact, $0) })
    let verifier = SignatureVerifier(keys: [try PublicKey(spki: key.spki)])
    do {
      _ = try verifier.verify(bundle: bundle, artifact: artifact)
      #expect(expected == nil)
    } catch {
      #expect(error.reason == expected)
    }
  }

  /// Fulcio certifies other keys than P-256, and the log then hashes with theirs.
  @Test(arguments: [KeyAlgorithm.p384, .p521, .rsa(2048), .ed25519])
  func underCertificates(_ algorithm: KeyAlgorithm) throws {
    for log in [SigningRequest.Log.v1(), .v2] {
      let material = SigningRequest.Material.certificate(.maintainer, key: algorithm)
      var content = SigningRequest.Content.message(MiniatureShape.artifact)
      for _ in 0..<2 {
        let shape = MiniatureShape(
          name: "", request: .init(content, as: material, log: log), carried: .bundle(.v03))
        #expect(try shape.reason() == nil, "\(log) \(content)")
        content = .statement(MiniatureShape.statement)
      }
    }
  }
}
