import Cryptography
import TPM
import TestSupport
import Testing

@Suite struct ECDSASignatureTests {
  private let message = Array("what a report says".utf8)

  static let signatures: [(r: [UInt8], s: [UInt8], der: [UInt8])] = [
    ([1], [2], [0x30, 6, 2, 1, 1, 2, 1, 2]),
    ([0, 0, 1], [0x80], [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80]),
    ([0], [0x7F], [0x30, 6, 2, 1, 0, 2, 1, 0x7F]),
    (
      [UInt8](repeating: 0xFF, count: 32), [UInt8](repeating: 0xFF, count: 32),
      [0x30, 70, 2, 33, 0] + [UInt8](repeating: 0xFF, count: 32) + [2, 33, 0] + [UInt8](repeating: 0xFF, count: 32)
    ),
  ]

  @Test(arguments: signatures) func signaturesAreShortestDER(_ r: [UInt8], _ s: [UInt8], _ der: [UInt8]) {
    #expect(ECDSASignature.der(r: r, s: s) == der)
  }

  /// A TPM that errs: its signature is over something else, or by something else.
  @Test func aSignatureThatDoesNotVerifyIsNotGivenOut() throws {
    let key = try SigningKey()
    let signature = try key.sign(message)
    try ECDSASignature.check(signature, over: digest(message), spki: key.spki)
    let stranger = try SigningKey().spki
    for (message, spki) in [(message + [0], key.spki), (message, stranger)] {
      let error = #expect(throws: TPMError.self) {
        try ECDSASignature.check(signature, over: digest(message), spki: spki)
      }
      #expect(error?.kind == .badSignature)
    }
  }
}
