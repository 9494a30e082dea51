/// What systems that ignore case or normalise make of a name.
enum FoldedName {
  /// ASCII, packed.
  case plain([UInt8])
  /// Compared by canonical equivalence.
  case composed(String)

  /// ASCII without capitals is its own fold.
  init(_ name: [UInt8]) {
    if name.allSatisfy({ $0 < 0x80 }) {
      let isFolded = !name.contains { (0x41...0x5a).contains($0) }
      self = .plain(PackedName.pack(isFolded ? name : name.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }))
      return
    }
    // Upper case first, so that ß and ſ meet ss and s.
    var text = ""
    for scalar in String(decoding: name, as: UTF8.self).uppercased().lowercased().unicodeScalars {
      // The two characters whose canonical form is ASCII and that case mapping leaves alone.
      switch scalar {
      case "\u{37e}": text.unicodeScalars.append(";")
      case "\u{1fef}": text.unicodeScalars.append("`")
      default: text.unicodeScalars.append(scalar)
      }
    }
    self = text.utf8.allSatisfy { $0 < 0x80 } ? .plain(PackedName.pack(Array(text.utf8))) : .composed(text)
  }
}
