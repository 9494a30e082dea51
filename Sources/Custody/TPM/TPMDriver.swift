/// Which TPM, and how it is reached.
///
/// The string form is what `--tpm` takes and what a store remembers: `device:/dev/tpmrm0`, `software`, and in debug
/// builds `swtpm:…`. tpm2-tss's own loader would accept more, and search TCP ports when given nothing; so strings are
/// parsed here and nothing else reaches it.
package enum TPMDriver: Hashable, Sendable {
  /// The machine's TPM: the kernel's resource manager, `/dev/tpmrm0`, or the bare device.
  case device(String)
  /// libtpms in this process, with its state in a folder: for trying out.
  case software(stateDirectory: String)
  #if DEBUG
    /// A swtpm process, for tests: `swtpm:host=127.0.0.1,port=N` or `swtpm:path=SOCKET`.
    case swtpm(String)
  #endif

  /// Whether it answers on a socket: never in a release.
  package var isBehindSocket: Bool {
    #if DEBUG
      if case .swtpm = self { return true }
    #endif
    return false
  }

  /// The machine's TPM behind the kernel's resource manager.
  package static let usual = TPMDriver.device("/dev/tpmrm0")

  /// Folder of a software TPM within a store.
  package static let softwareFolder = "tpm"

  /// What an operator must be told wherever a software TPM is named.
  package static let softwareWarning = "software TPM (for trying out: its seeds lie in the state directory in clear)"

  /// - Parameters:
  ///   - text: `device:/dev/tpmrm0`, `/dev/tpmrm0`, `software`, or (debug builds) `swtpm:…`.
  ///   - stateDirectory: the store's folder; a software TPM lies in its folder `tpm`.
  package init(parsing text: String, stateDirectory: String) throws(TPMError) {
    if text == "software" {
      self = .software(stateDirectory: stateDirectory + "/" + Self.softwareFolder)
      return
    }
    let path = text.hasPrefix("device:") ? String(text.dropFirst("device:".count)) : text
    if Self.isDevicePath(path) {
      self = .device(path)
      return
    }
    #if DEBUG
      if text.hasPrefix("swtpm:") {
        self = .swtpm(text)
        return
      }
      let allowed = "device:/dev/tpmrm0, software or swtpm:…"
    #else
      let allowed = "device:/dev/tpmrm0 or software (swtpm: is for debug builds only)"
    #endif
    throw TPMError(.driverRefused, "driver", "No TPM driver is called \"\(text)\". It must be \(allowed).")
  }

  /// `/dev/tpmrmN` or `/dev/tpmN`: a path that the string form carries without any further meaning.
  private static func isDevicePath(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    for prefix in ["/dev/tpmrm", "/dev/tpm"] where bytes.starts(with: prefix.utf8) {
      let digits = bytes.dropFirst(prefix.utf8.count)
      if (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
    }
    return false
  }

  /// The string form, without a folder: `device:/dev/tpmrm0`, `software`.
  package var configuration: String {
    switch self {
    case .device(let path): "device:" + path
    case .software: "software"
    #if DEBUG
      case .swtpm(let text): text
    #endif
    }
  }

  /// True where no chip guards the key: the seeds lie in a file, whoever wrote it.
  package var isSoftware: Bool {
    if case .device = self { false } else { true }
  }

  /// For status lines and reports.
  package var name: String {
    switch self {
    case .device(let path): "TPM 2.0 at \(path)"
    case .software: Self.softwareWarning
    #if DEBUG
      case .swtpm(let text): "software TPM (\(text), for tests)"
    #endif
    }
  }
}
