import Testing

@testable import Cryptography

@Suite struct CertificateAuthorityTests {
  typealias Extension = CertificateRecipe.Extension

  /// What a path fails with, without the words.
  enum Outcome: Equatable {
    case passes, untrusted, outsideValidity, notPermitted, criticalExtension, unsupported, malformed, invalidSignature

    init(_ body: () throws -> Void) {
      do {
        try body()
        self = .passes
      } catch let error as CryptographyError {
        self =
          switch error {
          case .untrusted: .untrusted
          case .outsideValidity: .outsideValidity
          case .notPermitted: .notPermitted
          case .criticalExtension: .criticalExtension
          case .unsupported: .unsupported
          case .malformed: .malformed
          case .invalidSignature: .invalidSignature
          }
      } catch {
        fatalError("\(error)")
      }
    }
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let outcome: Outcome
    let spoil: @Sendable (inout TestChain) -> Void

    init(_ name: String, _ outcome: Outcome, _ spoil: @escaping @Sendable (inout TestChain) -> Void) {
      self.name = name
      self.outcome = outcome
      self.spoil = spoil
    }

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case("as it should be", .passes) { _ in },
    // Signatures.
    Case("leaf signed by another", .untrusted) { $0.leaf.signer = TestChain.stranger },
    Case("intermediate signed by another", .untrusted) { $0.intermediate.signer = TestChain.stranger },
    Case("unknown issuer", .untrusted) { $0.leaf.issuer = "nobody" },
    Case("key identifiers differ", .untrusted) {
      $0.intermediate.extensions.append(.keyIdentifier([1]))
      $0.leaf.extensions.append(.authorityKeyIdentifier([2]))
    },
    Case("key identifiers agree", .passes) {
      $0.intermediate.extensions.append(.keyIdentifier([1]))
      $0.leaf.extensions.append(.authorityKeyIdentifier([1]))
    },
    Case("RSA root", .passes) {
      let key = TestKey(.rsa2048)
      $0.root.key = key
      $0.root.signer = key
      $0.intermediate.signer = key
    },
    Case("Ed25519 intermediate", .passes) {
      $0.intermediate.key = TestKey(.ed25519)
      $0.leaf.signer = $0.intermediate.key
    },
    // Where the other name of the algorithm is the one that was signed, the outer is anybody's.
    Case("two signature algorithms", .malformed) {
      $0.leaf.signedAlgorithm = TestChain.stranger.signatureAlgorithm(.sha256)
    },
    // Time, both ends included.
    Case("first second", .passes) { $0.time = CertificateRecipe.start },
    Case("a second early", .outsideValidity) { $0.time = CertificateRecipe.start - 1 },
    Case("last second", .passes) { $0.time = CertificateRecipe.end },
    Case("a second late", .outsideValidity) { $0.time = CertificateRecipe.end + 1 },
    Case("leaf expired", .outsideValidity) { $0.leaf.notAfter = "260102000000Z" },
    Case("intermediate expired", .outsideValidity) { $0.intermediate.notAfter = "260102000000Z" },
    Case("anchor expired", .outsideValidity) { $0.root.notAfter = "260102000000Z" },
    Case("intermediate not yet valid", .outsideValidity) { $0.intermediate.notBefore = "261201000000Z" },
    Case("GeneralizedTime", .passes) { $0.leaf.notAfter = "20560102000000Z" },
    Case("time without seconds", .malformed) { $0.leaf.notAfter = "2612312359Z" },
    Case("time with an offset", .malformed) { $0.leaf.notAfter = "261231235959+0100" },
    Case("30 February", .malformed) { $0.leaf.notAfter = "260230000000Z" },
    // The leaf.
    Case("leaf is a CA", .notPermitted) { $0.leaf.extensions.append(.basicConstraints(isCA: true)) },
    Case("leaf says that it is no CA", .passes) { $0.leaf.extensions.append(.basicConstraints(isCA: false)) },
    Case("leaf for time-stamping", .notPermitted) { $0.leaf.extensions[1] = .purposes([Extension.timeStamping]) },
    Case("leaf for any purpose", .notPermitted) { $0.leaf.extensions[1] = .purposes([Extension.anyPurpose]) },
    Case("leaf for several purposes", .passes) {
      $0.leaf.extensions[1] = .purposes([Extension.timeStamping, Extension.codeSigning])
    },
    Case("leaf without purposes", .notPermitted) { $0.leaf.extensions.remove(at: 1) },
    Case("leaf for key agreement", .notPermitted) { $0.leaf.extensions[0] = .keyUsage(0x08) },
    Case("leaf without key usage", .passes) { $0.leaf.extensions.remove(at: 0) },
    Case("leaf asked nothing", .passes) {
      $0.leaf.extensions[1] = .purposes([Extension.timeStamping])
      $0.purpose = .any
    },
    // Issuers.
    Case("intermediate is no CA", .notPermitted) {
      $0.intermediate.extensions[0] = .basicConstraints(isCA: false)
    },
    Case("intermediate without basic constraints", .notPermitted) { $0.intermediate.extensions.remove(at: 0) },
    Case("anchor is no CA", .notPermitted) { $0.root.extensions[0] = .basicConstraints(isCA: false) },
    Case("intermediate may not sign certificates", .notPermitted) { $0.intermediate.extensions[1] = .keyUsage(0x80) },
    Case("intermediate without key usage", .passes) { $0.intermediate.extensions.remove(at: 1) },
    Case("intermediate for time-stamping", .notPermitted) {
      $0.intermediate.extensions[2] = .purposes([Extension.timeStamping])
    },
    Case("intermediate for any purpose", .passes) { $0.intermediate.extensions[2] = .purposes([Extension.anyPurpose]) },
    Case("intermediate without purposes", .passes) { $0.intermediate.extensions.remove(at: 2) },
    Case("root allows no intermediate", .notPermitted) {
      $0.root.extensions[0] = .basicConstraints(isCA: true, pathLength: 0)
    },
    Case("root allows one intermediate", .passes) {
      $0.root.extensions[0] = .basicConstraints(isCA: true, pathLength: 1)
    },
    Case("one intermediate too many", .notPermitted) { insertMiddle(&$0, pathLength: 0) },
    Case("two intermediates", .passes) { insertMiddle(&$0, pathLength: 1) },
    Case("a self-issued intermediate does not count", .passes) { rollOver(&$0) },
    // Names.
    Case("a self-issued intermediate's names are free", .passes) {
      rollOver(&$0)
      $0.intermediate.extensions.append(.permittedEmail("example.org"))
      $0.untrusted[0].extensions.append(.names(DER.value(0x81, Array("ca@example.net".utf8))))
    },
    Case("a self-issued leaf's names are not", .notPermitted) {
      $0.leaf.subject = "intermediate"
      $0.intermediate.extensions.append(.permittedEmail("example.net"))
    },
    Case("address permitted", .passes) { $0.intermediate.extensions.append(.permittedEmail("example.org")) },
    Case("address not permitted", .notPermitted) { $0.intermediate.extensions.append(.permittedEmail("example.net")) },
    Case("address not permitted by the anchor", .notPermitted) {
      $0.root.extensions.append(.permittedEmail("example.net"))
    },
    // Extensions.
    Case("unknown critical extension in the leaf", .criticalExtension) {
      $0.leaf.extensions[3] = .unknown(isCritical: true)
    },
    Case("unknown critical extension in the intermediate", .criticalExtension) {
      $0.intermediate.extensions.append(.unknown(isCritical: true))
    },
    Case("unknown critical extension in the anchor", .criticalExtension) {
      $0.root.extensions.append(.unknown(isCritical: true))
    },
    Case("critical by any byte but 0 and 255", .malformed) { $0.leaf.extensions[3].flag = [1, 1, 1] },
    Case("critical written out as FALSE", .passes) { $0.leaf.extensions[3].flag = [1, 1, 0] },
    Case("signature of 7 bits less", .malformed) { $0.leaf.unusedBits = 7 },
    Case("one extension twice", .malformed) { $0.leaf.extensions.append(.unknown(isCritical: false)) },
    Case("key usage that says nothing", .malformed) {
      $0.leaf.extensions[0] = Extension(oid: [2, 5, 29, 15], isCritical: true, value: DER.bits([]))
    },
    Case("purposes that are no list", .malformed) {
      $0.leaf.extensions[1] = Extension(oid: [2, 5, 29, 37], isCritical: false, value: DER.null)
    },
    Case("name constraints that are none", .malformed) {
      $0.intermediate.extensions.append(Extension(oid: [2, 5, 29, 30], isCritical: true, value: DER.null))
    },
  ]

  /// The leaf's issuer moves one place down, under a second intermediate that limits what is below it.
  private static func insertMiddle(_ chain: inout TestChain, pathLength: UInt8) {
    var middle = chain.intermediate
    middle.subject = "middle"
    middle.key = TestKey(.p384)
    middle.extensions[0] = .basicConstraints(isCA: true, pathLength: pathLength)
    chain.intermediate.issuer = "middle"
    chain.intermediate.signer = middle.key
    chain.untrusted = [middle]
  }

  /// The intermediate certifies its own next key, which signs the leaf.
  private static func rollOver(_ chain: inout TestChain) {
    var next = chain.intermediate
    next.issuer = "intermediate"
    next.key = TestKey(.p384)
    next.signer = chain.intermediate.key
    next.serial = [2]
    chain.leaf.signer = next.key
    chain.untrusted = [next]
  }

  @Test(arguments: cases) func judges(test: Case) throws {
    var chain = TestChain()
    test.spoil(&chain)
    #expect(Outcome { _ = try chain.verify() } == test.outcome)
  }

  @Test func returnsThePath() throws {
    let chain = TestChain()
    let path = try chain.verify()
    #expect(path.map(\.subject) == ["", "CN=intermediate", "CN=root"])
  }

  static let stampCases: [Case] = [
    Case("as it should be", .passes) { _ in },
    Case("purpose not critical", .notPermitted) { $0.leaf.extensions[1] = .purposes([Extension.timeStamping]) },
    Case("another purpose beside", .notPermitted) {
      $0.leaf.extensions[1] = .purposes([Extension.timeStamping, Extension.codeSigning], isCritical: true)
    },
    Case("another purpose that nobody knows beside", .notPermitted) {
      $0.leaf.extensions[1] = .purposes([Extension.timeStamping, [1, 3, 6, 1, 4, 1, 99999]], isCritical: true)
    },
    Case("code signing", .notPermitted) {
      $0.leaf.extensions[1] = .purposes([Extension.codeSigning], isCritical: true)
    },
    Case("no purpose", .notPermitted) { $0.leaf.extensions.remove(at: 1) },
    Case("key for agreement too", .notPermitted) { $0.leaf.extensions[0] = .keyUsage(0x88) },
    Case("key for agreement only", .notPermitted) { $0.leaf.extensions[0] = .keyUsage(0x08) },
    Case("no key usage", .passes) { $0.leaf.extensions.remove(at: 0) },
    Case("leaf is a CA", .notPermitted) { $0.leaf.extensions.append(.basicConstraints(isCA: true)) },
    Case("intermediate for code signing", .notPermitted) {
      $0.intermediate.extensions[2] = .purposes([Extension.codeSigning])
    },
  ]

  @Test(arguments: stampCases) func judgesTimeStampAuthorities(test: Case) throws {
    var chain = TestChain.timeStamping()
    test.spoil(&chain)
    #expect(Outcome { _ = try chain.verify() } == test.outcome)
  }

  // MARK: Anchors and paths

  @Test func anchorsMayBeIntermediates() throws {
    let chain = TestChain()
    let authority = CertificateAuthority(anchor: try chain.intermediate.certificate, intermediates: [])
    let path = try authority.verify(
      chain.leaf.certificate, untrusted: [], at: chain.time, for: .codeSigning)
    #expect(path.count == 2)
  }

  @Test func anchorsMayBeTheLeaf() throws {
    var chain = TestChain()
    chain.leaf.signer = chain.leaf.key
    let leaf = try chain.leaf.certificate
    let authority = CertificateAuthority(anchor: leaf, intermediates: [])
    #expect(try authority.verify(leaf, untrusted: [], at: chain.time, for: .codeSigning) == [leaf])
    #expect(
      Outcome { _ = try authority.verify(leaf, untrusted: [], at: chain.time, for: .timeStamping) } == .notPermitted)
    #expect(
      Outcome { _ = try authority.verify(leaf, untrusted: [], at: CertificateRecipe.end + 1, for: .codeSigning) }
        == .outsideValidity)
  }

  /// What came with a signature completes a path and never ends one.
  @Test func carriedCertificatesAreNoAnchors() throws {
    let chain = TestChain()
    let carried = [try chain.intermediate.certificate, try chain.root.certificate]
    let leaf = try chain.leaf.certificate
    let right = CertificateAuthority(anchor: carried[1], intermediates: [])
    #expect(try right.verify(leaf, untrusted: carried, at: chain.time, for: .codeSigning).count == 3)
    var other = chain.root
    other.key = TestChain.stranger
    other.signer = TestChain.stranger
    let wrong = CertificateAuthority(anchor: try other.certificate, intermediates: [])
    #expect(Outcome { _ = try wrong.verify(leaf, untrusted: carried, at: chain.time, for: .codeSigning) } == .untrusted)
  }

  /// A first path that breaks a rule does not hide a second that keeps all.
  @Test func triesOtherPaths() throws {
    var chain = TestChain()
    var expired = chain.intermediate
    expired.notAfter = "260102000000Z"
    chain.untrusted = [chain.intermediate]
    chain.intermediate = expired
    #expect(Outcome { _ = try chain.verify() } == .passes)
    chain.untrusted = []
    #expect(Outcome { _ = try chain.verify() } == .outsideValidity)
  }

  @Test func circlesEnd() throws {
    var chain = TestChain()
    var one = chain.intermediate
    one.issuer = "other"
    one.signer = TestChain.stranger
    var other = chain.intermediate
    other.subject = "other"
    other.issuer = "intermediate"
    other.key = TestChain.stranger
    other.signer = TestChain.intermediateKey
    chain.intermediate = one
    chain.untrusted = [other, one, other]
    #expect(Outcome { _ = try chain.verify() } == .untrusted)
  }

  @Test(arguments: [(6, Outcome.passes), (7, .untrusted)]) func boundsDepth(between: Int, outcome: Outcome) throws {
    var chain = TestChain()
    chain.intermediate.extensions[0] = .basicConstraints(isCA: true)
    var issuer = chain.root
    for index in 0..<between {
      var next = chain.intermediate
      next.subject = "intermediate \(index)"
      next.issuer = issuer.subject
      next.signer = issuer.key
      next.key = TestKey(.p256)
      next.hash = .sha256
      chain.untrusted.append(next)
      issuer = next
    }
    chain.leaf.issuer = issuer.subject
    chain.leaf.signer = issuer.key
    #expect(Outcome { _ = try chain.verify() } == outcome)
  }

  /// One authority under many certificates, each of which could stand above each other.
  @Test func oneAuthorityStandsInAPathOnce() throws {
    var chain = TestChain()
    let right = chain.intermediate
    chain.intermediate.issuer = "intermediate"
    chain.intermediate.signer = chain.intermediate.key
    chain.untrusted = (1..<6).map {
      var copy = chain.intermediate
      copy.serial = [UInt8($0)]
      return copy
    }
    #expect(Outcome { _ = try chain.verify() } == .untrusted)
    chain.untrusted.append(right)
    #expect(Outcome { _ = try chain.verify() } == .passes)
  }

  /// Many issuers of one name, none of which signed: bounded work, then no.
  @Test func hostileChainsCostLittle() throws {
    let chain = TestChain()
    let leaf = try chain.leaf.certificate
    let wrong = try (0..<40).map { index in
      var recipe = chain.intermediate
      recipe.key = TestChain.stranger
      recipe.serial = [UInt8(index + 1)]
      return try recipe.certificate
    }
    let right = try chain.intermediate.certificate
    let authority = CertificateAuthority(anchor: try chain.root.certificate, intermediates: [])
    #expect(
      Outcome { _ = try authority.verify(leaf, untrusted: wrong + [right], at: chain.time, for: .codeSigning) }
        == .untrusted)
    #expect(
      Outcome {
        _ = try authority.verify(leaf, untrusted: wrong.prefix(12) + [right], at: chain.time, for: .codeSigning)
      } == .passes)
    // The same certificate again and again is one attempt.
    let copies = [Certificate](repeating: wrong[0], count: 40)
    #expect(
      Outcome { _ = try authority.verify(leaf, untrusted: copies + [right], at: chain.time, for: .codeSigning) }
        == .passes)
  }

  /// The signature between two CA certificates is remembered only once a path through it passed.
  @Test func remembersLinksOfVerifiedPaths() throws {
    var chain = TestChain()
    chain.root.serial = [77]
    chain.intermediate.serial = [78]
    let root = try chain.root.certificate
    let intermediate = try chain.intermediate.certificate
    let leaf = try chain.leaf.certificate
    let authority = CertificateAuthority(anchor: root, intermediates: [intermediate])
    let late = CertificateRecipe.end + 1
    #expect(Outcome { _ = try authority.verify(leaf, untrusted: [], at: late, for: .any) } == .outsideValidity)
    #expect(!VerifiedLinks.contains(root, intermediate))
    _ = try authority.verify(leaf, untrusted: [], at: chain.time, for: .any)
    #expect(VerifiedLinks.contains(root, intermediate))
    #expect(!VerifiedLinks.contains(intermediate, root))
    #expect(!VerifiedLinks.contains(intermediate, leaf))
    // All else is judged again.
    #expect(Outcome { _ = try authority.verify(leaf, untrusted: [], at: late, for: .any) } == .outsideValidity)
    #expect(
      Outcome { _ = try authority.verify(leaf, untrusted: [], at: chain.time, for: .timeStamping) } == .notPermitted)
  }
}
