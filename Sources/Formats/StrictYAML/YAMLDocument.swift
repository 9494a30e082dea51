package import Reasons
package import StrictJSON
package import YAMLEvents

extension JSONLimits {
  /// Of a YAML document that people write: 1 MiB, 32 levels, 100,000 values. Keys count with their values.
  package static let yaml = JSONLimits(bytes: 1 << 20, depth: 32, values: 100_000)
}

/// JSON data in YAML's clothes: one document, read strictly into one JSON value, and where each part of it stands.
///
/// Readers of a format read `root`, as they read any JSON document; `located` then says of their failures on which line
/// the trouble is. What is taken and what is refused: docs/formats/StrictYAML.md. Source: YAML 1.2.2, §10.2 for what plain
/// scalars mean; the grammar is libyaml's, which is that of YAML 1.1.
package struct YAMLDocument: Sendable {
  package let root: JSONNode
  private let name: String
  private let marks: Marks

  /// - Parameters:
  ///   - subject: the document's name in failures.
  ///   - malformed: the reason of failures about its shape, for readers of `root`.
  /// - Throws: `yaml.malformed`, `yaml.duplicate-key`, `yaml.forbidden` or `yaml.limit-exceeded`; the subject ends in line
  ///   and column, `policy.yaml:12:5`, and the offset is the byte there.
  package init(
    parsing bytes: [UInt8], named subject: String, malformed: Reason, limits: JSONLimits = .yaml
  ) throws(Failure) {
    guard bytes.count <= limits.bytes else {
      throw Failure(.yamlLimitExceeded, subject, "\(bytes.count) bytes; at most \(limits.bytes) are read")
    }
    let text = try YAMLText(bytes, named: subject)
    var reader = YAMLReader(text, limits: limits)
    let value: JSON
    (value, marks) = try reader.document()
    root = JSONNode(value, named: subject, malformed: malformed)
    name = subject
  }

  /// The same failure with line and column, where it is about a value of this document: of
  /// `policy.yaml: rules[0].scope.tga` it makes `policy.yaml:12:5: rules[0].scope.tga`.
  package func located(_ failure: Failure) -> Failure {
    guard let path = path(in: failure) else { return failure }
    let mark = mark(of: path)
    let place = "\(name):\(mark.line):\(mark.column)"
    return Failure(
      failure.reason, path.isEmpty ? place : "\(place): \(path)", at: UInt64(mark.byte), failure.detail)
  }

  /// The path of the value that a failure of one of this document's nodes is about; nil for failures of something else.
  package func path(in failure: Failure) -> String? {
    let (subject, name) = (Array(failure.subject.utf8), Array(name.utf8))
    guard subject.starts(with: name) else { return nil }
    let rest = subject[name.count...]
    guard rest.isEmpty || rest.starts(with: ": ".utf8) else { return nil }
    return String(decoding: rest.dropFirst(2), as: UTF8.self)
  }

  /// Where a byte of a document stands, such as the one that a failure to read it names.
  package static func mark(at offset: Int, in bytes: [UInt8]) -> YAMLMark { YAMLText.mark(at: offset, in: bytes) }

  /// Where the value with this `JSONNode.path` stands: a member at its key, all else where it begins. What is absent, at
  /// the nearest container that is there.
  package func mark(of path: String) -> YAMLMark { marks.mark(of: path, in: root.value) }
}

/// The places of a value and of what is in it, in the value's own order: members at their keys.
struct Marks: Sendable {
  var mark: YAMLMark
  var parts: [Marks] = []

  func mark(of path: String, in value: JSON) -> YAMLMark {
    var (marks, value, rest, isFirst) = (self, value, Array(path.utf8)[...], true)
    while !rest.isEmpty {
      let steps: [(step: String, value: JSON)]
      switch value {
      case .object(let object): steps = object.members.map { (JSONPath.step($0.key, isFirst: isFirst), $0.value) }
      case .array(let elements): steps = elements.enumerated().map { (JSONPath.step($0.offset), $0.element) }
      default: return marks.mark
      }
      guard let next = steps.firstIndex(where: { Self.begins(rest, with: $0.step) }) else { return marks.mark }
      rest = rest.dropFirst(steps[next].step.utf8.count)
      (marks, value, isFirst) = (marks.parts[next], steps[next].value, false)
    }
    return marks.mark
  }

  /// Whether the path goes through this step, and not through one that merely begins alike.
  private static func begins(_ path: ArraySlice<UInt8>, with step: String) -> Bool {
    guard path.starts(with: step.utf8) else { return false }
    let next = path.dropFirst(step.utf8.count).first
    return next == nil || next == UInt8(ascii: ".") || next == UInt8(ascii: "[")
  }
}
