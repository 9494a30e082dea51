import Base64
package import LogSnapshot
import Octets
package import Reasons
package import StrictJSON

/// What a log promised of an entry, as dossiers hold it and as it passes to a prover.
package enum PromiseRecord {
  package static func json(_ promise: CarriedEntry.Promise?) -> JSON {
    promise.map {
      [
        "signature": .text(Base64.encode($0.signature)), "integratedTime": .text("\($0.integratedTime.seconds)"),
        "logID": .text(Hex.encode($0.logID)), "logIndex": .text("\($0.logIndex)"),
      ]
    } ?? .null
  }

  /// - Parameter node: nil where there is none.
  package static func promise(_ node: JSONNode?) throws(Failure) -> CarriedEntry.Promise? {
    guard let node else { return nil }
    let (time, index) = (try node.required("integratedTime"), try node.required("logIndex"))
    guard let seconds = Int64(try time.string()) else { throw time.failure("no number of seconds") }
    guard let logIndex = UInt64(try index.string()) else { throw index.failure("no index") }
    return CarriedEntry.Promise(
      signature: try node.required("signature").base64(), integratedTime: UnixTime(seconds),
      logID: try node.required("logID").hexadecimal(), logIndex: logIndex)
  }
}
