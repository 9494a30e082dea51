import Octets
import StrictJSON

/// What a scalar without quotes means: YAML 1.2.2 §10.2, the JSON schema, in which all else would be an error; here it is
/// text, unless a reader by YAML 1.1 or by the core schema (§10.3) would see no text in it.
enum PlainScalar {
  case value(JSON)
  /// With words on how to write what was meant.
  case ambiguous(String)

  init(_ text: [UInt8]) {
    if text.isEmpty || text.elementsEqual("null".utf8) {
      self = .value(.null)
    } else if text.elementsEqual("true".utf8) {
      self = .value(true)
    } else if text.elementsEqual("false".utf8) {
      self = .value(false)
    } else if let number = JSON(number: text) {
      self = .value(number)
    } else if Self.nulls.contains(text) {
      self = .ambiguous("“\(printable(text))” is null to other readers of YAML: write null, or quote it")
    } else if Self.booleans.contains(text) {
      self = .ambiguous("“\(printable(text))” is true or false to other readers of YAML: write that, or quote it")
    } else if Self.isNumberElsewhere(text) {
      self = .ambiguous(
        "“\(printable(text, limit: 80))” is a number to other readers of YAML: write it as JSON does, or quote it")
    } else {
      self = .value(.string(text))
    }
  }

  private static let nulls = Set(["~", "Null", "NULL"].map { Array($0.utf8) })
  /// YAML 1.1, https://yaml.org/type/bool.html
  private static let booleans = Set(
    [
      "True", "TRUE", "False", "FALSE", "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON",
      "off", "Off", "OFF",
    ].map { Array($0.utf8) })
  private static let specials = Set([".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].map { Array($0.utf8) })

  /// Numbers of YAML 1.1 (https://yaml.org/type/int.html, float.html) and of the core schema that JSON does not write so:
  /// `+1`, `010`, `0x1F`, `0o17`, `0b1`, `1_000`, `.5`, `5.`, `12:30`, `.inf`.
  private static func isNumberElsewhere(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    if specials.contains(Array(rest)) { return true }
    if rest.first == UInt8(ascii: "0"), let letter = rest.dropFirst().first {
      let digits = rest.dropFirst(2).filter { $0 != UInt8(ascii: "_") }
      let base: UInt8? =
        switch letter {
        case UInt8(ascii: "b"): 2
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "x"): 16
        default: nil
        }
      if let base { return !digits.isEmpty && digits.allSatisfy { (value(of: $0) ?? base) < base } }
    }
    guard isDigit(rest.first) || rest.first == UInt8(ascii: ".") && isDigit(rest.dropFirst().first) else {
      return false
    }
    return isMantissa(withoutExponent(rest))
  }

  private static func withoutExponent(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let letter = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return text }
    var digits = text[(letter + 1)...]
    if digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
    return !digits.isEmpty && digits.allSatisfy { isDigit($0) } ? text[..<letter] : text
  }

  /// Digits and underscores, with at most one point; or several such by 60, `1:30:00.5`.
  private static func isMantissa(_ text: ArraySlice<UInt8>) -> Bool {
    let places = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for (number, place) in places.enumerated() {
      let parts = place.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard parts.count == 1 || parts.count == 2 && number == places.count - 1,
        parts.allSatisfy({ $0.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") } })
      else { return false }
      if number > 0 {
        let digits = parts[0]
        guard (1...2).contains(digits.count), digits.count == 1 || (0x30...0x35).contains(digits.first ?? 0) else {
          return false
        }
      }
    }
    return true
  }

  private static func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
