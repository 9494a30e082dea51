import Cryptography

/// What an anchor is extended by for the first time.
///
/// Random, so that no earlier history of this TPM can lead to the same value: not another store's, and not this one's
/// after somebody deleted the index and defined it anew. Hence a value of this type is good once, and comes from no
/// bytes.
///
/// Its record, kept on the disk before the anchor is written, is what tells a crash from a history that somebody removed:
/// the anchor holds exactly what the record leads to until the first commit, and never after. Whoever alters the record
/// finds no other that leads to what the anchor holds.
package struct AnchorBeginning: ~Copyable, Sendable {
  /// 32 bytes, and no secret. To be kept safely before `initialiseAnchor`.
  package let record: [UInt8]

  package static func random() -> AnchorBeginning {
    AnchorBeginning(record: digest(Array("assay/anchor/v1".utf8) + SecretBytes.random(32).copied()).bytes)
  }

  /// What an anchor holds that was extended by this and by nothing else (TPM 2.0 Part 3 §31.9).
  static func value(of record: [UInt8]) -> [UInt8] { digest([UInt8](repeating: 0, count: 32) + record).bytes }
}
