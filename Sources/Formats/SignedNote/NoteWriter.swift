import Base64
import Octets
package import Reasons

extension SignedNote {
  /// A note of a text that ends with a newline, and its signatures.
  package static func serialized(
    text: [UInt8], signatures: [(name: [UInt8], keyID: [UInt8], bytes: [UInt8])]
  ) -> [UInt8] {
    var note = text + [0x0a]
    for signature in signatures { note += line(signature.name, signature.keyID, signature.bytes) }
    return note
  }

  /// The note as it was read, byte for byte, with further signatures behind its own.
  package func serialized(adding more: [Signature] = []) -> [UInt8] {
    text + [0x0a] + (signatures + more).flatMap(\.line)
  }

  /// Reads signature lines that came without their note, as witnesses answer: one at least.
  /// - Throws: `log.checkpoint-malformed`.
  package static func signatures(parsing lines: [UInt8], named subject: String) throws(Failure) -> [Signature] {
    let text: [UInt8] = [0x2d, 0x0a]
    let note = try SignedNote(parsing: text + [0x0a] + lines, named: subject)
    guard note.text == text else { throw Failure(.logCheckpointMalformed, subject, "more than signature lines") }
    return note.signatures
  }

  fileprivate static func line(_ name: [UInt8], _ keyID: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    Array("— ".utf8) + name + [0x20] + Array(Base64.encode(keyID + bytes).utf8) + [0x0a]
  }
}

extension SignedNote.Signature {
  /// `— <name> <base64>` with its newline.
  package var line: [UInt8] { SignedNote.line(name, keyID, bytes) }
}

extension Checkpoint {
  /// What a log signs of a tree (C2SP tlog-checkpoint).
  package static func text(origin: [UInt8], size: UInt64, root: [UInt8]) -> [UInt8] {
    origin + Array("\n\(size)\n\(Base64.encode(root))\n".utf8)
  }
}
