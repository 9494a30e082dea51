package import Policy
package import Reasons
import StrictJSON
import StrictYAML

extension Policy {
  /// Bytes of a policy document, at most.
  package static let mostDocumentBytes = JSONLimits.yaml.bytes

  /// Reads a policy document in a file: YAML, of which JSON is a part.
  /// - Throws: YAML's reasons, or `policy.malformed`; with line and column.
  package init(document bytes: [UInt8], named name: String) throws(Failure) {
    var limits = JSONLimits.yaml
    // Requirements within requirements take two levels each, and the canonical form is read at this depth too.
    limits.depth = JSONLimits.usual.depth
    let document = try YAMLDocument(parsing: bytes, named: name, malformed: .policyMalformed, limits: limits)
    do throws(Failure) { try self.init(document.root) } catch { throw document.located(error) }
  }
}
