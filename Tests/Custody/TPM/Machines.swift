import Glibc
import Synchronization
import TPM
import TestSupport

/// A swtpm process with sockets in a folder of its own: a bare TPM with three slots and no resource manager, so that
/// a leaked handle shows at the fourth.
final class SwTPM: Sendable {
  static var isPresent: Bool { isInstalled("swtpm") }
  static let absence = "needs swtpm: apt-get install swtpm"

  let folder: TemporaryFolder
  private let companion = Mutex<Companion?>(nil)

  init() throws {
    folder = try TemporaryFolder()
    try powerOn()
  }

  func powerOn() throws {
    let process = try Companion([
      "swtpm", "socket", "--tpm2", "--tpmstate", "dir=\(folder.path)",
      "--server", "type=unixio,path=\(folder.path("s"))", "--ctrl", "type=unixio,path=\(folder.path("s.ctrl"))",
      "--flags", "not-need-init,startup-clear",
    ])
    companion.withLock { $0 = process }
    #if DEBUG
      let configuration = configuration
      try Companion.wait(for: "swtpm") {
        (try? TPM.open(.swtpm(configuration))) != nil
      }
    #endif
  }

  /// Without any orderly shutdown, at whatever it is doing.
  func pullThePlug() {
    companion.withLock { $0 = nil }
    for name in ["s", "s.ctrl"] { unlink(folder.path(name)) }
  }

  var configuration: String { "swtpm:path=\(folder.path("s"))" }

  /// Runs one of the tpm2-tools against this TPM; they leave nothing loaded.
  func tool(_ program: [String]) throws {
    try runChecked(program, environment: ["TPM2TOOLS_TCTI": configuration])
    try runChecked(["tpm2_flushcontext", "-t"], environment: ["TPM2TOOLS_TCTI": configuration])
  }
}

/// The TPMs that tests run against.
enum Kind: String, CaseIterable, Sendable { case software, swtpm }

/// One TPM of a kind, which lasts as long as the value.
struct Bench {
  let driver: TPMDriver
  let folder: TemporaryFolder
  let swtpm: SwTPM?

  init(_ kind: Kind) throws {
    switch kind {
    case .software:
      swtpm = nil
      folder = try TemporaryFolder()
      driver = .software(stateDirectory: folder.path)
    case .swtpm:
      let swtpm = try SwTPM()
      self.swtpm = swtpm
      folder = swtpm.folder
      driver = try TPMDriver(parsing: swtpm.configuration, stateDirectory: "")
    }
  }

  /// The kinds that this machine has and this build accepts.
  static var kinds: [Kind] {
    #if DEBUG
      SwTPM.isPresent ? Kind.allCases : [.software]
    #else
      [.software]
    #endif
  }
}

/// Whether OpenSSL's command line accepts a signature over `message` under a SubjectPublicKeyInfo.
func opensslAccepts(_ signature: [UInt8], over message: [UInt8], spki: [UInt8]) throws -> Bool {
  let folder = try TemporaryFolder()
  let key = try folder.write("key.der", spki)
  let file = try folder.write("signature", signature)
  let pem = try runChecked(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", key])
  let pemFile = try folder.write("key.pem", pem)
  return try run(
    ["openssl", "dgst", "-sha256", "-verify", pemFile, "-signature", file], input: message
  ).status == 0
}
