/// Text from a medium, made fit for a terminal or a log line: control characters, bidirectional overrides and bytes
/// that are no UTF-8 become visible escapes, so that hostile names cannot forge output.
package func printable(_ text: String, limit: Int = 512) -> String {
  var shown = ""
  for scalar in text.unicodeScalars {
    if shown.unicodeScalars.count >= limit { return shown + "…" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

package func printable(_ bytes: some Collection<UInt8>, limit: Int = 512) -> String {
  printable(String(decoding: bytes, as: UTF8.self), limit: limit)
}
