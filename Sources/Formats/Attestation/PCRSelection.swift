/// Platform configuration registers of the SHA-256 bank, 0 to 23 (TPM 2.0 Part 2 §10.9.7).
package struct PCRSelection: Hashable, Sendable {
  /// Bit i is PCR i; bits from 24 on are zero.
  package let mask: UInt32

  /// Every PCR of a PC (PC Client PTP §4.6.1).
  package static let all = 0..<24
  package static let none = PCRSelection(mask: 0)
  /// What reports quote: firmware and its settings (0, 2, 4), Secure Boot (7), the unified kernel image and what it was
  /// given (11, 12), shim's (14) and the volumes' (15).
  package static let quoted = PCRSelection([0, 2, 4, 7, 11, 12, 14, 15])!

  /// Nil for a number that is no PCR's.
  package init?(_ numbers: some Sequence<Int>) {
    var mask: UInt32 = 0
    for number in numbers {
      guard Self.all.contains(number) else { return nil }
      mask |= 1 << UInt32(number)
    }
    self.mask = mask
  }

  private init(mask: UInt32) { self.mask = mask }

  /// Bits beyond 23 are nobody's.
  package init?(bits: UInt32) {
    guard bits < 1 << 24 else { return nil }
    mask = bits
  }

  package var numbers: [Int] { Self.all.filter { mask & 1 << UInt32($0) != 0 } }
  package var isEmpty: Bool { mask == 0 }

  /// TPML_PCR_SELECTION of one bank of three octets (Part 2 §10.6.2, §10.9.7), as commands and attestations hold it.
  package var marshalled: [UInt8] {
    [0, 0, 0, 1, 0x00, 0x0B, 3] + (0..<3).map { UInt8(truncatingIfNeeded: mask >> (8 * $0)) }
  }
}
