package import ApplianceIdentity
import Attestation
import Base64
import Cryptography
import Octets
package import Reasons
import StrictJSON
package import TPM

/// What travels between an appliance and its policy authority: the state of the machine, or the version to withdraw, and
/// what is to be signed for it (docs/formats/RuntimePolicy.md).
package struct BootRequest: Hashable, Sendable {
  static let format = "assay-boot-request/1"
  package static let limit = 16 * 1024

  package let storeID: [UInt8]
  package let policy: RuntimePolicy
  /// The policy version when it was asked.
  package let version: UInt64
  /// The attestation key's word for the PCRs and the version.
  package let quote: Attested

  /// - Parameter until: good while the policy version is at most this.
  package init(_ store: Store, _ facts: PolicyRequest, until: UInt64) throws(StoreError) {
    storeID = store.storeID
    policy = try withTPM { () throws(TPMError) in try facts.policy(until: until) }
    version = facts.version
    quote = facts.quote
  }

  /// That the appliance's TPM is in the state that the policy admits: what a signer checks before all.
  /// - Throws: `report.invalid`.
  package func verify(_ identity: ApplianceIdentity) throws(Failure) {
    guard storeID == identity.storeID else {
      throw Failure(.reportInvalid, "boot request", "it is another appliance's")
    }
    // Fewer PCRs would open the keys under systems that nobody approved, and none under every system.
    guard policy.pcrs == identity.bootBinding.pcrs else {
      throw Failure(
        .reportInvalid, "boot request", "its PCRs are not those of the boot binding \(identity.bootBinding.rawValue)")
    }
    let quote = try identity.attestationKey.verifyQuote(
      quote.attest, signature: quote.signature,
      qualifying: PolicyRequest.qualifying(counterName: policy.counterName, version: version))
    guard quote.pcrs == policy.pcrs, policy.pcrs.isEmpty || quote.digest == policy.pcrDigest else {
      throw Failure(.reportInvalid, "boot request", "the TPM attests to other PCRs than the policy admits")
    }
  }

  /// 64 bytes: `openssl dgst -sha256 -sign KEY` over them is the approval.
  package var statement: [UInt8] { policy.statement }

  package init(parsing bytes: [UInt8], path: String) throws(StoreError) {
    self = try StoreError.reading(path) {
      let root = try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed)
      try root.verifyFormat(Self.format)
      try root.verifyMembers(["format", "store", "policy", "statement", "version", "quote"])
      let policy = try RuntimePolicyFile.policy(root.required("policy"))
      // Whoever signs sees the policy, and signs these bytes.
      guard try root.required("statement").base64() == policy.statement else {
        throw root.failure("the statement is not that of the policy")
      }
      let quote = try root.required("quote")
      try quote.verifyMembers(["attest", "signature"])
      return Self(
        storeID: try root.required("store").hexadecimal(count: StoreRecord.idSize), policy: policy,
        version: try RuntimePolicyFile.number(root.required("version")),
        quote: Attested(
          attest: try quote.required("attest").base64(), signature: try quote.required("signature").base64()))
    }
  }

  private init(storeID: [UInt8], policy: RuntimePolicy, version: UInt64, quote: Attested) {
    self.storeID = storeID
    self.policy = policy
    self.version = version
    self.quote = quote
  }

  package func serialized() -> [UInt8] {
    let document: JSON = [
      "format": .text(Self.format), "store": .text(Hex.encode(storeID)),
      "policy": RuntimePolicyFile.json(policy), "statement": .text(Base64.encode(statement)),
      "version": .text("\(version)"),
      "quote": ["attest": .text(Base64.encode(quote.attest)), "signature": .text(Base64.encode(quote.signature))],
    ]
    return document.serialized(pretty: true) + [0x0a]
  }
}
