import Base64
import Octets
import Reasons
import SignedNote
import Testing

@Suite struct SignedNoteTests {
  static let line = "— a.example/k AAAAAQI=\n"

  static func read(_ text: String) throws -> SignedNote {
    try SignedNote(parsing: Array(text.utf8), named: "note")
  }

  /// The specification's own example.
  @Test func readsTheSpecificationsExample() throws {
    let text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    let blob =
      "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc="
    let note = try Self.read("\(text)\n— quasimodo.example/salvatore \(blob)\n")
    #expect(note.text == Array(text.utf8))
    #expect(note.signatures.count == 1)
    #expect(note.signatures[0].name == Array("quasimodo.example/salvatore".utf8))
    #expect(note.signatures[0].keyID == [0x36, 0x7b, 0xa0, 0x4b])
    #expect(note.signatures[0].bytes.count == 64)
  }

  @Test(arguments: [
    ("\n", "\n\n"), ("a\n\n", "a\n\n\n"), ("a\n\nb\n", "a\n\nb\n\n"), ("\u{7f}\u{85}é\n", "\u{7f}\u{85}é\n\n"),
  ])
  func theLastBlankLineParts(_ text: String, _ head: String) throws {
    #expect(try Self.read(head + Self.line).text == Array(text.utf8))
  }

  @Test(arguments: [
    "", "\n", "a", "a\n", "\n\n", "a\n\n", line, "a\n" + line, "\n" + line, "a\n\n" + line.dropLast(),
    "a\n\n" + line + "\n", "a\n\n" + line + "more\n", "a\n\nmore\n" + line, "a\n\n" + line + "more",
    "a\n\n— a.example/k AAAAAQI=x",
    // A signature line's parts, one by one.
    "a\n\n- a.example/k AAAAAQI=\n", "a\n\n—a.example/k AAAAAQI=\n", "a\n\n—  AAAAAQI=\n", "a\n\n— a.example/k\n",
    "a\n\n— a.example/k \n", "a\n\n— a.example/k  AAAAAQI=\n", "a\n\n— a.example/k AAAAAQI= \n",
    "a\n\n— a+b AAAAAQI=\n", "a\n\n— a\u{a0}b AAAAAQI=\n", "a\n\n— a\u{2003}b AAAAAQI=\n",
    "a\n\n— a.example/k AAAAAQI\n", "a\n\n— a.example/k AAAAAQJ=\n", "a\n\n— a.example/k AAAAAA==\n",
    "a\n\n— a.example/k AAAA_-I=\n", " — a.example/k AAAAAQI=\n",
    // Control characters, anywhere.
    "a\u{0}\n\n" + line, "a\r\n\n" + line, "a\n\n— a\tb AAAAAQI=\n", "a\n\n— a.example/k AAAAAQI=\r\n",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: Failure.self) { try Self.read(text) }
    #expect(error?.reason == .logCheckpointMalformed)
    #expect(error?.subject == "note")
  }

  @Test func refusesWhatIsNoUTF8() {
    #expect(throws: Failure(.logCheckpointMalformed, "note", at: 1)) {
      try SignedNote(parsing: [0x61, 0xff, 0x0a, 0x0a] + Array(Self.line.utf8), named: "note")
    }
  }

  @Test func boundsSignatures() throws {
    for count in [1, 16, SignedNote.mostSignatures] {
      #expect(try Self.read("a\n\n" + String(repeating: Self.line, count: count)).signatures.count == count)
    }
    let tooMany = "a\n\n" + String(repeating: Self.line, count: SignedNote.mostSignatures + 1)
    #expect(throws: Failure.self) { try Self.read(tooMany) }
  }

  @Test func boundsBytesAndTakesSixteenLargeSignatures() throws {
    let large = "— a.example/k \(Base64.encode([UInt8](repeating: 1, count: 5004)))\n"
    #expect(try Self.read("a\n\n" + String(repeating: large, count: 16)).signatures.count == 16)
    let rest = SignedNote.mostBytes - 2 - Self.line.utf8.count
    #expect(throws: Never.self) { try Self.read(String(repeating: "a", count: rest) + "\n\n" + Self.line) }
    #expect(throws: Failure(.logCheckpointMalformed, "note")) {
      try Self.read(String(repeating: "a", count: rest + 1) + "\n\n" + Self.line)
    }
  }
}
