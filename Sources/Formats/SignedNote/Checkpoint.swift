import Base64
import Octets
package import Reasons

/// The size and root hash of a transparency log at one moment (C2SP tlog-checkpoint v1.0.0). Inert, like its note.
///
///     example.com/behind-the-sofa
///     20852163
///     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
///     — example.com/behind-the-sofa Az3grlgtzPICa5OS…
package struct Checkpoint: Hashable, Sendable {
  /// Names the log. Rekor v1 appends a tree's number to its key's name, so it is not compared with names of keys.
  package let origin: [UInt8]
  /// Number of leaves, at most 2^63 − 1.
  package let size: UInt64
  /// RFC 6962 root hash, 32 bytes.
  package let root: [UInt8]
  /// Opaque lines without their newlines, none empty.
  package let extensions: [[UInt8]]
  package let note: SignedNote

  /// - Throws: `log.checkpoint-malformed`.
  package init(parsing bytes: [UInt8], named subject: String = "checkpoint") throws(Failure) {
    let note = try SignedNote(parsing: bytes, named: subject)
    func malformed(_ detail: String) -> Failure { Failure(.logCheckpointMalformed, subject, detail) }
    let lines = note.text.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
    guard lines.count >= 3 else { throw malformed("origin, size and root hash are wanted") }
    guard lines.allSatisfy({ !$0.isEmpty }) else { throw malformed("an empty line") }
    guard let size = Self.decimal(lines[1]) else { throw malformed("the size is no number of leaves") }
    guard let root = Base64.decode(Array(lines[2])), root.count == 32 else {
      throw malformed("the root hash is not 32 bytes in Base64")
    }
    origin = Array(lines[0])
    self.size = size
    self.root = root
    extensions = lines[3...].map { Array($0) }
    self.note = note
  }

  /// ASCII digits without leading zeros, at most 2^63 − 1.
  package static func decimal(_ text: ArraySlice<UInt8>) -> UInt64? {
    guard let first = text.first, first != 0x30 || text.count == 1 else { return nil }
    var value: Int64 = 0
    for digit in text {
      guard (0x30...0x39).contains(digit) else { return nil }
      let (shifted, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = shifted.addingReportingOverflow(Int64(digit - 0x30))
      guard !overflows, !overflowsToo else { return nil }
      value = sum
    }
    return UInt64(value)
  }
}
