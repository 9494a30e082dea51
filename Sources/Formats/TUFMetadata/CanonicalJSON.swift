package import Reasons
package import StrictJSON

extension JSON {
  /// The form that TUF hashes and signs: OLPC canonical JSON (TUF 1.0.34 §4.2), which is not RFC 8785.
  ///
  /// No space; members sorted by the code points of their keys; in strings only `"` and `\` escaped and every other byte
  /// as it is, line breaks included; integers alone. What comes out need not be JSON.
  /// - Throws: `tuf.malformed` for a fraction, an exponent or `-0`: numbers of which another reader makes another text.
  package func olpcCanonical(named subject: String) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    try writeOLPC(into: &output, subject)
    return output
  }

  private func writeOLPC(into output: inout [UInt8], _ subject: String) throws(Failure) {
    switch self {
    case .null: output += Array("null".utf8)
    case .bool(let bool): output += Array((bool ? "true" : "false").utf8)
    case .number(let text):
      let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
      guard digits.allSatisfy({ (0x30...0x39).contains($0) }), text != Array("-0".utf8) else {
        throw Failure(.tufMalformed, subject, "a number that is no integer has no canonical form")
      }
      output += text
    case .string(let text): Self.writeOLPC(text, into: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        try element.writeOLPC(into: &output, subject)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      // UTF-8 sorts by bytes as it does by code points.
      let members = object.members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        Self.writeOLPC(member.key, into: &output)
        output.append(UInt8(ascii: ":"))
        try member.value.writeOLPC(into: &output, subject)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func writeOLPC(_ text: [UInt8], into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { output.append(UInt8(ascii: "\\")) }
      output.append(byte)
    }
    output.append(UInt8(ascii: "\""))
  }
}
