import Octets
package import Reasons

extension JSON {
  /// Reads one document, strictly: RFC 8259 without the liberties that §9 grants a parser.
  ///
  /// Refused beside what the grammar refuses: a byte order mark (§8.1), bytes that are no UTF-8 (§8.1), escapes for lone
  /// surrogates (§8.2), a key that stands twice in one object after unescaping (§4), and what exceeds `limits` (§9).
  /// - Throws: `json.malformed`, `json.duplicate-key` or `json.limit-exceeded`, with the offset in `bytes`.
  package init(parsing bytes: [UInt8], named subject: String, limits: JSONLimits = .usual) throws(Failure) {
    guard bytes.count <= limits.bytes else {
      throw Failure(
        .jsonLimitExceeded, subject, "\(bytes.count) bytes; at most \(limits.bytes) are read")
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw Failure(.jsonMalformed, subject, at: UInt64(error.byteOffsets.lowerBound), "bytes that are no UTF-8")
    }
    var parser = JSONParser(bytes: bytes, subject: subject, limits: limits)
    self = try parser.document()
  }
}

/// Recursive descent over a document that is known to be UTF-8.
struct JSONParser {
  private let bytes: [UInt8]
  private let subject: String
  private let depthLimit: Int
  private var index = 0
  private var depth = 0
  private var valuesLeft: Int

  init(bytes: [UInt8], subject: String, limits: JSONLimits) {
    self.bytes = bytes
    self.subject = subject
    depthLimit = limits.depth
    valuesLeft = limits.values
  }

  mutating func document() throws(Failure) -> JSON {
    skipSpace()
    let value = try value()
    skipSpace()
    guard index == bytes.count else { throw malformed("data behind the document's end") }
    return value
  }

  private mutating func value() throws(Failure) -> JSON {
    guard valuesLeft > 0 else { throw exceeded("too many values") }
    valuesLeft -= 1
    guard index < bytes.count else { throw malformed("the document ends where a value should stand") }
    switch bytes[index] {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw malformed("no value starts like this")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[index...].starts(with: word.utf8) else { throw malformed("no value starts like this") }
    index += word.utf8.count
    return value
  }

  // MARK: Containers

  private mutating func object() throws(Failure) -> JSONObject {
    try enter()
    var members: [JSONObject.Member] = []
    var seen = SeenKeys()
    if peek() == UInt8(ascii: "}") {
      leave()
      return JSONObject(members)
    }
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw malformed("a key in quotation marks is wanted") }
      let place = index
      let key = try string()
      guard seen.isNew(key, beside: members) else {
        throw Failure(
          .jsonDuplicateKey, subject, at: UInt64(place), "the key “\(printable(key, limit: 80))” stands twice")
      }
      guard peek() == UInt8(ascii: ":") else { throw malformed("a colon is wanted") }
      index += 1
      skipSpace()
      members.append(JSONObject.Member(key: key, value: try value()))
      switch peek() {
      case UInt8(ascii: ","):
        index += 1
        skipSpace()
      case UInt8(ascii: "}"):
        leave()
        return JSONObject(members)
      default: throw malformed("a comma or a closing brace is wanted")
      }
    }
  }

  private mutating func array() throws(Failure) -> [JSON] {
    try enter()
    var elements: [JSON] = []
    if peek() == UInt8(ascii: "]") {
      leave()
      return elements
    }
    while true {
      elements.append(try value())
      switch peek() {
      case UInt8(ascii: ","):
        index += 1
        skipSpace()
      case UInt8(ascii: "]"):
        leave()
        return elements
      default: throw malformed("a comma or a closing bracket is wanted")
      }
    }
  }

  private mutating func enter() throws(Failure) {
    guard depth < depthLimit else { throw exceeded("nested deeper than \(depthLimit) levels") }
    depth += 1
    index += 1
  }

  private mutating func leave() {
    depth -= 1
    index += 1
  }

  // MARK: Strings

  /// The string whose opening quotation mark is at `index`. Base64 in Sigstore bundles makes long runs of plain bytes the
  /// usual case: they are found in one loop and copied at once.
  private mutating func string() throws(Failure) -> [UInt8] {
    let opening = index
    var run = index + 1
    var cursor = run
    var text: [UInt8] = []
    while cursor < bytes.count {
      let byte = bytes[cursor]
      if byte > 0x22 && byte != UInt8(ascii: "\\") || byte == 0x20 || byte == 0x21 {
        cursor += 1
        continue
      }
      if byte == UInt8(ascii: "\"") {
        index = cursor + 1
        if text.isEmpty { return Array(bytes[run..<cursor]) }
        text += bytes[run..<cursor]
        return text
      }
      guard byte == UInt8(ascii: "\\") else {
        index = cursor
        throw malformed("a control character inside a string")
      }
      text += bytes[run..<cursor]
      index = cursor + 1
      try escape(into: &text)
      run = index
      cursor = index
    }
    index = opening
    throw malformed("a string without end")
  }

  /// What follows a backslash (RFC 8259 §7).
  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    guard index < bytes.count else { throw malformed("the document ends inside an escape") }
    let letter = bytes[index]
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      // A lone surrogate has no UTF-8, and each reader would make something else of it.
      let start = index - 2
      var code = try fourDigits()
      if (0xd800..<0xdc00).contains(code), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
        bytes[index + 1] == UInt8(ascii: "u")
      {
        index += 2
        let low = try fourDigits()
        guard (0xdc00..<0xe000).contains(low) else { throw malformed("a lone surrogate", at: start) }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed("a lone surrogate", at: start) }
      text += scalar.utf8
    default: throw malformed("no such escape", at: index - 1)
    }
  }

  private mutating func fourDigits() throws(Failure) -> UInt32 {
    guard bytes.count - index >= 4 else { throw malformed("four hexadecimal digits are wanted") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      let digit = bytes[index]
      switch digit {
      case 0x30...0x39: code = code << 4 | UInt32(digit - 0x30)
      case 0x41...0x46: code = code << 4 | UInt32(digit - 0x41 + 10)
      case 0x61...0x66: code = code << 4 | UInt32(digit - 0x61 + 10)
      default: throw malformed("four hexadecimal digits are wanted")
      }
      index += 1
    }
    return code
  }

  // MARK: Numbers

  /// A number's text (RFC 8259 §6); its value is the reader's business.
  private mutating func number() throws(Failure) -> [UInt8] {
    let start = index
    guard let end = JSONNumber.end(in: bytes, from: start) else { throw malformed("no number") }
    index = end
    return Array(bytes[start..<end])
  }

  // MARK: Small things

  /// The next byte that is no white space, without taking it.
  private mutating func peek() -> UInt8? {
    skipSpace()
    return index < bytes.count ? bytes[index] : nil
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0a, 0x0d, 0x09: index += 1
      default: return
      }
    }
  }

  private func malformed(_ detail: String, at place: Int? = nil) -> Failure {
    Failure(.jsonMalformed, subject, at: UInt64(place ?? index), detail)
  }

  private func exceeded(_ detail: String) -> Failure {
    Failure(.jsonLimitExceeded, subject, at: UInt64(index), detail)
  }
}
