import Cryptography
import MiniatureSigstore
import Reasons
import SigningIdentity
import Testing

/// Certificates as they are read where no authority is asked.
@Suite struct ClaimedIdentityTests {
  @Test(arguments: [SampleIdentity.releaseWorkflow, .maintainer]) func saysWhomItNames(_ who: SampleIdentity) throws {
    let issued = MiniatureSigstore(seed: 2).issue(SigningRequest(.message([1]), as: .certificate(who)))
    let der = try #require(issued.certificate?.der)
    let claimed = try ClaimedIdentity(reading: der)
    #expect(claimed.identities == [who.name.text] && claimed.issuer == who.issuer)
    #expect(claimed.keyFingerprint == (try Certificate(der: der).publicKey.fingerprint))
  }

  @Test func namesNobodyWhereThereIsNobody() throws {
    let claimed = try ClaimedIdentity(reading: Self.certificate([]))
    #expect(claimed.identities.isEmpty && claimed.issuer == nil)
    #expect(claimed.keyFingerprint == digest(Self.key))
  }

  /// Otherwise a name in the second one would go unseen.
  @Test func readsNoExtensionTwice() throws {
    #expect(try ClaimedIdentity(reading: Self.certificate([Self.email("a@b.example")])).identities == ["a@b.example"])
    let twice = Self.certificate([Self.email("a@b.example"), Self.email("c@d.example")])
    #expect(throws: Failure(.certificateMalformed, "certificate")) { try ClaimedIdentity(reading: twice) }
  }

  // MARK: The least of a certificate

  private static func tagged(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] { [tag, UInt8(contents.count)] + contents }
  private static func sequence(_ parts: [UInt8]...) -> [UInt8] { tagged(0x30, parts.flatMap { $0 }) }
  private static let key = sequence([5, 0])

  private static func email(_ name: String) -> [UInt8] {
    sequence([6, 3, 0x55, 0x1d, 0x11], tagged(4, sequence(tagged(0x81, Array(name.utf8)))))
  }

  private static func certificate(_ extensions: [[UInt8]]) -> [UInt8] {
    let list = extensions.isEmpty ? [] : tagged(0xa3, tagged(0x30, extensions.flatMap { $0 }))
    return sequence(
      sequence([2, 1, 1], sequence(), sequence(), sequence(), sequence(), key, list), sequence(), [3, 1, 0])
  }
}
