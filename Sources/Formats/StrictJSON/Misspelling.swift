/// What a person may have meant to write.
package enum Misspelling {
  /// Letters added, left out or changed, at most; and fewer than half of the word.
  private static let mostEdits = 2
  /// Longer words are no slips of ours.
  private static let longest = 64

  /// The known word that is nearest to `word`, the first in alphabetical order of several; nil where none is near.
  package static func nearest(to word: [UInt8], of known: some Sequence<String>) -> String? {
    guard word.count <= longest else { return nil }
    return known.sorted().map { (word: $0, edits: edits(from: word, to: Array($0.utf8))) }
      .filter { $0.edits <= mostEdits && 2 * $0.edits < max(word.count, $0.word.utf8.count) }
      .min { $0.edits < $1.edits }?.word
  }

  /// Levenshtein's distance, in bytes.
  private static func edits(from one: [UInt8], to other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (line, a) in one.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, b) in other.enumerated() {
        let changed = diagonal + (a == b ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
      }
    }
    return row[other.count]
  }
}
