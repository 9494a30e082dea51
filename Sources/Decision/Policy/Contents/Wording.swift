import Octets
import Reasons

// How failures of rules about contents say what was found and what was wanted, and stay short.

extension TextRules {
  /// A few of the alternatives: a failure is read, not stored.
  var shortWording: String {
    let shown = all.prefix(4).map { printable($0.wording, limit: 200) }
    let more = all.count - shown.count
    return shown.joined(separator: " or ") + (more > 0 ? " or one of \(more) more" : "")
  }
}

extension ContentOutcome {
  /// Checks one stated text.
  mutating func check(_ found: String?, _ wanted: TextRules?, _ reason: Reason, _ place: String) {
    guard let wanted, !(found.map(wanted.accepts) ?? false) else { return }
    failures.append(
      Failure(reason, place, "\(found.map(quoted) ?? "none stated"); wanted is \(wanted.shortWording)"))
  }
}

/// Hostile text in a failure or note.
func quoted(_ text: String) -> String { "“\(printable(text, limit: 200))”" }

/// The first few of many, and how many more there are.
func listed(_ texts: [String], of count: Int? = nil) -> String {
  let shown = texts.prefix(5)
  let more = (count ?? texts.count) - shown.count
  return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}
