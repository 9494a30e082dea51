import Base64
import Octets

extension SignedNote {
  /// A note of a text that ends with a newline, and its signatures.
  package static func serialized(
    text: [UInt8], signatures: [(name: [UInt8], keyID: [UInt8], bytes: [UInt8])]
  ) -> [UInt8] {
    var note = text + [0x0a]
    for signature in signatures {
      note += Array("— ".utf8) + signature.name + [0x20]
      note += Array(Base64.encode(signature.keyID + signature.bytes).utf8) + [0x0a]
    }
    return note
  }
}

extension Checkpoint {
  /// What a log signs of a tree (C2SP tlog-checkpoint).
  package static func text(origin: [UInt8], size: UInt64, root: [UInt8]) -> [UInt8] {
    origin + Array("\n\(size)\n\(Base64.encode(root))\n".utf8)
  }
}
