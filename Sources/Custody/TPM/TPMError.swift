import CTSS2

/// Trouble with the TPM: what was being done, what came back, and words for the operator.
///
/// Equality is by kind, operation and code, never by the words.
package struct TPMError: Error, Sendable, Equatable {
  package enum Kind: String, Sendable, Hashable {
    /// The TPM, or a layer of tpm2-tss, answered with a code.
    case response
    /// Nothing answers at the address, or this process may not open it.
    case unreachable
    /// The TPM driver's name is none that this build accepts.
    case driverRefused
    /// Another process, or another opener in this one, kept the software TPM for longer than the wait.
    case locked
    /// The software TPM's state file is not there; there is one already; it is damaged; it cannot be written.
    case stateMissing, stateExists, stateDamaged, stateUnwritable
    /// It cannot be written because the disk is full.
    case stateDiskFull
    /// A key's Name is not the pinned one: another TPM, a cleared TPM, or altered files.
    case anotherKey
    /// A public area is not that of the key it should be, or does not fit what is stated beside it.
    case keyMalformed
    /// What the TPM signed does not verify under its own public key.
    case badSignature
    /// The connection was closed.
    case closed
    /// The PIN does not open the report key; it has none; it cannot be one.
    case wrongPIN, pinUnsuitable
    /// Too many wrong PINs: the report key waits.
    case lockedOut
    /// No approved policy admits this state of the machine.
    case notApproved
    /// The policy was approved, and withdrawn since.
    case withdrawn
    /// There is no anchor, or another one than the pinned.
    case anchorMissing
    /// The anchor does not hold what the caller expected.
    case anchorMoved
    /// A signed policy, a signed withdrawal or the key that signs them cannot be read or was not signed by that key.
    case policyMalformed
    /// Somebody owns a hierarchy already, or forbids what was asked.
    case owned
  }

  package let kind: Kind
  /// The TSS2_RC, where there is one.
  package let code: UInt32?
  /// TPM_RC_NV_UNINITIALIZED: the index is there, and was never written.
  package var isUnwritten: Bool { code == 0x14A }
  /// The TPM command or the step, as `TPM2_Sign`.
  package let operation: String
  /// What happened and what to do.
  package let message: String

  init(_ kind: Kind, _ operation: String, _ message: String) { self.init(kind, nil, operation, message) }

  init(code: UInt32, _ operation: String) {
    self.kind = Self.layer(code) == 10 ? .unreachable : .response
    self.code = code
    self.operation = operation
    self.message = Self.message(for: code)
  }

  /// The same answer of the TPM, in the light of what was being done.
  func meaning(_ kind: Kind, _ message: String) -> TPMError { TPMError(kind, code, operation, message) }

  private init(_ kind: Kind, _ code: UInt32?, _ operation: String, _ message: String) {
    self.kind = kind
    self.code = code
    self.operation = operation
    self.message = message
  }

  package static func == (one: TPMError, other: TPMError) -> Bool {
    one.kind == other.kind && one.code == other.code && one.operation == other.operation
  }
}

extension TPMError: CustomStringConvertible {
  package var description: String {
    let code = code.map { " 0x" + String($0, radix: 16) } ?? ""
    return "\(message) (\(operation)\(code))"
  }
}

extension TPMError {
  /// The layer that answered, in bits 16 to 23 (TSS 2.0 overview §3.2): 0 the TPM itself, 10 the transport below ESAPI,
  /// 11 and 12 a resource manager, the others tpm2-tss.
  private static func layer(_ code: UInt32) -> UInt32 { code >> 16 & 0xFF }

  /// A TPM's response code without the number of the handle, session or parameter that it points to
  /// (TPM 2.0 Part 2 §6.6.2: bit 7 marks the format that carries one); nil where no TPM spoke.
  static func base(_ code: UInt32) -> UInt32? {
    guard layer(code) == 0 || layer(code) == 11 else { return nil }
    return code & 0x80 != 0 ? code & 0xBF : code & 0xFFF
  }

  /// What the operator reads. Codes that mean something only to a programmer get tpm2-tss's own words.
  package static func message(for code: UInt32) -> String {
    if layer(code) == 10 { return "The TPM does not answer." }
    switch base(code) {
    case 0x9F: return anotherTPM
    case 0x8E, 0xA2:
      return "The TPM's owner hierarchy has a password, and Assay has none: make the store before setting it."
    case 0x8B: return "A key that should lie in the TPM is gone: the TPM was cleared or replaced."
    case 0x9D: return notApproved
    case 0x126: return withdrawn
    case 0x14A: return anchorMissing
    case 0x921: return "The TPM is locked after wrong tries. One try comes back with time; leave it powered on."
    case 0x908, 0x90A, 0x920, 0x922, 0x923: return "TPM busy: it did not become ready in time. Try again."
    case 0x902, 0x903, 0x904: return "Internal: the TPM has no room for another key or session (a handle leak)."
    case 0x14B: return "The TPM has no room to keep another key. Free a persistent handle."
    case 0x100: return "The TPM was not started by the firmware."
    case 0x101: return "TPM failure mode. Power off fully."
    default: return "The TPM refused: \(words(for: code))."
    }
  }

  static let notApproved =
    "This system version is not approved. Have it approved (assay enroll boot-request), or start an approved version."
  static let withdrawn =
    "This system version was withdrawn. Update it, and have the new one approved (assay enroll boot-request)."
  static let anchorMissing = "Anchor missing: the TPM was cleared or replaced. Read-only mode."
  static let anchorWritten =
    "The anchor was written before: it holds a history. Put its ledger back; or retire the store and run `assay init`."
  static let anotherTPM = "Keys belong to another TPM: this store was made elsewhere, or this TPM was cleared since."

  private static func words(for code: UInt32) -> String {
    var text = [CChar](repeating: 0, count: 160)
    assay_tpm_explain(code, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
