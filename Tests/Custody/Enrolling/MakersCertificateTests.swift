#if DEBUG
  import TPM
  import TestSupport
  import Testing

  /// Certificates that a TPM's maker left in it.
  @Suite(.enabled(if: SwTPM.isPresent && isInstalled("tpm2_nvdefine"), "needs swtpm and tpm2-tools"))
  struct MakersCertificateTests {
    /// What has a certificate's length, and more than one read's bytes.
    private static func certificate(_ byte: UInt8, _ size: Int = 700) -> [UInt8] {
      [0x30, 0x82, UInt8(size >> 8), UInt8(size & 255)] + [UInt8](repeating: byte, count: size)
    }

    private static func store(
      _ contents: [UInt8], at index: String, in swtpm: SwTPM, readable: Bool = true, written: Bool = true
    ) throws {
      let attributes = "ppwrite|ppread|no_da|platformcreate" + (readable ? "|ownerread|authread" : "")
      try swtpm.tool(["tpm2_nvdefine", "-Q", "-C", "p", "-s", "\(contents.count)", "-a", attributes, index])
      guard written else { return }
      try swtpm.tool(["tpm2_nvwrite", "-Q", "-C", "p", "-i", try swtpm.folder.write("contents", contents), index])
    }

    @Test func findsThem() throws {
      let swtpm = try SwTPM()
      let (one, two, three) = (Self.certificate(1), Self.certificate(2), Self.certificate(3, 300))
      // With the padding that makers leave; two in a chain; of the high range.
      try Self.store(one + [0, 0, 0xFF], at: "0x01C00002", in: swtpm)
      try Self.store(two + three, at: "0x01C00100", in: swtpm)
      try Self.store(three, at: "0x01C00016", in: swtpm)
      // None of these: another use, an odd place, no DER, cut off, not for everybody, never written.
      try Self.store(two, at: "0x01C10102", in: swtpm)
      try Self.store(two, at: "0x01C00013", in: swtpm)
      try Self.store([1, 2, 3, 4], at: "0x01C0000A", in: swtpm)
      try Self.store(Array(two.dropLast()), at: "0x01C00101", in: swtpm)
      try Self.store(two, at: "0x01C00012", in: swtpm, readable: false)
      try Self.store(two, at: "0x01C00014", in: swtpm, written: false)
      let tpm = try TPM.open(try TPMDriver(parsing: swtpm.configuration, stateDirectory: ""))
      #expect(try tpm.endorsementCertificates() == [one, three, two, three])
      #expect(try tpm.transientObjects() == 0)
    }

    @Test func manyTPMsHoldNone() throws {
      let swtpm = try SwTPM()
      let tpm = try TPM.open(try TPMDriver(parsing: swtpm.configuration, stateDirectory: ""))
      #expect(try tpm.endorsementCertificates().isEmpty)
    }
  }
#endif
