package import Reasons
import Octets

/// What a TPM attests: TPMS_ATTEST (TPM 2.0 Part 2 §10.12.8), of the three kinds that Assay uses.
///
/// An inert value: who signed it is for `AttestationKey` to prove.
package struct Attestation: Hashable, Sendable {
  package enum Claim: Hashable, Sendable {
    /// PCRs of the SHA-256 bank and the digest of their values, one after the other (§10.12.1).
    case quote(PCRSelection, digest: [UInt8])
    /// Contents of an NV index from its first byte, and the index's Name (§10.12.6).
    case nv(indexName: [UInt8], contents: [UInt8])
    /// A key was made by this TPM: its Name, and the digest of its creation data (§10.12.5).
    case creation(objectName: [UInt8], creationHash: [UInt8])
  }

  /// TPMS_CLOCK_INFO (§10.11.1).
  package struct Clock: Hashable, Sendable {
    /// Milliseconds that the TPM was powered, since it was last cleared.
    package let milliseconds: UInt64
    /// Starts of the machine, and resumes from sleep since the last one.
    package let resets: UInt32
    package let restarts: UInt32
    /// False from a power cut until the TPM next stores its clock: it may show a time again that it showed before.
    package let isSafe: Bool

    package init(milliseconds: UInt64, resets: UInt32, restarts: UInt32, isSafe: Bool) {
      self.milliseconds = milliseconds
      self.resets = resets
      self.restarts = restarts
      self.isSafe = isSafe
    }
  }

  package let claim: Claim
  /// Qualified Name of the signing key (Part 1 §26.5): hierarchy and Name, hashed.
  package let signer: [UInt8]
  /// What the caller of the TPM asked it to bind in.
  package let qualifying: [UInt8]
  package let clock: Clock
  /// The TPM's own number of its firmware.
  package let firmware: UInt64

  /// Bytes: the largest TPMS_ATTEST is that of 2,048 bytes of NV.
  package static let limit = 2304
  /// Bytes of a Name or of qualifying data: SHA-512 with its identifier, and two to spare as TPMs have them.
  static let nameLimit = 68

  /// - Throws: `report.malformed` for anything but one whole attestation of the three kinds.
  package init(parsing bytes: [UInt8], named subject: String = "attestation") throws(Failure) {
    guard bytes.count <= Self.limit else {
      throw Failure(.reportMalformed, subject, "\(bytes.count) bytes, more than \(Self.limit)")
    }
    var cursor = ByteCursor(bytes, of: subject, failing: .reportMalformed)
    // TPM_GENERATED_VALUE: a restricted key signs nothing from outside that begins so.
    guard try cursor.take(4).elementsEqual([0xFF, 0x54, 0x43, 0x47]) else {
      throw cursor.failure("does not begin with TPM_GENERATED_VALUE")
    }
    let kind = try cursor.bigEndian(2)
    signer = try Self.sized(&cursor, atMost: Self.nameLimit)
    qualifying = try Self.sized(&cursor, atMost: Self.nameLimit)
    clock = try Clock(&cursor)
    firmware = try cursor.bigEndian(8)
    switch kind {
    case 0x8018:
      claim = .quote(try Self.selection(&cursor), digest: try Self.digest(&cursor))
    case 0x8014:
      let name = try Self.sized(&cursor, atMost: Self.nameLimit)
      guard try cursor.bigEndian(2) == 0 else { throw cursor.failure("the NV contents do not begin at 0") }
      claim = .nv(indexName: name, contents: try Self.sized(&cursor, atMost: 2048))
    case 0x801A:
      let name = try Self.sized(&cursor, atMost: Self.nameLimit)
      claim = .creation(objectName: name, creationHash: try Self.digest(&cursor))
    default:
      throw cursor.failure("attests something else, 0x\(String(kind, radix: 16))")
    }
    guard cursor.isAtEnd else { throw cursor.failure("\(cursor.remaining) bytes too many") }
  }

  /// A TPM2B: two bytes of size, and as many bytes.
  private static func sized(_ cursor: inout ByteCursor, atMost limit: Int) throws(Failure) -> [UInt8] {
    let size = Int(try cursor.bigEndian(2))
    guard size <= limit else { throw cursor.failure("\(size) bytes where at most \(limit) fit") }
    return Array(try cursor.take(size))
  }

  private static func digest(_ cursor: inout ByteCursor) throws(Failure) -> [UInt8] {
    let digest = try sized(&cursor, atMost: 64)
    guard digest.count == 32 else { throw cursor.failure("a digest of \(digest.count) bytes, not of SHA-256") }
    return digest
  }

  /// One bank, SHA-256, three octets of selection: what `PCRSelection` asks for, and nothing else.
  private static func selection(_ cursor: inout ByteCursor) throws(Failure) -> PCRSelection {
    guard try cursor.take(7).elementsEqual([0, 0, 0, 1, 0x00, 0x0B, 3]) else {
      throw cursor.failure("the selection is not one of the SHA-256 bank alone")
    }
    var mask: UInt32 = 0
    for shift in [0, 8, 16] { mask |= UInt32(try cursor.byte()) << UInt32(shift) }
    guard let selection = PCRSelection(bits: mask) else { throw cursor.failure("no such PCR") }
    return selection
  }
}

extension Attestation.Clock {
  fileprivate init(_ cursor: inout ByteCursor) throws(Failure) {
    milliseconds = try cursor.bigEndian(8)
    resets = UInt32(truncatingIfNeeded: try cursor.bigEndian(4))
    restarts = UInt32(truncatingIfNeeded: try cursor.bigEndian(4))
    switch try cursor.byte() {
    case 0: isSafe = false
    case 1: isSafe = true
    default: throw cursor.failure("neither YES nor NO")
    }
  }
}
