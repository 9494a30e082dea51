import Attestation

/// Names of objects and indices (TPM 2.0 Part 1 §16), with SHA-256 as the only algorithm.
enum Name {
  private static let sha256: [UInt8] = [0x00, 0x0B]

  static func of(_ publicArea: [UInt8]) -> [UInt8] { P256Area.name(publicArea) }

  static func isWellFormed(_ name: [UInt8]) -> Bool { name.count == 34 && name.starts(with: sha256) }
}
