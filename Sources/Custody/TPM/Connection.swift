import CLibTPMS
import CTSS2
import Glibc

/// One connection to a TPM, for one caller at a time. Closing it ends a software TPM in good order.
///
/// An empty auth goes in the clear password session, because there is nothing in it to overhear; every other one is
/// proven by HMAC in a session that is salted to the storage root key, and secrets are encrypted in it.
struct Connection: ~Copyable {
  let tpm: OpaquePointer
  private let software: OpaquePointer?
  private let patience = Patience.usual

  private init(_ tpm: OpaquePointer, _ software: OpaquePointer?) {
    self.tpm = tpm
    self.software = software
  }

  /// - Parameters:
  ///   - manufacturing: makes the software TPM, which must not exist; means nothing for the others.
  ///   - waiting: longest wait for another holder of the software TPM.
  static func open(_ driver: TPMDriver, manufacturing: Bool, waiting: Duration) throws(TPMError) -> Connection {
    switch driver {
    case .device(let path):
      try checkAccess(path)
      return Connection(try connect(driver.configuration), nil)
    case .software(let directory):
      return try start(try SoftwareTPM.powerOn(directory, manufacturing: manufacturing, waiting: waiting))
    #if DEBUG
      case .swtpm(let text):
        return Connection(try connect(text), nil)
    #endif
    }
  }

  deinit {
    if let software {
      _ = assay_tpm_shutdown(tpm)
      assay_tpm_close(tpm)
      assay_software_tpm_close(software)
    } else {
      // Startup and shutdown of a chip are the firmware's and the kernel's.
      assay_tpm_close(tpm)
    }
  }

  /// Runs one command, waiting for a busy TPM, and turns its code into an error.
  func run(_ operation: String, _ command: (OpaquePointer) -> UInt32) throws(TPMError) {
    do {
      try patience.run(operation) { command(tpm) }
    } catch {
      throw error.code.map { Self.error($0, operation, software) } ?? error
    }
  }

  /// Runs a command that gives bytes.
  func bytes(
    _ operation: String, atMost limit: some BinaryInteger,
    _ command: (OpaquePointer, inout [UInt8], inout Int) -> UInt32
  ) throws(TPMError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: Int(limit))
    var size = 0
    try run(operation) { tpm in
      size = buffer.count
      return command(tpm, &buffer, &size)
    }
    return Array(buffer.prefix(size))
  }

  private static func connect(_ configuration: String) throws(TPMError) -> OpaquePointer {
    var opened: OpaquePointer?
    let code = assay_tpm_open(configuration, &opened)
    guard code == 0, let opened else { throw TPMError(code: code, "connect to \(configuration)") }
    return opened
  }

  /// tpm2-tss says "IO error" to everything; the two usual troubles deserve their own words.
  private static func checkAccess(_ path: String) throws(TPMError) {
    if access(path, R_OK | W_OK) == 0 { return }
    switch errno {
    case ENOENT, ENOTDIR:
      throw TPMError(
        .unreachable, "open \(path)",
        "There is no TPM at \(path). Switch it on in the firmware, or try Assay out with --tpm software.")
    case EACCES, EPERM:
      throw TPMError(.unreachable, "open \(path)", "This user may not open \(path); the group tss usually may.")
    default:
      throw TPMError(.unreachable, "open \(path)", "Cannot open \(path): \(systemError(errno)).")
    }
  }

  private static func start(_ machine: OpaquePointer) throws(TPMError) -> Connection {
    var opened: OpaquePointer?
    var code = assay_tpm_open_over(assay_software_tpm_tcti(machine), &opened)
    if code == 0 { code = assay_tpm_startup(opened) }
    if code == 0, let opened { return Connection(opened, machine) }
    let error = error(code, "TPM2_Startup", machine)
    assay_tpm_close(opened)
    assay_software_tpm_close(machine)
    throw error
  }

  /// A software TPM that could not write its state goes into failure mode; then the disk is the news.
  private static func error(_ code: UInt32, _ operation: String, _ machine: OpaquePointer?) -> TPMError {
    if let machine, case let error = assay_software_tpm_write_error(machine), error != 0 {
      let isFull = error == ENOSPC || error == EDQUOT
      return TPMError(
        isFull ? .stateDiskFull : .stateUnwritable, operation,
        "The software TPM cannot write its state: \(systemError(error))."
          + (isFull ? " Free some space; then once more." : ""))
    }
    return TPMError(code: code, operation)
  }
}

/// The C library's words for `errno`.
func systemError(_ error: Int32) -> String {
  var text = [CChar](repeating: 0, count: 128)
  guard strerror_r(error, &text, text.count) == 0 else { return "error \(error)" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
