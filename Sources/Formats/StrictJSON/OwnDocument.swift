package import Octets
package import Reasons

// What readers of Assay's own documents ask of a value beside its type.

extension JSONNode {
  /// A member that this version does not know would be believed by another one: refused, at its own place.
  package func verifyMembers(_ known: Set<String>) throws(Failure) {
    for (key, node) in try members() where !known.contains(where: { $0.utf8.elementsEqual(key) }) {
      let hint = Misspelling.nearest(to: key, of: known).map { "; “\($0)” is known" } ?? ""
      throw node.failure("the member \"\(printable(key, limit: 80))\" is unknown\(hint)")
    }
  }

  /// Each of our documents says in its member `format` what it is, and in which version.
  package func verifyFormat(_ format: String) throws(Failure) {
    guard try required("format").bytes().elementsEqual(format.utf8) else {
      throw failure("the format is not \(format), which this version reads")
    }
  }

  /// That nothing is null, at any depth: who writes a name and nothing behind it meant something, and “absent” would often
  /// mean everything.
  /// - Parameter exempt: members that may say null.
  package func verifyNothingIsEmpty(but exempt: Set<String> = []) throws(Failure) {
    switch value {
    case .null: throw failure("nothing stands here: leave the member out, or say what is meant")
    case .array: for element in try elements() { try element.verifyNothingIsEmpty(but: exempt) }
    case .object:
      for (key, node) in try members() where !exempt.contains(where: { key.elementsEqual($0.utf8) }) {
        try node.verifyNothingIsEmpty(but: exempt)
      }
    default: break
    }
  }

  /// That the value's canonical form (RFC 8785) is the document's bytes.
  package func verifyCanonical(_ bytes: [UInt8]) throws(Failure) {
    guard try value.canonical() == bytes else { throw failure("not in the canonical form") }
  }

  /// What a reader passes over, another one might believe: what was read is compared with what would be written of it.
  package func verifyWritten(_ written: JSON) throws(Failure) {
    guard try written.canonical() == value.canonical() else { throw failure("not as it would be written") }
  }

  /// Words for people: a line of 1 to 512 bytes, of nothing that steers a terminal.
  package func line() throws(Failure) -> String {
    let bytes = try bytes()
    guard (1...512).contains(bytes.count), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw failure("a line of 1 to 512 bytes is wanted")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Lower-case hexadecimal of so many bytes; nil takes any number.
  package func hexadecimal(count: Int? = nil) throws(Failure) -> [UInt8] {
    guard let decoded = Hex.decode(try bytes()) else { throw failure("not lower-case hexadecimal") }
    if let count, decoded.count != count { throw failure("\(decoded.count) bytes, not \(count)") }
    return decoded
  }

  /// A digest in its wire form. An algorithm that is not read makes the document malformed too: it is our own.
  package func digest() throws(Failure) -> ClaimedDigest {
    let malformed = failure("")
    let text = try bytes()
    do throws(Failure) { return try ClaimedDigest(text, in: malformed.subject, malformed: malformed.reason) } catch {
      throw failure(error.detail)
    }
  }

  /// One of an enumeration's words.
  package func oneOf<Word: RawRepresentable & CaseIterable>(
    _: Word.Type
  ) throws(Failure) -> Word where Word.RawValue == String {
    let found = try bytes()
    guard let word = Word.allCases.first(where: { $0.rawValue.utf8.elementsEqual(found) }) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw failure("“\(printable(found, limit: 80))” is none of \(known)")
    }
    return word
  }
}
