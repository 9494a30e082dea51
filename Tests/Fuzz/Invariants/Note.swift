import Octets
import Reasons
import SignedNote

/// A note is written again byte for byte; signatures are found again without it.
enum NoteInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let note = try reading(bytes, { bytes throws(Failure) in try SignedNote(parsing: bytes) }) else {
      return false
    }
    try hold(bytes.count <= SignedNote.mostBytes && note.signatures.count <= SignedNote.mostSignatures, "bounds")
    try hold(!note.signatures.isEmpty, "a note without signature")
    try hold(note.text.last == 0x0a, "the text does not end with a newline")
    try hold(note.serialized() == bytes, "it is written as other bytes")
    let lines = note.signatures.flatMap(\.line)
    let again = try readingBack(lines, "signature lines") { bytes throws(Failure) in
      try SignedNote.signatures(parsing: bytes, named: "lines")
    }
    try hold(again == note.signatures, "its lines alone are other signatures")
    // One signature more, unless there are as many as may be.
    if note.signatures.count < SignedNote.mostSignatures {
      let longer = note.serialized(adding: [note.signatures[0]])
      if longer.count <= SignedNote.mostBytes {
        let more = try readingBack(longer, "a longer note") { bytes throws(Failure) in try SignedNote(parsing: bytes) }
        try hold(more.text == note.text && more.signatures == note.signatures + [note.signatures[0]], "a line added")
      }
    }
    return true
  }
}

/// Checkpoints, and the three documents that hold one: a cosignature's message, an inclusion proof, a witness's request.
enum CheckpointInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let checkpoint = try reading(bytes) { bytes throws(Failure) in try Checkpoint(parsing: bytes) }
    if let checkpoint { try check(checkpoint, bytes) }
    if let proof = try reading(bytes, { bytes throws(Failure) in try LogProof(parsing: bytes) }) {
      try hold(proof.serialized() == bytes, "an inclusion proof is written as other bytes")
      try hold(proof.path.count <= LogProof.mostHashes && proof.path.allSatisfy { $0.count == 32 }, "hashes")
      try check(proof.checkpoint, nil)
      return true
    }
    if let request = try reading(bytes, { bytes throws(Failure) in try WitnessRequest(parsing: bytes) }) {
      try hold(request.serialized() == bytes, "a witness request is written as other bytes")
      try hold(request.old <= request.checkpoint.size, "a request from a larger tree")
      try check(request.checkpoint, nil)
      return true
    }
    return checkpoint != nil
  }

  private static func check(_ checkpoint: Checkpoint, _ bytes: [UInt8]?) throws {
    if let bytes { try hold(checkpoint.note.serialized() == bytes, "a checkpoint is written as other bytes") }
    try hold(checkpoint.root.count == 32 && checkpoint.size <= UInt64(Int64.max), "size or root out of bounds")
    let text =
      Checkpoint.text(origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root)
      + checkpoint.extensions.flatMap { $0 + [0x0a] }
    try hold(text == checkpoint.note.text, "origin, size, root and extensions are not the text")
    for signature in checkpoint.note.signatures {
      guard let cosignature = try? Cosignature(signature) else { continue }
      try hold(cosignature.time.seconds >= 0 && cosignature.signature.count == 64, "a cosignature out of bounds")
      let message = cosignature.message(over: checkpoint.note.text)
      try hold(message.suffix(checkpoint.note.text.count) == checkpoint.note.text[...], "a message without the text")
    }
  }
}
