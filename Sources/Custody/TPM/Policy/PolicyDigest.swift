import Attestation
import Cryptography

/// Policy digests as the TPM computes them (TPM 2.0 Part 3 §23), in software: a digest says what must be proven before
/// a key is used, and saying so needs no TPM.
struct PolicyDigest {
  private(set) var bytes = [UInt8](repeating: 0, count: 32)

  /// The PCRs have these values, whose digest is given (§23.7).
  mutating func pcr(_ pcrs: PCRSelection, digest: [UInt8]) { extend(Command.policyPCR, pcrs.marshalled + digest) }

  /// What the index holds compares with `operand` so (§23.9).
  mutating func nv(indexName: [UInt8], _ operation: Comparison, _ operand: UInt64) {
    let arguments = bigEndian(operand) + [0, 0] + bigEndian(operation.rawValue)
    extend(Command.policyNV, digest(arguments).bytes + indexName)
  }

  /// The policy is good for one command alone (§23.11).
  mutating func command(_ code: UInt32) { extend(Command.policyCommandCode, bigEndian(code)) }

  /// Some policy that this key signed, with this reference (§23.16). What was asked for before counts no more.
  mutating func authorize(keyName: [UInt8], reference: [UInt8]) {
    bytes = [UInt8](repeating: 0, count: 32)
    extend(Command.policyAuthorize, keyName)
    bytes = digest(bytes + reference).bytes
  }

  /// Whoever uses the key proves its auth (§23.17).
  mutating func authValue() { extend(Command.policyAuthValue, []) }

  private mutating func extend(_ command: UInt32, _ arguments: [UInt8]) {
    bytes = digest(bytes + bigEndian(command) + arguments).bytes
  }

  /// TPM_EO (Part 2 §6.8), both sides unsigned.
  enum Comparison: UInt16 {
    case equal = 0x0000
    case atMost = 0x0009
  }

  /// TPM_CC (Part 2 §6.5.2).
  enum Command {
    static let nvIncrement: UInt32 = 0x134
    static let policyNV: UInt32 = 0x149
    static let policyAuthorize: UInt32 = 0x16A
    static let policyAuthValue: UInt32 = 0x16B
    static let policyCommandCode: UInt32 = 0x16C
    static let policyPCR: UInt32 = 0x17F
  }
}

func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
}
