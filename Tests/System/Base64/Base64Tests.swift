import Base64
import Testing

@Suite struct Base64Tests {
  /// RFC 4648 §10, and the two last letters of the alphabet.
  static let base64: [(plain: [UInt8], text: String)] = [
    ([], ""), (Array("f".utf8), "Zg=="), (Array("fo".utf8), "Zm8="), (Array("foo".utf8), "Zm9v"),
    (Array("foob".utf8), "Zm9vYg=="), (Array("fooba".utf8), "Zm9vYmE="), (Array("foobar".utf8), "Zm9vYmFy"),
    ([0xfb, 0xff, 0xfe], "+//+"), ([0, 0, 0], "AAAA"),
  ]

  @Test(arguments: base64)
  func base64BothWays(_ plain: [UInt8], _ text: String) {
    #expect(Base64.encode(plain) == text)
    #expect(Base64.decode(Array(text.utf8)) == plain)
    #expect(Base64.decodeEitherAlphabet(Array(text.utf8)) == plain)
  }

  @Test func base64OfEveryLengthAndByte() {
    for count in 0...256 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
      #expect(Base64.decode(Array(Base64.encode(bytes).utf8)) == bytes)
    }
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zm9", "Zm9vY", "=", "==", "===", "====", "Z===", "Zg==Zg==", "Zm=v", "Zg==\n", "Zm9v\n", " Zm9v",
    "Zm9 v", "Zm9*", "Zm9é",
    // Spare bits that are not zero: another spelling of `f` and `fo`.
    "Zh==", "Zm9=",
  ])
  func refusesOtherBase64(_ text: String) {
    #expect(Base64.decode(Array(text.utf8)) == nil)
    #expect(Base64.decodeEitherAlphabet(Array(text.utf8)) == nil)
  }

  @Test func eitherAlphabetButNoMixture() {
    #expect(Base64.decode(Array("-__-".utf8)) == nil)
    #expect(Base64.decodeEitherAlphabet(Array("-__-".utf8)) == [0xfb, 0xff, 0xfe])
    #expect(Base64.decodeEitherAlphabet(Array("-_8=".utf8)) == [0xfb, 0xff])
    #expect(Base64.decodeEitherAlphabet(Array("-_8".utf8)) == nil)
    for mixed in ["-//+", "+__+", "+/-_"] { #expect(Base64.decodeEitherAlphabet(Array(mixed.utf8)) == nil) }
  }
}
