/// Bytes as words that can be said and written down by ear: proquints (arXiv 0901.4016).
///
///     7f000001   lusab-babad
///
/// Sixteen bits are one word of five letters: four bits a consonant, two a vowel. Two people who compare the words of a
/// digest's first sixteen bytes compare 128 bits.
package enum Proquint {
  private static let consonants = Array("bdfghjklmnprstvz".utf8)
  private static let vowels = Array("aiou".utf8)
  private static let lettersOfAWord = 5

  /// - Precondition: an even number of bytes.
  package static func words(_ bytes: [UInt8]) -> String {
    precondition(bytes.count % 2 == 0, "a word takes two bytes")
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 2) {
      if start > 0 { text.append(UInt8(ascii: "-")) }
      let bits = Int(bytes[start]) << 8 | Int(bytes[start + 1])
      text += [
        consonants[bits >> 12], vowels[bits >> 10 & 3], consonants[bits >> 6 & 15], vowels[bits >> 4 & 3],
        consonants[bits & 15],
      ]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns nil unless `text` is words in small letters with one hyphen between each: one value, one spelling.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    if text.isEmpty { return [] }
    var bytes: [UInt8] = []
    for word in text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false) {
      guard word.count == lettersOfAWord else { return nil }
      var bits = 0
      for (position, letter) in word.enumerated() {
        let isConsonant = position % 2 == 0
        guard let value = (isConsonant ? consonants : vowels).firstIndex(of: letter) else { return nil }
        bits = bits << (isConsonant ? 4 : 2) | value
      }
      bytes += [UInt8(bits >> 8), UInt8(bits & 0xff)]
    }
    return bytes
  }
}
