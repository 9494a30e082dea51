import Octets
import Reasons
import StrictJSON

// What the site's own documents have in common: strict JSON, an exact `format`, no member that is not known, and texts
// that fit on a line. They come out of a trust bundle, signed by the role that may say such things.

/// Bytes of one document.
private let documentBytes = 1 << 20

extension JSONNode {
  /// - Throws: `rules.malformed`, or a reason of JSON's.
  static func ruleDocument(
    _ bytes: [UInt8], named subject: String, format: String, members: Set<String>
  ) throws(Failure) -> JSONNode {
    var limits = JSONLimits.usual
    limits.bytes = documentBytes
    let root = try JSONNode(parsing: bytes, named: subject, malformed: .rulesMalformed, limits: limits)
    try root.verifyFormat(format)
    try root.verifyMembers(members.union(["format"]))
    try root.verifyNothingIsEmpty()
    return root
  }

  func time() throws(Failure) -> UnixTime {
    guard let time = UnixTime(rfc3339: try bytes()) else { throw failure("no RFC 3339 date-time") }
    return time
  }

  /// A number of 1 and up.
  func ordinal() throws(Failure) -> Int {
    guard let number = Int(exactly: try integer()), number > 0 else { throw failure("a number from 1 on is wanted") }
    return number
  }
}
