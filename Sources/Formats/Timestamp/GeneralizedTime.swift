package import Octets

extension UnixTime {
  /// Reads `YYYYMMDDhhmmss[.f…]Z`, the one form that DER and RFC 3161 §2.4.2 allow: seconds always there, UTC always,
  /// no trailing zero in a fraction and no empty one (X.690 §11.7). The fraction is cut off.
  ///
  /// Nil where the text is anything else, or the date does not exist.
  package init?(generalizedTime text: ArraySlice<UInt8>) {
    let text = [UInt8](text)
    guard text.count >= 15, text.last == UInt8(ascii: "Z") else { return nil }
    if text.count > 15 {
      let fraction = text[15..<text.count - 1]
      guard text[14] == UInt8(ascii: "."), fraction.allSatisfy({ (0x30...0x39).contains($0) }),
        let last = fraction.last, last != UInt8(ascii: "0")
      else { return nil }
    }
    let marks = [(4, "-"), (6, "-"), (8, "T"), (10, ":"), (12, ":"), (14, "Z")] as [(Int, Character)]
    var spelled: [UInt8] = []
    var start = 0
    for (end, mark) in marks {
      spelled += text[start..<end] + [mark.asciiValue ?? 0]
      start = end
    }
    self.init(rfc3339: spelled)
  }
}
