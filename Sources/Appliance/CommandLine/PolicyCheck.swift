import ArgumentParser
import Octets
import Policy
import Reasons
import Roles
import StrictJSON
import StrictYAML
import YAMLEvents

/// `assay policy check`
struct PolicyCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a policy document, and say what its author may not have meant.",
    discussion: """
      Reads FILE as an appliance would, in YAML or JSON, and then looks at what it says: rules that never decide, \
      scopes that match nothing, patterns that match less or more than they seem to, demands that nobody could ever \
      meet, waivers that end. What it finds is one line each, with the place:

        policy.yaml:12:5: error: rules[0].scope.repositry: the member "repositry" is unknown; “repository” is known
        policy.yaml:31:5: warning: the rule “test” never decides: … (rule.unreachable)

      In YAML a text that begins with * stands in quotes: repository: "**/miner". Patterns are best written in single \
      quotes, where a backslash is a backslash: {matching: '^https://github\\.com/north/.*$'}.

      Nothing is judged and no store is opened. What each name in brackets means: docs/formats/PolicyCheck.md.

        assay policy check policy.yaml
        assay policy check policy.yaml --at 2027-01-01T00:00:00Z     which waivers will have ended by then?

      Exit statuses: 0 no errors, warnings or not; 3 errors; 1 the program failed; 64 the command was wrong.
      """)

  @Argument(help: .init("A policy document.", valueName: "FILE")) var file: String
  @Option(help: .init("When it would be in force; without it, now.", valueName: "TIME")) var at: String?
  @Flag(help: "Machine-readable (docs/formats/PolicyCheck.md).") var json = false

  func run() throws {
    let now = try TrustMaking.time(at)
    let checked = CheckedPolicy(try InputFile.read(file, upTo: Policy.mostDocumentBytes), named: file, at: now)
    if json { try Render.json(checked.json) } else { try Render.write(checked.lines.joined(separator: "\n")) }
    if checked.count(.error) > 0 { throw ExitCode(ExitStatus.of(.refuse)) }
  }
}

/// A policy document, and all that is to be said about it.
struct CheckedPolicy {
  /// One thing to say, with the place it is about.
  private struct Remark {
    let severity: Advice.Severity
    /// A reason's identifier, or the name of a kind of advice.
    let reason: String
    /// Nil of the document as a whole.
    let mark: YAMLMark?
    let path: String
    let words: String
  }

  private let file: String
  /// Nil where the document is none.
  private let policy: Policy?
  private let remarks: [Remark]

  init(_ bytes: [UInt8], named file: String, at now: UnixTime) {
    self.file = file
    let document: YAMLDocument
    do throws(Failure) {
      document = try Policy.document(bytes, named: file)
    } catch {
      let mark = error.offset.map { YAMLDocument.mark(at: Int(clamping: $0), in: bytes) }
      policy = nil
      remarks = [Self.remark(error, mark, path: "")]
      return
    }
    do throws(Failure) {
      let policy = try Policy(document.root)
      let advice = try policy.advice(on: document.root, at: now)
      self.policy = policy
      remarks = advice.map { advice in
        Remark(
          severity: advice.severity, reason: advice.kind.rawValue, mark: document.mark(of: advice.path),
          path: advice.path, words: advice.words)
      }.sorted { ($0.mark?.byte ?? 0, $0.reason) < ($1.mark?.byte ?? 0, $1.reason) }
    } catch {
      let path = document.path(in: error)
      policy = nil
      remarks = [Self.remark(error, document.mark(of: path ?? ""), path: path ?? "")]
    }
  }

  private static func remark(_ failure: Failure, _ mark: YAMLMark?, path: String) -> Remark {
    Remark(
      severity: .error, reason: failure.reason.rawValue, mark: mark, path: path,
      words: failure.detail.isEmpty ? failure.reason.explanation.meaning : failure.detail)
  }

  func count(_ severity: Advice.Severity) -> Int { remarks.count { $0.severity == severity } }

  /// `policy.yaml:12:5: warning: … (rule.unreachable)`; the last line counts.
  var lines: [String] {
    let file = printable(file, limit: 4096)
    var lines = remarks.map { remark in
      let place = remark.mark.map { ":\($0.line):\($0.column)" } ?? ""
      // Advice names what it is about in its words.
      let path = remark.path.isEmpty || policy != nil ? "" : "\(printable(remark.path)): "
      return
        "\(file)\(place): \(remark.severity.rawValue): \(path)\(printable(remark.words, limit: 1024)) (\(remark.reason))"
    }
    let found = [(count(.error), "error"), (count(.warning), "warning")].filter { $0.0 > 0 }
      .map { Quantity.count(UInt64($0.0), $0.1) }
    let counted = found.isEmpty ? "nothing to put right" : found.joined(separator: ", ")
    guard let policy else { return lines + ["\(file): no policy: \(counted)"] }
    let sizes = [
      Quantity.count(UInt64(policy.authorities.count), "authority", "authorities"),
      Quantity.count(UInt64(policy.rules.count), "rule"),
    ]
    lines.append("\(file): “\(printable(policy.name))”, \(sizes.joined(separator: ", ")): \(counted)")
    lines.append("\(file): \(ClaimedDigest(policy.digest)) names it in reports")
    return lines
  }

  /// docs/formats/PolicyCheck.md
  var json: JSON {
    [
      "format": "assay-policy-check/1", "file": .text(printable(file, limit: 4096)),
      "policy": policy.map { ["name": .text($0.name), "digest": "\(ClaimedDigest($0.digest))"] } ?? nil,
      "errors": .integer(Int64(count(.error))), "warnings": .integer(Int64(count(.warning))),
      "remarks": .array(
        remarks.map { remark in
          [
            "severity": .text(remark.severity.rawValue), "reason": .text(remark.reason),
            "line": remark.mark.map { .integer(Int64($0.line)) } ?? nil,
            "column": remark.mark.map { .integer(Int64($0.column)) } ?? nil, "path": .text(remark.path),
            "words": .text(printable(remark.words, limit: 1024)),
          ]
        }),
    ]
  }
}
