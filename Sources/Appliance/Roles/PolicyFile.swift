package import Policy
package import Reasons
import StrictJSON

extension Policy {
  /// Bytes of a policy document, at most.
  package static let mostDocumentBytes = 1 << 20

  /// Reads a policy document in a file.
  package init(document bytes: [UInt8], named name: String) throws(Failure) {
    try self.init(JSONNode(parsing: bytes, named: name, malformed: .policyMalformed))
  }
}
