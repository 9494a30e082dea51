/// The one error of hostile input: a stable reason, where it was found, and words for a person.
///
/// Equality is by reason and place, never by the words, so that words may improve.
package struct Failure: Error, Sendable, Hashable {
  package let reason: Reason
  /// The entry, blob, field or file concerned. May hold hostile text: print it through `Octets.printable`.
  package var subject: String
  /// Byte offset of the trouble in `subject`'s bytes, where that helps.
  package var offset: UInt64?
  /// What was expected and what was found; free text.
  package var detail: String

  package init(_ reason: Reason, _ subject: String, at offset: UInt64? = nil, _ detail: String = "") {
    self.reason = reason
    self.subject = subject
    self.offset = offset
    self.detail = detail
  }

  /// The same failure, said of something further out: `index.json` becomes `archive.tar: index.json`.
  package func within(_ outer: String) -> Failure {
    var copy = self
    copy.subject = subject.isEmpty ? outer : "\(outer): \(subject)"
    return copy
  }

  package static func == (one: Failure, other: Failure) -> Bool {
    one.reason == other.reason && one.subject == other.subject && one.offset == other.offset
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(reason)
    hasher.combine(subject)
    hasher.combine(offset)
  }
}

extension Failure: CustomStringConvertible {
  package var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    let words = detail.isEmpty ? "" : ": \(detail)"
    return "\(reason.rawValue) (\(subject)\(place))\(words)"
  }
}
