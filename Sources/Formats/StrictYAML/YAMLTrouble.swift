import Reasons
import YAMLEvents

/// What libyaml could not read, for the person who wrote it: mostly text that should stand in quotes.
struct YAMLTrouble {
  static let alias = "“*” begins an alias, and none is taken; quote text that begins with it"
  static let anchor = "“&” begins an anchor, and none is taken; quote text that begins with it"
  static let tag = "“!” begins a tag, and none is taken; quote text that begins with it"

  let reason: Reason
  let words: String
  let mark: YAMLMark

  init(_ problem: YAMLProblem, textEnd: Int) {
    let said = problem.doing.isEmpty ? problem.found : "\(problem.doing) \(problem.found)"
    if let (_, words) = Self.forbidden.first(where: { said.contains($0.sign) }) {
      (reason, self.words, mark) = (.yamlForbidden, words, problem.began)
      return
    }
    reason = .yamlMalformed
    // Of what is never closed, the end of the text says nothing.
    mark = problem.mark.byte >= textEnd ? problem.began : problem.mark
    // What is not closed is found lines behind.
    let start = problem.began
    let origin = start.line < mark.line ? "; it began at line \(start.line), column \(start.column)" : ""
    words = said + origin + (Self.hints.first { said.contains($0.sign) }.map { "; \($0.words)" } ?? "")
  }

  /// By words of libyaml's.
  private static let forbidden: [(sign: String, words: String)] = [
    ("scanning an alias", alias), ("scanning an anchor", anchor), ("scanning a tag", tag), ("parsing a tag", tag),
    ("tag handle", tag), ("directive", "a directive; none is taken"),
  ]

  private static let hints: [(sign: String, words: String)] = [
    ("unknown escape character", "in double quotes a backslash begins an escape, in single quotes it is one"),
    ("invalid Unicode character escape code", "write the character itself, or \\U and eight digits"),
    ("mapping values are not allowed", "check how far the line is indented; quote text that holds a colon and a space"),
    ("cannot start any token", "quote text that begins with it; indent by spaces, not by tabs"),
    ("did not find expected key", "check how far the line is indented; quote the whole of a text"),
    ("could not find expected ':'", "check how far the line is indented"),
  ]
}
