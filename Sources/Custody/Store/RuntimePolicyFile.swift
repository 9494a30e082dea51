import Attestation
import Base64
import Octets
import Reasons
import StrictJSON
package import TPM

/// `policy.json`: the state of the machine that the policy authority approved last (docs/formats/RuntimePolicy.md). The
/// TPM believes only the signature in it.
package enum RuntimePolicyFile {
  static let name = "policy.json"
  static let format = "assay-runtime-policy/1"
  package static let limit = 16 * 1024

  package static func serialized(_ approved: ApprovedPolicy) -> [UInt8] {
    let document: JSON = [
      "format": .text(format), "policy": json(approved.policy), "signature": .text(Base64.encode(approved.signature)),
    ]
    return document.serialized(pretty: true) + [0x0a]
  }

  package static func parse(_ bytes: [UInt8], path: String) throws(StoreError) -> ApprovedPolicy {
    try StoreError.reading(path) {
      let root = try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed)
      try root.verifyFormat(format)
      try root.verifyMembers(["format", "policy", "signature"])
      return ApprovedPolicy(
        policy: try policy(root.required("policy")), signature: try root.required("signature").base64())
    }
  }

  static func json(_ policy: RuntimePolicy) -> JSON {
    [
      "pcrs": .array(policy.pcrs.numbers.map { .integer(Int64($0)) }),
      "pcrDigest": .text(Hex.encode(policy.pcrDigest)),
      "version": .text("\(policy.version)"),
      "counter": .text(Hex.encode(policy.counterName)),
    ]
  }

  static func policy(_ node: JSONNode) throws -> RuntimePolicy {
    try node.verifyMembers(["pcrs", "pcrDigest", "version", "counter"])
    let numbers = try node.required("pcrs").elements(atMost: 24).map { Int(try $0.integer()) }
    guard let pcrs = PCRSelection(numbers), pcrs.numbers == numbers else {
      throw node.failure("the PCRs are not distinct numbers from 0 to 23, ascending")
    }
    return try RuntimePolicy(
      pcrs: pcrs, pcrDigest: node.required("pcrDigest").hexadecimal(), version: number(node.required("version")),
      counterName: node.required("counter").hexadecimal())
  }

  /// A number of 64 bits, as text, because JSON's do not hold it.
  static func number(_ node: JSONNode) throws(Failure) -> UInt64 {
    guard let number = UInt64(try node.string()), Array("\(number)".utf8) == (try node.bytes()) else {
      throw node.failure("no number")
    }
    return number
  }
}
