import Attestation
import Cryptography
import TPM
import TestSupport
import Testing

/// Taking ownership and giving it back, whatever came between.
@Suite struct RetiringTests {
  /// An anchor that no approval ever wrote has another Name, and is ours all the same.
  @Test(arguments: Bench.kinds) func takesAnUnwrittenAnchorAway(_ kind: Kind) throws {
    let appliance = try Appliance(kind, authority: try Site())
    let secrets = EscrowSecrets.random()
    try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
    #expect(try appliance.tpm.indices().count == 2)
    try Provisioning.retire(appliance.tpm, appliance.keys, secrets)
    #expect(try appliance.tpm.indices().isEmpty)
    try appliance.expectNothingLoaded("retiring")
  }

  #if DEBUG
    private static let tools = isInstalled("tpm2_nvdefine") && SwTPM.isPresent

    /// Where TCG's handle holds somebody's key, ours lies beside it: once for all stores, and not after a failure.
    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func keepsOneStorageRootKeyBesideAForeignOne() throws {
      let wire = try WireTap()
      let context = wire.swtpm.folder.path("rsa.ctx")
      try wire.swtpm.tool(["tpm2_createprimary", "-C", "o", "-G", "rsa", "-c", context])
      try wire.swtpm.tool(["tpm2_evictcontrol", "-C", "o", "-c", context, "0x81000001"])
      let tpm = try TPM.open(try wire.driver)
      let commandSign: UInt32 = 0x15D
      wire.answering { command, _ in command == commandSign ? 0x14B : nil }
      #expect(refusal { _ = try Provisioning.provision(tpm, authority: nil, pin: nil) }?.code == 0x14B)
      #expect(try tpm.persistentHandles() == [0x8100_0001])
      wire.answering { _, _ in nil }

      let one = try Provisioning.provision(tpm, authority: nil, pin: nil).keys
      let kept = try tpm.persistentHandles()
      let other = try Provisioning.provision(tpm, authority: nil, pin: nil).keys
      #expect(one.storageRoot.handle == 0x8100_0002)
      #expect(one.storageRoot == other.storageRoot)
      #expect(try tpm.persistentHandles() == kept)
      // A later failure takes away nothing that a store rests on.
      wire.answering { command, _ in command == commandSign ? 0x14B : nil }
      #expect(refusal { _ = try Provisioning.provision(tpm, authority: nil, pin: nil) }?.code == 0x14B)
      #expect(try tpm.persistentHandles() == kept)
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func leavesAForeignIndexAlone() throws {
      let appliance = try Appliance(.swtpm)
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      let index = "0x" + String(appliance.keys.anchor.handle, radix: 16)
      try swtpm.tool(["tpm2_nvundefine", "-C", "o", index])
      try swtpm.tool(["tpm2_nvdefine", "-C", "o", "-s", "32", "-a", "ownerread|ownerwrite", index])
      let tpm = try TPM.open(appliance.bench.driver)
      let secrets = EscrowSecrets.random()
      try Provisioning.takeOwnership(tpm, of: appliance.keys, secrets)
      try Provisioning.retire(tpm, appliance.keys, secrets)
      #expect(try tpm.indices() == [appliance.keys.anchor.handle])
      #expect(try tpm.transientObjects() == 0)
    }
  #endif
}
