import Base64
import Cryptography
import Octets
import Policy
import PolicyConversion
import Reasons
import StrictJSON
import StrictYAML

/// Conversions of documents that stand in tests as JSON.
struct Converted {
  let policy: ConvertedPolicy
  let yaml: String
  let lines: [String]
  /// What the YAML is to the reader of policies.
  let read: Policy

  init(_ json: String, from source: PolicySource? = nil, files: [String: String] = [:]) throws {
    let root = try JSONNode(parsing: Array(json.utf8), named: "source.json", malformed: .policyMalformed)
    let found = PolicySource(recognising: root)
    guard let source = source ?? found else { throw Failure(.policyMalformed, "source", "not recognised") }
    policy = try ConvertedPolicy(root, from: source, named: "source.json") { files[$0].map { Array($0.utf8) } }
    yaml = String(decoding: policy.yaml, as: UTF8.self)
    lines = yaml.split(separator: "\n").map(String.init)
    // Whatever the source says, what is written is a policy, and its YAML says just that.
    let written = try YAMLDocument(parsing: policy.yaml, named: "converted.yaml", malformed: .policyMalformed)
    read = try Policy(written.root)
  }

  /// The paths of what was not expressed.
  var missing: [String] { policy.notExpressed.map(\.path) }

  /// The lines that are no comment, without what begins every policy.
  var said: String {
    lines.filter { !$0.drop { $0 == " " }.hasPrefix("#") }.dropFirst(3).joined(separator: "\n")
  }

  func remarks(_ text: String) -> Bool {
    lines.contains { $0.drop { $0 == " " }.hasPrefix("# ") && $0.contains(text) }
  }
}

enum SampleKey {
  static func pem(_ number: UInt8) throws -> String {
    PEM.encode(try PublicKey(ed25519: [UInt8](repeating: number, count: 32)).spki, label: "PUBLIC KEY")
  }

  /// As it stands in JSON, and in the YAML that is written.
  static func quoted(_ number: UInt8) throws -> String {
    "\"" + (try pem(number)).split(separator: "\n").joined(separator: "\\n") + "\\n\""
  }

  static func base64(_ number: UInt8) throws -> String { Base64.encode(Array(try pem(number).utf8)) }
}
