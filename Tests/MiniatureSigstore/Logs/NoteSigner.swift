/// Signs checkpoints as C2SP signed-note.md and tlog-checkpoint.md describe them.
package struct NoteSigner: Sendable {
  package let name: String
  package let key: SampleKey

  package init(_ name: String, _ key: SampleKey) {
    self.name = name
    self.key = key
  }

  /// The untruncated key ID: Ed25519 by type 0x01 over name and key, ECDSA (type 0x02) by its SPKI alone.
  package var fullKeyID: [UInt8] {
    key.algorithm == .ed25519 ? sha256(Array(name.utf8) + [0x0a, 0x01] + key.rawPublicKey) : key.keyID
  }

  /// The vkey of a witness, C2SP signed-note.md: type 0x04.
  package var verifierKey: String {
    let id = sha256(Array(name.utf8) + [0x0a, 0x04] + key.rawPublicKey).prefix(4)
    let hex = id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\(name)+\(hex)+\(base64Text([0x04] + key.rawPublicKey))"
  }

  func line(over text: String) -> String { line(fullKeyID, key.sign(Array(text.utf8))) }

  /// A cosignature, C2SP tlog-cosignature.md: Ed25519, type 0x04.
  func cosignature(over text: String, at time: UInt64) -> String {
    let signature = key.sign(Array("cosignature/v1\ntime \(time)\n\(text)".utf8))
    return line(
      sha256(Array(name.utf8) + [0x0a, 0x04] + key.rawPublicKey), bigEndian(time, count: 8) + signature)
  }

  func line(_ keyID: [UInt8], _ signature: [UInt8]) -> String {
    "\u{2014} \(name) \(base64Text(keyID.prefix(4) + signature))\n"
  }

  /// Origin, size, root, extension lines.
  static func body(origin: String, size: UInt64, root: [UInt8], extensions: [String] = []) -> String {
    ([origin, String(size), base64Text(root)] + extensions).map { $0 + "\n" }.joined()
  }
}
