import Octets
import Reasons
import StrictJSON

/// What all answers have in common: JSON, or the log's own words for why there is none.
enum RekorDocument {
  /// - Throws: `rekor-answer.malformed`, also for an answer that is an error (`{"code": 404, "message": …}`).
  static func read(_ bytes: [UInt8], named subject: String, upTo limit: Int) throws(Failure) -> JSONNode {
    var limits = JSONLimits.usual
    limits.bytes = limit
    let document = try JSONNode(parsing: bytes, named: subject, malformed: .rekorAnswerMalformed, limits: limits)
    if case .string(let message) = document.value["message"], document.value["code"] != nil {
      throw document.failure("the log answered with an error: \(printable(message, limit: 200))")
    }
    return document
  }
}

extension JSONNode {
  /// An integer from 0 to 2^63 − 1.
  func unsigned() throws(Failure) -> UInt64 {
    let value = try integer()
    guard let unsigned = UInt64(exactly: value) else { throw failure("\(value) is negative") }
    return unsigned
  }
}
