import Octets
import StrictJSON

extension PolicyDraft {
  /// The policy for people: block YAML in which every text is double-quoted, so that none of it can be anything else, and
  /// comments of which every line was made `printable`.
  func yaml(from source: String) -> [UInt8] {
    var writer = YAMLWriter()
    writer.comment("Converted by `assay policy convert` from \(source).")
    writer.comment("Read it, complete it, and try it: `assay policy check`, `assay policy test`.")
    let count = notExpressed.count
    writer.comment(
      count == 0
        ? "Everything that the source says is expressed."
        : "Not expressed: \(count) of what the source says. Each stands beside its rule; what belongs to none, here:")
    for item in missing { writer.comment("NOT EXPRESSED \(item.wording)") }
    for remark in remarks { writer.comment(printable(remark, limit: 1000)) }
    writer.line("")
    writer.member("format", "assay-policy/1")
    writer.member("name", .text(name))
    writer.member("default", "refuse")
    writer.line("")
    if authorities.isEmpty {
      writer.line("authorities: []")
    } else {
      writer.line("authorities:")
      for authority in authorities {
        if !authority.comment.isEmpty { writer.comment(printable(authority.comment, limit: 1000), level: 1) }
        writer.write(.object(Self.named(authority.name, authority.body)), level: 1, inSequence: true)
      }
    }
    writer.line("")
    writer.line("rules:")
    for rule in rules { write(rule, &writer) }
    if !denials.isEmpty {
      writer.line("")
      writer.line("deny:")
      for denial in denials {
        writer.write(
          ["digest": .text(denial.digest), "reason": .text(denial.reason)], level: 1, inSequence: true)
      }
    }
    return writer.output
  }

  private func write(_ rule: Rule, _ writer: inout YAMLWriter) {
    for item in rule.missing { writer.comment("NOT EXPRESSED \(item.wording)", level: 1) }
    for remark in rule.remarks { writer.comment(printable(remark, limit: 1000), level: 1) }
    var body: JSONObject = ["name": .text(rule.name), "scope": rule.scope]
    switch rule.answer {
    case .require(let requirement): body.append("require", requirement)
    case .refuse(let words, _): body.append("refuse", .text(words))
    }
    writer.write(.object(body), level: 1, inSequence: true)
    if case .refuse(_, let partly?) = rule.answer {
      writer.comment("What could be said of it, to be completed and put in place of `refuse`:", level: 2)
      var inner = YAMLWriter()
      inner.write(["require": partly], level: 0, inSequence: false)
      for line in inner.output.split(separator: 0x0a) {
        writer.comment(String(decoding: line, as: UTF8.self), level: 2)
      }
    }
  }
}

/// Writes block YAML of JSON values whose keys are plain words of our own.
struct YAMLWriter {
  private(set) var output: [UInt8] = []

  mutating func line(_ text: String) {
    output += text.utf8
    output.append(0x0a)
  }

  /// - Parameter text: one line; whoever calls has made it `printable`.
  mutating func comment(_ text: String, level: Int = 0) {
    line(Self.indent(level) + "# " + text)
  }

  mutating func member(_ key: String, _ value: JSON) { line("\(key): \(Self.scalar(value))") }

  mutating func write(_ value: JSON, level: Int, inSequence: Bool) {
    switch value {
    case .object(let object) where !object.members.isEmpty:
      for (index, member) in object.members.enumerated() {
        let lead = inSequence ? (index == 0 ? "- " : "  ") : ""
        let key = Self.indent(level) + lead + String(decoding: member.key, as: UTF8.self) + ":"
        let isNested: Bool
        switch member.value {
        case .object(let inner): isNested = !inner.members.isEmpty
        case .array(let inner): isNested = !inner.isEmpty
        default: isNested = false
        }
        if isNested {
          line(key)
          write(member.value, level: level + (inSequence ? 2 : 1), inSequence: false)
        } else {
          line(key + " " + Self.scalar(member.value))
        }
      }
    case .array(let elements) where !elements.isEmpty:
      for element in elements {
        if case .object = element {
          write(element, level: level, inSequence: true)
        } else {
          line(Self.indent(level) + "- " + Self.scalar(element))
        }
      }
    default: line(Self.indent(level) + (inSequence ? "- " : "") + Self.scalar(value))
    }
  }

  private static func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }

  private static func scalar(_ value: JSON) -> String {
    switch value {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .number(let text): String(decoding: text, as: UTF8.self)
    case .string(let text): quoted(text)
    // Nested ones that hold something are written in blocks.
    case .array: "[]"
    case .object: "{}"
    }
  }

  /// A double-quoted scalar (YAML 1.1 §5.5, 1.2 §5.7) on one line: what is not seen, or ends a line anywhere, is escaped.
  static func quoted(_ text: [UInt8]) -> String {
    var quoted = "\""
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        if isPlain(scalar) {
          quoted.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16)
          let (letter, width) = scalar.value <= 0xff ? ("x", 2) : scalar.value <= 0xffff ? ("u", 4) : ("U", 8)
          quoted += "\\" + letter + String(repeating: "0", count: width - digits.utf8.count) + digits
        }
      }
    }
    return quoted + "\""
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if (0x20..<0x7f).contains(scalar.value) { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
    default: true
    }
  }
}
