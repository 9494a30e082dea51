/// A JSON document to be written: members stay in the order in which they were put.
package indirect enum JSONText: Sendable {
  case null
  case bool(Bool)
  case number(Int64)
  case string(String)
  case array([JSONText])
  case object([(String, JSONText)])
  /// Bytes that go out as they are, valid or not.
  case raw([UInt8])

  /// Written without white space, in the order given.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    write(to: &out, sorted: false)
    return out
  }

  /// RFC 8785: members sorted (by UTF-16 units; every key here is ASCII, where bytes sort alike), no white space.
  package var canonical: [UInt8] {
    var out: [UInt8] = []
    write(to: &out, sorted: true)
    return out
  }

  /// Indented as Go's and Python's encoders do.
  package func pretty(indent: Int = 2) -> [UInt8] {
    var out: [UInt8] = []
    write(to: &out, indent: indent, depth: 0)
    return out
  }

  private func write(to out: inout [UInt8], sorted: Bool) {
    switch self {
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        element.write(to: &out, sorted: sorted)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      let ordered = sorted ? members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) } : members
      for (index, member) in ordered.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.write(member.0, to: &out)
        out.append(UInt8(ascii: ":"))
        member.1.write(to: &out, sorted: sorted)
      }
      out.append(UInt8(ascii: "}"))
    default: writeScalar(to: &out)
    }
  }

  private func write(to out: inout [UInt8], indent: Int, depth: Int) {
    func line(_ depth: Int) { out += Array(("\n" + String(repeating: " ", count: indent * depth)).utf8) }
    switch self {
    case .array(let elements) where !elements.isEmpty:
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        line(depth + 1)
        element.write(to: &out, indent: indent, depth: depth + 1)
      }
      line(depth)
      out.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        line(depth + 1)
        Self.write(member.0, to: &out)
        out += Array(": ".utf8)
        member.1.write(to: &out, indent: indent, depth: depth + 1)
      }
      line(depth)
      out.append(UInt8(ascii: "}"))
    default: write(to: &out, sorted: false)
    }
  }

  private func writeScalar(to out: inout [UInt8]) {
    switch self {
    case .null: out += Array("null".utf8)
    case .bool(let value): out += Array((value ? "true" : "false").utf8)
    case .number(let value): out += Array(String(value).utf8)
    case .string(let text): Self.write(text, to: &out)
    case .raw(let bytes): out += bytes
    case .array, .object: break
    }
  }

  private static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0x08: out += Array("\\b".utf8)
      case 0x09: out += Array("\\t".utf8)
      case 0x0a: out += Array("\\n".utf8)
      case 0x0c: out += Array("\\f".utf8)
      case 0x0d: out += Array("\\r".utf8)
      case ..<0x20: out += Array("\\u00".utf8) + Array(hexText([byte]).utf8)
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONText...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONText)...) { self = .object(elements) }

  /// Base64 of bytes, as a string.
  package static func base64(_ bytes: [UInt8]) -> JSONText { .string(base64Text(bytes)) }

  /// The members without those whose value is nil.
  package static func present(_ members: (String, JSONText?)...) -> JSONText {
    .object(members.compactMap { member in member.1.map { (member.0, $0) } })
  }
}
