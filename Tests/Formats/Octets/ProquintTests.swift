import Octets
import Testing

@Suite struct ProquintTests {
  /// The paper's own.
  static let published: [([UInt8], String)] = [
    ([127, 0, 0, 1], "lusab-babad"), ([63, 84, 220, 193], "gutih-tugad"), ([63, 118, 7, 35], "gutuk-bisog"),
    ([140, 98, 193, 141], "mudof-sakat"), ([64, 255, 6, 200], "haguz-biram"), ([128, 30, 52, 45], "mabiv-gibot"),
    ([147, 67, 119, 2], "natag-lisaf"), ([212, 58, 253, 68], "tibup-zujah"), ([216, 35, 68, 215], "tobog-higil"),
    ([216, 68, 232, 21], "todah-vobij"), ([198, 81, 129, 136], "sinid-makam"), ([12, 110, 110, 204], "budov-kuras"),
  ]

  @Test(arguments: published) func saysWhatThePaperSays(_ bytes: [UInt8], _ words: String) {
    #expect(Proquint.words(bytes) == words)
    #expect(Proquint.decode(words.utf8) == bytes)
  }

  @Test func everyWordIsItsOwn() {
    var words: Set<String> = []
    for bits in 0...0xffff {
      let bytes = [UInt8(bits >> 8), UInt8(bits & 0xff)]
      let word = Proquint.words(bytes)
      words.insert(word)
      #expect(Proquint.decode(word.utf8) == bytes)
    }
    #expect(words.count == 1 << 16)
  }

  @Test func sixteenBytesAreEightWords() {
    let words = Proquint.words((0..<16).map { $0 * 17 })
    #expect(words.split(separator: "-").count == 8)
    #expect(Proquint.decode(words.utf8) == (0..<16).map { $0 * 17 })
    #expect(Proquint.words([]) == "")
    #expect(Proquint.decode([]) == [])
  }

  @Test(arguments: [
    "lusa", "lusabb", "lusab-", "-lusab", "lusab--babad", "lusab babad", "Lusab", "lusab-babab\n", "lusac", "lesab",
    "ausab", "lbsab", "lusab-baba", "lusább", "lusabbabad",
  ])
  func refusesOtherWords(_ text: String) {
    #expect(Proquint.decode(text.utf8) == nil)
  }
}
