import Base64
package import Octets
package import Reasons

/// A text with signatures (C2SP signed-note v1.0.0). Inert: nothing may be read from the text before a signature of a
/// known key was verified over it.
///
///     This is the text.
///
///     — example.com/key az3grl…base64(key ID || signature)…
package struct SignedNote: Hashable, Sendable {
  package struct Signature: Hashable, Sendable {
    /// The key's name. Name and key ID together say which key; neither does alone.
    package let name: [UInt8]
    /// Four bytes, see `NoteKeyID`.
    package let keyID: [UInt8]
    /// At least one byte.
    package let bytes: [UInt8]

    /// A witness's: its time in eight bytes, and Ed25519 over `Cosignature.message(at:over:)`.
    /// - Precondition: a time from 1970 on.
    package init(by key: NoteVerifierKey, at time: UnixTime, cosignature: [UInt8]) {
      let seconds = UInt64(time.seconds)
      name = key.name
      keyID = key.keyID
      bytes = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> (56 - 8 * $0)) } + cosignature
    }
  }

  /// Bytes of a whole note: sixteen signatures, which every reader must take, of the 5 kB that post-quantum ones have
  /// (signed-note, Format).
  package static let mostBytes = 128 << 10
  /// Signatures of one note, as Go's reader bounds them.
  package static let mostSignatures = 100

  /// What the signatures cover: the text with its last newline, without the blank line behind it.
  package let text: [UInt8]
  /// At least one.
  package let signatures: [Signature]

  /// - Throws: `log.checkpoint-malformed`, with the offset in `bytes`.
  package init(parsing bytes: [UInt8], named subject: String = "signed note") throws(Failure) {
    func malformed(_ detail: String, at offset: Int? = nil) -> Failure {
      Failure(.logCheckpointMalformed, subject, at: offset.map(UInt64.init), detail)
    }
    guard bytes.count <= Self.mostBytes else {
      throw malformed("\(bytes.count) bytes; at most \(Self.mostBytes) are read")
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw malformed("bytes that are no UTF-8", at: error.byteOffsets.lowerBound)
    }
    if let control = bytes.firstIndex(where: { $0 < 0x20 && $0 != 0x0a }) {
      throw malformed("a control character", at: control)
    }
    // The text may hold blank lines: the last one parts it from the signatures.
    guard bytes.count >= 2,
      let blank = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a })
    else { throw malformed("no blank line between text and signatures") }
    guard bytes.last == 0x0a else { throw malformed("the last line has no end", at: bytes.count) }

    var signatures: [Signature] = []
    var start = blank + 2
    for line in bytes[start...].dropLast().split(separator: 0x0a, omittingEmptySubsequences: false) {
      guard signatures.count < Self.mostSignatures else { throw malformed("too many signatures", at: start) }
      guard let signature = Signature(line: line) else { throw malformed("no signature line", at: start) }
      signatures.append(signature)
      start += line.count + 1
    }
    text = Array(bytes[...blank])
    self.signatures = signatures
  }
}

extension SignedNote.Signature {
  /// Em dash and space.
  private static let mark = Array("— ".utf8)

  /// `— <name> <base64>`, with one space between each.
  fileprivate init?(line: ArraySlice<UInt8>) {
    guard line.starts(with: Self.mark) else { return nil }
    let fields = line.dropFirst(Self.mark.count).split(separator: 0x20, omittingEmptySubsequences: false)
    guard fields.count == 2, isNoteKeyName(fields[0]), let blob = Base64.decode(Array(fields[1])), blob.count > 4
    else { return nil }
    name = Array(fields[0])
    keyID = Array(blob[..<4])
    bytes = Array(blob[4...])
  }
}

/// signed-note, Format: not empty, without Unicode spaces and plus signs.
func isNoteKeyName(_ name: ArraySlice<UInt8>) -> Bool {
  !name.isEmpty
    && !String(decoding: name, as: UTF8.self).unicodeScalars.contains { $0 == "+" || $0.properties.isWhitespace }
}
