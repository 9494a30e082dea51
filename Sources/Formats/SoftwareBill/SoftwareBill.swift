import Octets
import Reasons
import StrictJSON

/// A bill of materials, SPDX or CycloneDX, as far as policies ask: which packages, under which licences
/// (docs/formats/SoftwareBill.md). Inert: whether it is complete, or true, is not known here.
package struct SoftwareBill: Sendable {
  package struct Package: Sendable {
    package let name: String
    package let version: String?
    /// Package URLs as written. SPDX allows several.
    package let urls: [String]
    /// Licence expressions, or names, as written; each applies. What asserts nothing is left out.
    package let licenses: [String]
  }

  /// `SPDX-2.3`, `CycloneDX 1.5`.
  package let format: String
  package let packages: [Package]

  /// The document in a statement's predicate: the predicate itself; what cosign before version 2 put under `Data`; or
  /// either as a text (cosign's `--type spdx`).
  /// - Parameter mark: the member by which the document is known.
  static func document(in node: JSONNode, mark: String) throws(Failure) -> JSONNode {
    let node = node.failing(.predicateMalformed)
    if case .string = node.value { return try parsed(node) }
    guard node.value[mark] == nil, let data = try node.optional("Data") else { return node }
    if case .string = data.value { return try parsed(data) }
    return data
  }

  private static func parsed(_ node: JSONNode) throws(Failure) -> JSONNode {
    let text = try node.bytes()
    guard text.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) == UInt8(ascii: "{") else {
      throw node.failure("a text that is no JSON: tags and XML are not read", .predicateUnsupported)
    }
    let name = node.path.isEmpty ? "predicate" : "predicate: \(node.path)"
    return try JSONNode(parsing: text, named: name, malformed: .predicateMalformed)
  }
}
