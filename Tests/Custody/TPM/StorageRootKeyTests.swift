#if DEBUG
  import Cryptography
  import TPM
  import TestSupport
  import Testing

  /// The parent of every key of ours, and whoever else uses the TPM.
  @Suite(.enabled(if: isInstalled("tpm2_createprimary") && SwTPM.isPresent, "needs swtpm and tpm2-tools"))
  struct StorageRootKeyTests {
    private let message = Array("what a report says".utf8)

    private func expectSigns(_ appliance: Appliance, _ tpm: TPM) throws {
      let custody = try CustodyTPM(tpm, appliance.keys, try #require(appliance.provisioned.approved))
      #expect(
        try opensslAccepts(
          try custody.signReport(digest(message)), over: message, spki: appliance.keys.report.spki))
    }

    /// It stays at TCG's handle. Without it a store waits, until the next provisioning makes the same key again.
    @Test func persistsAndCanBeMadeAgain() throws {
      let appliance = try Appliance(.swtpm)
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      let area = swtpm.folder.path("srk.pub")
      try swtpm.tool(["tpm2_readpublic", "-c", "0x81000001", "-n", area])
      #expect(try readFile(area) == appliance.keys.storageRoot.name)

      try swtpm.tool(["tpm2_evictcontrol", "-C", "o", "-c", "0x81000001"])
      let tpm = try TPM.open(appliance.bench.driver)
      let custody = try CustodyTPM(tpm, appliance.keys, try #require(appliance.provisioned.approved))
      let error = refusal { _ = try custody.signReport(digest(message)) }
      #expect(error?.kind == .anotherKey)
      #expect(try tpm.transientObjects() == 0)
      #expect(try Appliance(appliance.bench, tpm).keys.storageRoot == appliance.keys.storageRoot)
      try expectSigns(appliance, tpm)
      #expect(try tpm.transientObjects() == 0)
    }

    @Test func aForeignKeyAtTheHandleStaysUntouched() throws {
      let bench = try Bench(.swtpm)
      let swtpm = try #require(bench.swtpm)
      let context = swtpm.folder.path("rsa.ctx")
      try swtpm.tool(["tpm2_createprimary", "-C", "o", "-G", "rsa", "-c", context])
      try swtpm.tool(["tpm2_evictcontrol", "-C", "o", "-c", context, "0x81000001"])
      let (before, after) = (swtpm.folder.path("before"), swtpm.folder.path("after"))
      try swtpm.tool(["tpm2_readpublic", "-c", "0x81000001", "-n", before])

      let tpm = try TPM.open(bench.driver)
      let appliance = try Appliance(bench, tpm)
      try expectSigns(appliance, tpm)
      #expect(try tpm.transientObjects() == 0)
      tpm.close()
      try swtpm.tool(["tpm2_readpublic", "-c", "0x81000001", "-n", after])
      #expect(try readFile(before) == readFile(after))
      #expect(try readFile(before) != appliance.keys.storageRoot.name)
    }

    @Test func anOwnerPasswordIsSaid() throws {
      let bench = try Bench(.swtpm)
      let swtpm = try #require(bench.swtpm)
      try swtpm.tool(["tpm2_changeauth", "-c", "owner", "secret"])
      let tpm = try TPM.open(bench.driver)
      let error = refusal { _ = try Appliance(bench, tpm) }
      #expect(error?.kind == .owned)
      #expect(error?.message.contains("The TPM's owner hierarchy has a password") == true)
      #expect(try tpm.transientObjects() == 0)
    }
  }
#endif
