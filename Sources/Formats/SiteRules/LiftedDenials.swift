package import Reasons
import StrictJSON

/// Denials that no longer hold: a file of the role `policy`, whose people are more than those who may deny
/// (docs/formats/SiteRules.md). The denial itself stays where it is.
///
///     {"format": "assay-lifted-denials/1",
///      "lifted": [{"list": "deny/000003.json", "denial": 1, "by": "A. Turing", "reason": "false alarm"}]}
package struct LiftedDenials: Hashable, Sendable {
  package static let format = "assay-lifted-denials/1"
  package static let mostLifted = 10_000

  package struct Lift: Hashable, Sendable {
    /// The target path of the list.
    package let list: [UInt8]
    /// Its place in the list, from 1 on; nil means all of the list.
    package let denial: Int?
    package let by: String
    package let reason: String
  }

  package let lifted: [Lift]

  /// - Throws: `rules.malformed`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let root = try JSONNode.ruleDocument(bytes, named: subject, format: Self.format, members: ["lifted"])
    var lifted: [Lift] = []
    for node in try root.required("lifted").elements(atMost: Self.mostLifted) {
      try node.verifyMembers(["list", "denial", "by", "reason"])
      _ = try node.required("list").line()
      lifted.append(
        Lift(
          list: try node.required("list").bytes(),
          denial: try node.optional("denial").map { (node) throws(Failure) in try node.ordinal() },
          by: try node.required("by").line(), reason: try node.required("reason").line()))
    }
    self.lifted = lifted
  }
}
