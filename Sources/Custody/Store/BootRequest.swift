import Attestation
import Base64
import Cryptography
import Octets
import Reasons
import StrictJSON
package import TPM

/// What travels between an appliance and its policy authority: the state of the machine, or the version to withdraw, and
/// what is to be signed for it (docs/formats/RuntimePolicy.md).
package struct BootRequest: Hashable, Sendable {
  static let format = "assay-boot-request/1"
  package static let limit = 16 * 1024

  package let storeID: [UInt8]
  package let policy: RuntimePolicy

  package init(storeID: [UInt8], policy: RuntimePolicy) {
    self.storeID = storeID
    self.policy = policy
  }

  /// 64 bytes: `openssl dgst -sha256 -sign KEY` over them is the approval.
  package var statement: [UInt8] { policy.statement }

  package init(parsing bytes: [UInt8], path: String) throws(StoreError) {
    self = try StoreError.reading(path) {
      let root = try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed)
      guard try root.required("format").bytes() == Array(Self.format.utf8) else {
        throw root.failure("the format is not \(Self.format), which this version reads")
      }
      try root.verifyMembers(["format", "store", "policy", "statement"])
      let policy = try RuntimePolicyFile.policy(root.required("policy"))
      // Whoever signs sees the policy, and signs these bytes.
      guard try root.required("statement").base64() == policy.statement else {
        throw root.failure("the statement is not that of the policy")
      }
      return Self(storeID: try root.required("store").hexadecimal(count: StoreRecord.idSize), policy: policy)
    }
  }

  package func serialized() -> [UInt8] {
    let document: JSON = [
      "format": .text(Self.format), "store": .text(Hex.encode(storeID)),
      "policy": RuntimePolicyFile.json(policy), "statement": .text(Base64.encode(statement)),
    ]
    return document.serialized(pretty: true) + [0x0a]
  }
}
