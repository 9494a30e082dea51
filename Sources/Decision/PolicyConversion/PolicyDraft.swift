import Cryptography
import OCIImage
import Octets
import Policy
import Reasons
import StrictJSON

/// The policy that a conversion makes, with the words that stand beside each rule.
struct PolicyDraft {
  /// What is asked of the images of a rule, as far as it can be said.
  enum Answer {
    case require(JSON)
    /// `partly`: what could be said of the source's requirement, for the comment.
    case refuse(String, partly: JSON?)
  }

  /// A repository glob, and a tag glob where the source says one.
  struct Name: Hashable {
    let repository: String
    var tag: String?

    /// - Parameter repository: its host as the source has it.
    init(repository: String, tag: String? = nil) {
      let bytes = Array(repository.utf8)
      let host = Glob(bytes).host
      self.repository = String(decoding: CompletedName.host(host[...]) + bytes[host.count...], as: UTF8.self)
      self.tag = tag
    }

    /// Every image that has a name.
    static let any = Name(repository: "**")
  }

  struct Rule {
    let name: String
    let scope: JSON
    let answer: Answer
    let remarks: [String]
    let missing: [NotExpressed]
  }

  let name: String
  private(set) var authorities: [(body: JSONObject, name: String, comment: String)] = []
  private(set) var rules: [Rule] = []
  private(set) var denials: [(digest: String, reason: String)] = []
  /// What belongs to no rule.
  var missing: [NotExpressed] = []
  var remarks: [String] = []
  private var names: Set<String> = []

  init(name: String) { self.name = name.isEmpty ? "converted" : printable(name, limit: 200) }

  var notExpressed: [NotExpressed] { missing + rules.flatMap(\.missing) }

  // MARK: Authorities

  /// The name of an authority with these members: one that is there already, or a new one.
  mutating func authority(_ body: JSONObject, called wanted: String, _ comment: String = "") -> String {
    if let known = authorities.first(where: { $0.body == body }) { return known.name }
    let name = unused(wanted)
    authorities.append((body, name, comment))
    return name
  }

  /// A name that the policy takes, and that is not taken: from text of the source.
  private mutating func unused(_ wanted: String) -> String {
    var plain = wanted.utf8.map { byte in
      (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
        || ".-_".utf8.contains(byte) ? byte : UInt8(ascii: "-")
    }[...]
    plain = plain.drop { ".-_".utf8.contains($0) }.prefix(48)
    let stem = plain.isEmpty ? "unnamed" : String(decoding: plain, as: UTF8.self)
    var name = stem
    var number = 2
    while !names.insert(name).inserted {
      name = "\(stem)-\(number)"
      number += 1
    }
    return name
  }

  // MARK: Rules

  /// Adds a rule for images of any of these names; one for each tag glob, since a scope's fields combine freely.
  mutating func rule(
    _ wanted: String, for images: [Name], _ answer: Answer, remarks: [String] = [], missing: [NotExpressed] = []
  ) {
    var groups: [(tag: String?, repositories: [String])] = []
    for image in images {
      if let index = groups.firstIndex(where: { $0.tag == image.tag && $0.repositories.count < Scope.mostAlternatives })
      {
        if !groups[index].repositories.contains(image.repository) {
          groups[index].repositories.append(image.repository)
        }
      } else {
        groups.append((image.tag, [image.repository]))
      }
    }
    for (index, group) in groups.enumerated() {
      let repositories = group.repositories
      var scope: JSONObject = [
        "repository": repositories.count == 1 ? .text(repositories[0]) : .array(repositories.map(JSON.text))
      ]
      if let tag = group.tag { scope.append("tag", .text(tag)) }
      let isFirst = index == 0
      rules.append(
        Rule(
          name: unused(wanted), scope: .object(scope), answer: answer, remarks: isFirst ? remarks : [],
          missing: isFirst ? missing : []))
    }
  }

  /// Adds a rule for everything, names or none.
  mutating func ruleForEverything(_ wanted: String, _ answer: Answer, remarks: [String] = [], missing: [NotExpressed]) {
    rules.append(Rule(name: unused(wanted), scope: [:], answer: answer, remarks: remarks, missing: missing))
  }

  mutating func deny(digest: String, _ reason: String) { denials.append((digest, reason)) }

  /// A policy has a rule.
  mutating func neverBeEmpty() {
    guard rules.isEmpty else { return }
    ruleForEverything(
      "nothing", .refuse("Nothing of the converted policy could be expressed.", partly: nil), missing: [])
  }

  /// What is written must be what a policy may be, also in its bounds.
  func verifyReadable() throws(Failure) {
    do throws(Failure) {
      _ = try Policy(JSONNode(json, named: "converted policy", malformed: .policyMalformed))
    } catch {
      throw Failure(.policyMalformed, error.subject, "the source makes no policy that Assay reads: \(error.detail)")
    }
  }

  /// The document without its comments.
  private var json: JSON {
    var object: JSONObject = ["format": .text(Policy.format), "name": .text(name), "default": "refuse"]
    object.append("authorities", .array(authorities.map { .object(Self.named($0.name, $0.body)) }))
    object.append(
      "rules",
      .array(
        rules.map { rule in
          switch rule.answer {
          case .require(let requirement): ["name": .text(rule.name), "scope": rule.scope, "require": requirement]
          case .refuse(let words, _): ["name": .text(rule.name), "scope": rule.scope, "refuse": .text(words)]
          }
        }))
    if !denials.isEmpty {
      object.append("deny", .array(denials.map { ["digest": .text($0.digest), "reason": .text($0.reason)] }))
    }
    return .object(object)
  }

  static func named(_ name: String, _ body: JSONObject) -> JSONObject {
    JSONObject([.init(key: Array("name".utf8), value: .text(name))] + body.members)
  }
}

extension JSON {
  /// All of several requirements, or any: one alone stands for itself.
  static func joined(_ key: String, _ parts: [JSON]) -> JSON? {
    parts.count > 1 ? .object(JSONObject([.init(key: Array(key.utf8), value: .array(parts))])) : parts.first
  }

  /// A signature by any of these authorities.
  static func signature(by names: [String]) -> JSON { ["signature": ["by": oneOrList(names)]] }

  static func oneOrList(_ names: [String]) -> JSON {
    names.count == 1 ? .text(names[0]) : .array(names.map(JSON.text))
  }
}

extension JSONNode {
  func notExpressed(_ why: String) -> NotExpressed { NotExpressed(path.isEmpty ? "the document" : path, why) }

  /// The members that this version does not know.
  func unknownMembers(_ known: Set<String>) throws(Failure) -> [NotExpressed] {
    try members().filter { (key, _) in !known.contains { $0.utf8.elementsEqual(key) } }
      .map { $0.node.notExpressed("unknown here, and so not understood") }
  }

  /// A text, with control characters and the like made visible.
  func shown() throws(Failure) -> String { printable(try bytes(), limit: 200) }
}
