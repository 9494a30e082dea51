import Base64
import Octets
package import Reasons

/// A public key in the text form of notes, a vkey: `<name>+<key ID, 8 hexadecimal digits>+<base64(type || key)>`.
package struct NoteVerifierKey: Hashable, Sendable {
  package let name: [UInt8]
  package let type: NoteSignatureType
  /// Four bytes; recomputed from the rest when it was read.
  package let keyID: [UInt8]
  /// 32 bytes of RFC 8032 for Ed25519 types, the DER of a SubjectPublicKeyInfo for ECDSA.
  package let key: [UInt8]

  /// A key under a name; nil where the name is none for notes, or the key not of its type's size.
  package init?(name: [UInt8], type: NoteSignatureType, key: [UInt8]) {
    guard (try? UTF8Span(validating: name.span)) != nil, isNoteKeyName(name[...]),
      !name.contains(where: { $0 < 0x20 }), type == .ecdsa ? !key.isEmpty : key.count == 32
    else { return nil }
    self.name = name
    self.type = type
    keyID = Array(NoteKeyID.untruncated(name: name, type: type, key: key)[..<4])
    self.key = key
  }

  /// - Parameter malformed: the reason of failures, which depends on where the key stood.
  package init(parsing text: [UInt8], named subject: String, malformed: Reason) throws(Failure) {
    func failure(_ detail: String) -> Failure { Failure(malformed, subject, detail) }
    // The last field may hold plus signs of Base64; names hold none.
    let fields = text.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, (try? UTF8Span(validating: text.span)) != nil, isNoteKeyName(fields[0]),
      !fields[0].contains(where: { $0 < 0x20 })
    else { throw failure("a key is NAME+ID+BASE64") }
    guard fields[1].count == 8, let keyID = Hex.decode(fields[1]) else {
      throw failure("the key ID is not eight lower-case hexadecimal digits")
    }
    guard let blob = Base64.decode(Array(fields[2])), let first = blob.first else { throw failure("no Base64") }
    guard let type = NoteSignatureType(rawValue: first) else {
      throw failure("signature type \(first) is none that Assay reads")
    }
    let key = Array(blob[1...])
    guard type == .ecdsa ? !key.isEmpty : key.count == 32 else { throw failure("the key's size is wrong") }
    let name = Array(fields[0])
    guard NoteKeyID.untruncated(name: name, type: type, key: key).starts(with: keyID) else {
      throw failure("the key ID is another key's")
    }
    self.name = name
    self.type = type
    self.keyID = keyID
    self.key = key
  }

  /// As it was read.
  package var serialized: [UInt8] {
    name + Array("+\(Hex.encode(keyID))+\(Base64.encode([type.rawValue] + key))".utf8)
  }
}
