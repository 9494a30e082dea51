import CLibTPMS

/// The software TPM's power switch, in words for the operator.
enum SoftwareTPM {
  static func powerOn(
    _ directory: String, manufacturing: Bool, waiting: Duration
  ) throws(TPMError) -> OpaquePointer {
    var failure = assay_software_tpm_failure()
    let (seconds, attoseconds) = waiting.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    if let machine = assay_software_tpm_open(directory, manufacturing ? 1 : 0, milliseconds, &failure) {
      return machine
    }
    switch failure.status {
    case ASSAY_SOFTWARE_TPM_LOCKED:
      let holder = failure.holder > 0 ? "process \(failure.holder)" : "another process"
      throw TPMError(
        .locked, "lock the software TPM",
        "The software TPM in \(directory) is in use by \(holder). Wait until it ends, then try again.")
    case ASSAY_SOFTWARE_TPM_MISSING:
      throw TPMError(
        .stateMissing, "start the software TPM",
        "The software TPM's state in \(directory) is gone. Its keys cannot be made again: "
          + "restore the state directory, or move it away and run `assay init`.")
    case ASSAY_SOFTWARE_TPM_EXISTS:
      throw TPMError(.stateExists, "make a software TPM", "There is a software TPM in \(directory) already.")
    case ASSAY_SOFTWARE_TPM_CORRUPT:
      throw TPMError(
        .stateDamaged, "start the software TPM",
        "The software TPM's state in \(directory) is damaged. Restore the state directory, "
          + "or move it away and run `assay init`.")
    default:
      throw TPMError(
        .stateUnwritable, "start the software TPM", "Cannot use \(directory): \(systemError(failure.error)).")
    }
  }
}
