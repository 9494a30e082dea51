package import Cryptography

/// What the anchor holds, as one reading found it.
package enum AnchorReading: Hashable, Sendable {
  /// There is no such index: the TPM was cleared or replaced, or somebody deleted it.
  case missing
  /// The index is there and was never written: it was defined anew (TPM_RC_NV_UNINITIALIZED).
  case unwritten
  /// 32 bytes.
  case value([UInt8])
}

/// The one value outside the disk that says which history is the last: an NV index of type EXTEND, which can go forward
/// and never back (TPM 2.0 Part 1 §37.2.6).
package protocol Anchor: Sendable {
  func read() throws -> AnchorReading
  /// Extends from a value: SHA-256(value || digest); 32 bytes of zeros stand for an unwritten one. Reads before, and
  /// extends nothing where another value stands there; reads again behind it. Not idempotent: after an error the value may
  /// be the old one or the new one.
  /// - Returns: the value behind the extension, as it was read.
  func extend(_ digest: ComputedDigest, from current: [UInt8]) throws -> [UInt8]
}

/// The key that signs commit records and checkpoints, unattended.
package protocol CommitSigner: Sendable {
  /// ECDSA on P-256.
  var publicKey: PublicKey { get }
  /// - Parameter digest: SHA-256.
  /// - Returns: DER.
  func sign(_ digest: ComputedDigest) throws -> [UInt8]
}
