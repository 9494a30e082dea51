import OCIImage
import Octets
import Policy
import Reasons
import StrictJSON
import StrictYAML
import YAMLEvents

/// What a policy should say of archives that are at hand (docs/formats/PolicyCases.md): tests that the people who write a
/// policy keep beside it.
struct PolicyCases {
  static let format = "assay-policy-cases/1"
  static let most = 10_000

  /// One archive, or facts that were saved of one, and what should come of it.
  struct Case {
    enum Matter {
      case archive(String)
      case facts(String)
    }

    let name: String
    /// Where it stands in the document, for people.
    let place: String
    let matter: Matter
    let image: String?
    let platform: String?
    let occasion: (name: String?, environment: String?, team: String?, exporter: String?, medium: String?)
    /// Nil is now.
    let at: UnixTime?
    let expected: Verdict
    /// The first reason that should be given.
    let reason: Reason?
    /// The rules that should decide, whatever the order.
    let rules: [String]?
  }

  let cases: [Case]

  /// - Parameter folder: of the document, in which relative paths begin.
  init(_ bytes: [UInt8], named name: String, in folder: String) throws(Failure) {
    let document = try YAMLDocument(parsing: bytes, named: name, malformed: .policyCasesMalformed)
    do throws(Failure) {
      cases = try Self.cases(document, in: folder)
    } catch {
      throw document.located(error)
    }
  }

  private static func cases(_ document: YAMLDocument, in folder: String) throws(Failure) -> [Case] {
    let root = document.root
    guard try root.required("format").bytes().elementsEqual(format.utf8) else {
      throw try root.required("format").failure("the format is not \(format), which this version reads")
    }
    try root.verifyMembers(["format", "cases"])
    var cases: [Case] = []
    for node in try root.required("cases").elements(atMost: most) {
      let read = try Case(node, at: document.mark(of: node.path).line, in: folder)
      guard !cases.contains(where: { $0.name.utf8.elementsEqual(read.name.utf8) }) else {
        throw try node.required("name").failure("a second case of this name")
      }
      cases.append(read)
    }
    guard !cases.isEmpty else { throw try root.required("cases").failure("no case") }
    return cases
  }
}

extension PolicyCases.Case {
  fileprivate init(_ node: JSONNode, at line: Int, in folder: String) throws(Failure) {
    try node.verifyMembers([
      "name", "archive", "facts", "image", "platform", "as", "environment", "team", "exporter", "medium", "at",
      "expect", "reason", "rules",
    ])
    func text(_ key: String) throws(Failure) -> String? {
      guard let node = try node.optional(key) else { return nil }
      let text = try node.string()
      guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
        throw node.failure("a line is wanted")
      }
      return text
    }
    func path(_ text: String) -> String { text.utf8.first == UInt8(ascii: "/") ? text : folder + text }
    guard let name = try text("name") else { throw try node.required("name").failure("a line is wanted") }
    self.name = name
    place = "line \(line)"
    switch (try text("archive"), try text("facts")) {
    case (let archive?, nil): matter = .archive(path(archive))
    case (nil, let facts?): matter = .facts(path(facts))
    default: throw node.failure("exactly one of `archive` and `facts` is wanted")
    }
    image = try text("image")
    platform = try text("platform")
    occasion = (
      try text("as"), try text("environment"), try text("team"), try text("exporter"), try text("medium")
    )
    at = try node.optional("at").map { (node) throws(Failure) in
      guard let time = UnixTime(rfc3339: try node.bytes()) else {
        throw node.failure("a date-time is wanted, like 2027-01-31T00:00:00Z")
      }
      return time
    }
    expected = try node.required("expect").oneOf(Verdict.self)
    reason = try node.optional("reason").map { (node) throws(Failure) in try node.oneOf(Reason.self) }
    rules = try node.optional("rules").map { (node) throws(Failure) in
      var names: [String] = []
      for element in try node.elements(atMost: PolicyLimits.rules) { names.append(try element.string()) }
      return names
    }
  }
}
