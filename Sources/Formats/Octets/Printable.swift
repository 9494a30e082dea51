/// Text from a medium, made fit for a terminal or a log line: control characters, bidirectional overrides and whatever
/// else is not seen become visible escapes, so that hostile names cannot forge output.
///
/// - Parameter limit: the length in scalars, escapes counted, behind which the text is cut off with `…`.
package func printable(_ text: String, limit: Int = 512) -> String {
  var line = PrintableLine(limit: limit)
  for scalar in text.unicodeScalars where !line.isFull { line.append(scalar) }
  return line.text
}

/// The same for bytes that should be UTF-8. A byte that is none becomes `\x` and two digits, so that names that differ
/// are shown to differ.
package func printable(_ bytes: some Collection<UInt8>, limit: Int = 512) -> String {
  let bytes = Array(bytes)
  var line = PrintableLine(limit: limit)
  var iterator = bytes.makeIterator()
  var parser = Unicode.UTF8.ForwardParser()
  var index = 0
  while !line.isFull {
    switch parser.parseScalar(from: &iterator) {
    case .valid(let encoded):
      line.append(Unicode.UTF8.decode(encoded))
      index += encoded.count
    case .error(let length):
      for byte in bytes[index..<index + length] { line.append(shown: "\\x\(Hex.encode([byte]))") }
      index += length
    case .emptyInput:
      return line.text
    }
  }
  return line.text
}

private struct PrintableLine {
  private(set) var text = ""
  private(set) var isFull = false
  private var left: Int

  init(limit: Int) { left = limit }

  mutating func append(_ scalar: Unicode.Scalar) {
    // Nearly all text; the categories cost a look-up each.
    if (0x20..<0x7f).contains(scalar.value) { return append(shown: String(scalar)) }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
      append(shown: "\\u{\(String(scalar.value, radix: 16))}")
    default:
      append(shown: String(scalar))
    }
  }

  mutating func append(shown: String) {
    guard !isFull else { return }
    left -= shown.unicodeScalars.count
    if left < 0 {
      isFull = true
      text += "…"
    } else {
      text += shown
    }
  }
}
