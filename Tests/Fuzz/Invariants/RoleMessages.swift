import MediaReader
import Octets
import Quarantine
import Reasons
import RoleMessages

/// What a reader that was taken over may say, and what readers are asked. The first byte says which message it is.
enum RoleMessagesInvariant {
  private static let messages: [@Sendable ([UInt8]) throws -> Bool] = [
    item, bundleEntry, bundlePiece, readerQuestion, copyQuestion, copyNotice, progress, failure, copyTrouble,
  ]

  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let first = bytes.first else { return false }
    return try messages[Int(first) % messages.count](Array(bytes.dropFirst()))
  }

  private static func item(_ bytes: [UInt8]) throws -> Bool {
    guard let item = try reading(bytes, { bytes throws(Failure) in try SurveyedItem(bytes) }) else { return false }
    switch item.kind {
    case .other(let words), .unseen(let words):
      try hold(isShown(words) && words.unicodeScalars.count <= 1025, "words that are not for a terminal, or too many")
      // What is longer is cut.
      guard words.utf8.count <= 1024 else { return true }
    case .archive, .sigstoreBundles, .trustBundle:
      try hold(item.bytes == bytes, "an item is written as other bytes")
      let parts = item.path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      try hold(
        item.path.isEmpty
          || parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) },
        "a path that leads out of the medium")
    }
    try hold(try SurveyedItem(item.bytes) == item, "an item is another when it is read again")
    return true
  }

  private static func bundleEntry(_ bytes: [UInt8]) throws -> Bool {
    guard let entry = try reading(bytes, { bytes throws(Failure) in try BundleEntry(bytes) }) else { return false }
    try hold(entry.bytes == bytes, "a file of a bundle is written as other bytes")
    try hold(entry.kind != .kept || UInt64(entry.contents.count) == entry.size, "contents of another size than stated")
    return true
  }

  private static func bundlePiece(_ bytes: [UInt8]) throws -> Bool {
    guard let piece = try reading(bytes, { bytes throws(Failure) in try BundlePiece.piece(bytes, of: 3) }) else {
      return false
    }
    try hold((0..<3).contains(piece.number), "a piece of what nobody asked for")
    try hold(BundlePiece.bytes(piece.number, piece.bytes) == bytes, "a piece is written as other bytes")
    return true
  }

  private static func readerQuestion(_ bytes: [UInt8]) throws -> Bool {
    guard let question = try reading(bytes, { bytes throws(Failure) in try ReaderQuestion(bytes) }) else {
      return false
    }
    try hold(
      try ReaderQuestion(question.bytes).source == question.source, "a question is another when it is read again")
    return true
  }

  private static func copyQuestion(_ bytes: [UInt8]) throws -> Bool {
    guard let question = try reading(bytes, { bytes throws(Failure) in try CopyQuestion(bytes) }) else { return false }
    let again = try CopyQuestion(question.bytes)
    try hold(again.id == question.id && again.source == question.source, "a question is another when it is read again")
    try hold(question.id.utf8.allSatisfy { isHex($0) }, "an id that is none")
    return true
  }

  private static func copyNotice(_ bytes: [UInt8]) throws -> Bool {
    guard let notice = CopyNotice.notice(bytes) else { return false }
    try hold(CopyNotice.notice(CopyNotice.bytes(notice)) == notice, "a notice is another when it is read again")
    if case .resumed(let id, let contents, _) = notice {
      try hold(id.utf8.allSatisfy { isHex($0) } && contents >= 0, "a notice of what cannot be")
    }
    return true
  }

  private static func progress(_ bytes: [UInt8]) throws -> Bool {
    guard let progress = ProgressMessage(bytes) else { return false }
    try hold(progress.bytes == bytes, "progress is written as other bytes")
    return true
  }

  private static func failure(_ bytes: [UInt8]) throws -> Bool {
    let read: ([UInt8]) throws(Failure) -> Failure = { bytes throws(Failure) in
      try FailureMessage.failure(bytes, malformed: .readingMalformed)
    }
    guard let failure = try reading(bytes, read) else { return false }
    try hold(failure.reason.effect != .note, "a failure by which nothing fails")
    // What is longer is cut.
    guard failure.subject.utf8.count <= 16 << 10, failure.detail.utf8.count <= 16 << 10 else { return true }
    try hold(try read(FailureMessage.serialized(failure)) == failure, "a failure is another when it is read again")
    return true
  }

  private static func copyTrouble(_ bytes: [UInt8]) throws -> Bool {
    let trouble = CopyTrouble(bytes)
    try hold(isShown(trouble.description), "words that are not for a terminal")
    return true
  }

  private static func isShown(_ words: String) -> Bool {
    words.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
  }

  private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
