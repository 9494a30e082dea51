/// A JSON value (RFC 8259 §3), as it stood in the document.
///
/// Text stays UTF-8 bytes, because String equality is canonical equivalence; numbers stay as written, because a double
/// cannot hold every one. What the parser made is well formed; what the program itself builds is its own promise.
package enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number's text as written, RFC 8259 §6.
  case number([UInt8])
  /// The text's UTF-8 after unescaping.
  case string([UInt8])
  case array([JSON])
  case object(JSONObject)
}

/// The members of an object in document order. The parser lets no key stand twice.
package struct JSONObject: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package let key: [UInt8]
    package var value: JSON

    package init(key: [UInt8], value: JSON) {
      self.key = key
      self.value = value
    }
  }

  package var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The value under `key`, compared by bytes; nil where there is none.
  package subscript(_ key: String) -> JSON? {
    let wanted = key.utf8
    for member in members where member.key.count == wanted.count && wanted.elementsEqual(member.key) {
      return member.value
    }
    return nil
  }

  /// Adds a member at the end. The caller sees to it that the key is new; `canonical()` refuses one that is not.
  package mutating func append(_ key: String, _ value: JSON) {
    members.append(Member(key: Array(key.utf8), value: value))
  }
}

// MARK: Building values

extension JSON {
  package static func text(_ text: String) -> JSON { .string(Array(text.utf8)) }
  package static func integer(_ value: Int64) -> JSON { .number(Array(String(value).utf8)) }

  /// A number whose text is at hand; nil where RFC 8259 §6 knows none like it.
  package init?(number text: [UInt8]) {
    guard JSONNumber.end(in: text, from: 0) == text.count else { return nil }
    self = .number(text)
  }

  /// The value under `key` where this is an object that has it; nil otherwise.
  package subscript(_ key: String) -> JSON? {
    guard case .object(let object) = self else { return nil }
    return object[key]
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(stringLiteral value: String) { self = .text(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral members: (String, JSON)...) { self = .object(JSONObject(members)) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral members: (String, JSON)...) { self.init(members) }

  fileprivate init(_ members: [(String, JSON)]) {
    self.init(members.map { Member(key: Array($0.0.utf8), value: $0.1) })
  }
}
