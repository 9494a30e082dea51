import TPM
import Testing

@Suite struct TPMDriverTests {
  static let accepted: [(String, TPMDriver, software: Bool)] = [
    ("device:/dev/tpmrm0", .device("/dev/tpmrm0"), false),
    ("/dev/tpmrm0", .device("/dev/tpmrm0"), false),
    ("/dev/tpm1", .device("/dev/tpm1"), false),
    ("software", .software(stateDirectory: "/state/tpm"), true),
  ]

  @Test(arguments: accepted) func reads(_ text: String, _ driver: TPMDriver, _ software: Bool) throws {
    let read = try TPMDriver(parsing: text, stateDirectory: "/state")
    #expect(read == driver)
    #expect(read.isSoftware == software)
    #expect(try TPMDriver(parsing: read.configuration, stateDirectory: "/state") == driver)
  }

  /// tpm2-tss's loader would take most of these, and the empty one makes it search TCP ports.
  @Test(arguments: [
    "", "device", "device:", "device:/dev/sda", "device:/dev/tpmrm", "device:/dev/tpmrm0:x", "/dev/tpmrm0/../sda",
    "/dev/tpmrm00000", "mssim:host=127.0.0.1", "tabrmd", "cmd:sh", "libtss2-tcti-cmd.so:sh", "pcap:device", "Software",
    "software:x",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: TPMError.self) { try TPMDriver(parsing: text, stateDirectory: "/state") }
    #expect(error?.kind == .driverRefused)
    #expect(error?.message.contains("device:/dev/tpmrm0") == true)
  }

  @Test func swtpmIsForDebugBuilds() throws {
    #if DEBUG
      let driver = try TPMDriver(parsing: "swtpm:host=127.0.0.1,port=1", stateDirectory: "/state")
      #expect(driver.isSoftware)
      #expect(driver.configuration == "swtpm:host=127.0.0.1,port=1")
    #else
      let error = #expect(throws: TPMError.self) { try TPMDriver(parsing: "swtpm:path=x", stateDirectory: "/state") }
      #expect(error?.message.contains("debug builds only") == true)
    #endif
  }

  @Test func aSoftwareTPMSaysSo() {
    #expect(
      TPMDriver.software(stateDirectory: "/x").name
        == "software TPM (for trying out: its seeds lie in the state directory in clear)")
    #expect(TPMDriver.usual.name == "TPM 2.0 at /dev/tpmrm0")
  }

  @Test func anAbsentDeviceIsSaid() {
    let error = #expect(throws: TPMError.self) { try TPM.open(.device("/dev/tpmrm9999")) }
    #expect(error?.kind == .unreachable)
    #expect(error?.message.contains("There is no TPM at /dev/tpmrm9999") == true)
  }
}
