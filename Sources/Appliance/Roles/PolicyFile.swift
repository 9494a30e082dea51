package import Policy
package import Reasons
import StrictJSON
package import StrictYAML

extension Policy {
  /// Bytes of a policy document, at most.
  package static let mostDocumentBytes = JSONLimits.yaml.bytes

  /// Reads a policy document in a file: YAML, of which JSON is a part.
  /// - Throws: YAML's reasons, or `policy.malformed`; with line and column.
  package init(document bytes: [UInt8], named name: String) throws(Failure) {
    let document = try Self.document(bytes, named: name)
    do throws(Failure) { try self.init(document.root) } catch { throw document.located(error) }
  }

  /// The same as data: a policy, if it makes sense.
  package static func document(_ bytes: [UInt8], named name: String) throws(Failure) -> YAMLDocument {
    var limits = JSONLimits.yaml
    // Requirements within requirements take two levels each, and the canonical form is read at this depth too.
    limits.depth = JSONLimits.usual.depth
    return try YAMLDocument(parsing: bytes, named: name, malformed: .policyMalformed, limits: limits)
  }
}
