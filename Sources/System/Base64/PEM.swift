/// Textual encoding of keys and certificates (RFC 7468).
package enum PEM {
  /// Bytes of a PEM text: sixteen large certificates.
  package static let lengthLimit = 1 << 20

  /// All of the text: blocks of one label, with nothing but line breaks around them.
  ///
  /// - Parameter length: bytes of the text.
  /// - Throws: for text outside a block, another label, more than `limit` blocks, or Base64 that is not
  ///   canonical.
  package static func blocks(
    _ text: [UInt8], label: String, atMost limit: Int, length: Int = lengthLimit
  ) throws(PEMError) -> [[UInt8]] {
    guard text.count <= length else { throw PEMError(detail: "PEM of more than \(length) bytes") }
    let begin = Array("-----BEGIN \(label)-----".utf8)
    let end = Array("-----END \(label)-----".utf8)
    var blocks: [[UInt8]] = []
    var open: [UInt8]?
    for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let isBegin = line.elementsEqual(begin)
      switch (open, isBegin) {
      case (nil, true):
        guard blocks.count < limit else { throw PEMError(detail: "more than \(limit) PEM blocks") }
        open = []
      case (let body?, false) where line.elementsEqual(end):
        guard !body.isEmpty, let decoded = Base64.decode(body) else {
          throw PEMError(detail: "PEM block that is not canonical Base64")
        }
        blocks.append(decoded)
        open = nil
      case (_?, false):
        open?.append(contentsOf: line)
      default:
        throw PEMError(detail: "a “\(label)” PEM block expected")
      }
    }
    guard open == nil else { throw PEMError(detail: "PEM block without its end") }
    return blocks
  }

  /// The first block, for a format that lets others follow and reads one. Nil for another label, and for text that is
  /// no PEM.
  package static func firstBlock(_ text: [UInt8], label: String) -> [UInt8]? {
    let begin = Array("-----BEGIN \(label)-----".utf8)
    let end = Array("-----END \(label)-----".utf8)
    guard text.starts(with: begin) else { return nil }
    var body: [UInt8] = []
    body.reserveCapacity(text.count)
    var index = begin.count
    while index < text.count, text[index] != UInt8(ascii: "-") {
      if text[index] != 0x0a && text[index] != 0x0d { body.append(text[index]) }
      index += 1
    }
    guard text[index...].starts(with: end), let der = Base64.decode(body), !der.isEmpty else { return nil }
    return der
  }

  package static func encode(_ der: [UInt8], label: String) -> String {
    var text = "-----BEGIN \(label)-----\n"
    var line = Substring(Base64.encode(der))
    while !line.isEmpty {
      text += line.prefix(64) + "\n"
      line = line.dropFirst(64)
    }
    return text + "-----END \(label)-----\n"
  }
}

/// Text that is no PEM, or not the blocks that were wanted.
package struct PEMError: Error, Hashable, Sendable {
  package let detail: String
}
