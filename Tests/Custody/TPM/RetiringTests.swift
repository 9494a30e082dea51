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
