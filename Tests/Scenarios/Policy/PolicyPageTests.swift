import Octets
import Policy
import Reasons
import StrictJSON
import StrictYAML
import TestSupport
import Testing

/// What the pages show is what the program reads, and what the schema describes.
@Suite struct PolicyPageTests {
  /// The fenced blocks of a page, with the line of each.
  static func blocks(of page: String, in language: String = "yaml") throws -> [(line: Int, text: [UInt8])] {
    let text = String(decoding: try readFile(Products.package + "/docs/" + page), as: UTF8.self)
    var blocks: [(Int, [UInt8])] = []
    var open: (line: Int, lines: [Substring])?
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let (start, lines) = open {
        if line == "```" {
          blocks.append((start, Array((lines.joined(separator: "\n") + "\n").utf8)))
          open = nil
        } else {
          open = (start, lines + [line])
        }
      } else if line == "```\(language)" {
        open = (number + 2, [])
      }
    }
    return blocks
  }

  /// Every policy of a page: a block that is one, and of a block that is a part of one, the policy of the page that names
  /// the most, with these members in place of its own.
  static func policies(of page: String) throws -> [(line: Int, value: JSON)] {
    var whole: JSON?
    return try blocks(of: page).compactMap { line, text in
      let value = try YAMLDocument(parsing: text, named: "\(page):\(line)", malformed: .policyMalformed).root.value
      if let format = value["format"] {
        guard format == .text(Policy.format) else { return nil }
        whole = value
        return (line, value)
      }
      guard case .object(let part) = value else { throw RunError(description: "\(page):\(line): no mapping") }
      guard case .object(var object)? = whole else { throw RunError(description: "\(page):\(line): a part of nothing") }
      object.members.removeAll { member in part.members.contains { $0.key == member.key } }
      object.members += part.members
      return (line, .object(object))
    }
  }

  static let pages = ["policy.md", "formats/Policy.md"]

  @Test(arguments: pages) func everyPolicyOfThePageIsRead(_ page: String) throws {
    let policies = try Self.policies(of: page)
    #expect(!policies.isEmpty)
    for (line, value) in policies {
      do throws(Failure) {
        _ = try Policy(JSONNode(value, named: "\(page):\(line)", malformed: .policyMalformed))
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  /// Whoever follows the page is not warned of what it taught.
  @Test func checkHasNothingToSayOfThePage() throws {
    let folder = try TemporaryFolder()
    for (line, value) in try Self.policies(of: "policy.md").filter({ $0.value["requirements"] == nil }).prefix(2) {
      let file = try folder.write("policy-\(line).yaml", value.serialized())
      let result = try Assay().run(["policy", "check", file])
      #expect(result.status == 0 && !result.output.contains("warning:"), "\(result.output)\(result.errors)")
    }
  }

  /// The cases of the page are cases: only their archives are not there.
  @Test func theCasesOfThePageAreRead() throws {
    let folder = try TemporaryFolder()
    let blocks = try Self.blocks(of: "policy.md")
    let cases = try #require(blocks.first { $0.text.starts(with: "format: assay-policy-cases/1".utf8) })
    try folder.write("cases.yaml", cases.text)
    try folder.write("policy.yaml", blocks[0].text)
    let result = try Assay().run(["policy", "test", folder.path("policy.yaml"), folder.path("cases.yaml")])
    #expect(!result.errors.contains("policy.cases-malformed"), "\(result.errors)")
    #expect(result.errors.contains("both-signed.tar") || result.output.contains("both-signed.tar"), "\(result.output)")
  }

  // MARK: The schema

  private static let schema = Products.package + "/docs/formats/policy.schema.json"

  /// For each document of a list whether the schema takes it, by somebody else's validator.
  private static let validator = """
    import json, sys, jsonschema
    validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
    print("".join("y" if validator.is_valid(document) else "n" for document in json.load(sys.stdin)))
    """

  static func takes(_ documents: [JSON]) throws -> [Bool] {
    let checked = try runChecked(
      ["/usr/bin/python3", "-c", validator, schema], input: JSON.array(documents).serialized())
    return checked.filter { $0 == UInt8(ascii: "y") || $0 == UInt8(ascii: "n") }.map { $0 == UInt8(ascii: "y") }
  }

  private static func isRead(_ value: JSON) -> Bool {
    (try? Policy(JSONNode(value, named: "policy", malformed: .policyMalformed))) != nil
  }

  /// Everything that the pages and scenarios show, in the forms of people and in the canonical one.
  private static func samples() throws -> [JSON] {
    let written = try pages.flatMap { try policies(of: $0).map(\.value) }
    let tables = try PolicyScenarioTests.tables.map { try JSON(parsing: Array($0.document.utf8), named: $0.name) }
    let canonical = try (written + tables).map { value in
      try JSON(
        parsing: try Policy(JSONNode(value, named: "policy", malformed: .policyMalformed)).canonical, named: "canonical"
      )
    }
    return written + tables + canonical
  }

  @Test func theSchemaTakesWhatThePagesShow() throws {
    #expect(try Self.takes(try Self.samples()).allSatisfy(\.self))
  }

  /// Without any one member or element: what is still a policy, the schema takes too.
  @Test func theSchemaIsNoStricterThanTheReader() throws {
    let mutants = try Self.samples().flatMap { PolicyMutationTests.mutants($0) }.filter { Self.isRead($0.json) }
    #expect(mutants.count > 100)
    for (mutant, isTaken) in zip(mutants, try Self.takes(mutants.map(\.json))) where !isTaken {
      Issue.record("the schema refuses \(String(decoding: mutant.json.serialized(), as: UTF8.self))")
    }
  }

  /// With a member that nobody knows, wherever it stands: what the reader refuses, the schema refuses too.
  @Test func theSchemaKnowsEveryMember() throws {
    let mutants = try Self.samples().flatMap(Self.withAnUnknownMember)
    #expect(mutants.count > 100)
    for (mutant, isTaken) in zip(mutants, try Self.takes(mutants)) where isTaken != Self.isRead(mutant) {
      Issue.record(
        "the schema \(isTaken ? "takes" : "refuses") \(String(decoding: mutant.serialized(), as: UTF8.self))")
    }
  }

  private static func withAnUnknownMember(_ value: JSON) -> [JSON] {
    switch value {
    case .object(var object):
      let inner = object.members.indices.flatMap { index in
        withAnUnknownMember(object.members[index].value).map { changed -> JSON in
          var copy = object
          copy.members[index].value = changed
          return .object(copy)
        }
      }
      object.append("fresh", 1)
      return [.object(object)] + inner
    case .array(let elements):
      return elements.indices.flatMap { index in
        withAnUnknownMember(elements[index]).map { changed -> JSON in
          var copy = elements
          copy[index] = changed
          return .array(copy)
        }
      }
    default: return []
    }
  }
}
