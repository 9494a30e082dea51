/// Textual encoding of keys and certificates (RFC 7468 §2).
package enum PEM {
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
