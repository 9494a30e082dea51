import Attestation
import Cryptography
import TPM
import TestSupport
import Testing

/// The anchor: what no disk can set back.
@Suite struct AnchorTests {
  private let step = digest(Array("commit 1".utf8))

  @Test(arguments: Bench.kinds) func holdsTheHashOfItsHistory(_ kind: Kind) throws {
    let appliance = try Appliance(kind)
    let custody = try appliance.custody()
    let origin = try #require(appliance.provisioned.anchorOrigin)
    #expect(try custody.readAnchor() == origin)
    let next = try custody.extendAnchor(step, from: origin)
    #expect(next == digest(origin + step.bytes).bytes)
    #expect(try custody.readAnchor() == next)
    // Extending is not idempotent.
    #expect(try custody.extendAnchor(step) == digest(next + step.bytes).bytes)
    try appliance.expectNothingLoaded("extending")
  }

  @Test func twoStoresNeverBeginAlike() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    let one = try Appliance(bench, tpm)
    let other = try Appliance(bench, tpm)
    #expect(one.provisioned.anchorOrigin != other.provisioned.anchorOrigin)
    #expect(one.keys.anchor.handle != other.keys.anchor.handle)
    #expect(one.keys.policyVersion.handle != other.keys.policyVersion.handle)
    #expect(one.keys.attestation == other.keys.attestation)
    #expect(try one.custody().readAnchor() == one.provisioned.anchorOrigin)
  }

  @Test func isNotExtendedFromElsewhere() throws {
    let appliance = try Appliance()
    let custody = try appliance.custody()
    let origin = try custody.readAnchor()
    let error = refusal { try custody.extendAnchor(step, from: digest([1]).bytes) }
    #expect(error?.kind == .anchorMoved)
    #expect(try custody.readAnchor() == origin)
    try appliance.expectNothingLoaded("a refusal")
  }

  /// A site's approval comes after provisioning; until then nothing can be anchored.
  @Test(arguments: Bench.kinds) func waitsForTheSitesApproval(_ kind: Kind) throws {
    let appliance = try Appliance(kind, authority: try Site())
    #expect(appliance.provisioned.approved == nil)
    #expect(appliance.provisioned.anchorOrigin == nil)
    let custody = try appliance.custody()
    #expect(refusal { _ = try custody.readAnchor() }?.kind == .anchorMissing)
    #expect(refusal { try custody.extendAnchor(step) }?.kind == .anchorMissing)
    let origin = try custody.initialiseAnchor()
    #expect(try custody.readAnchor() == origin)
    #expect(refusal { _ = try custody.initialiseAnchor() }?.kind == .anchorMoved)
    #expect(try custody.readAnchor() == origin)
    try appliance.expectNothingLoaded("initialising")
  }

  /// Another TPM, which holds nothing: the anchor is the news, before the keys that are not there either.
  @Test(arguments: Bench.kinds) func anotherTPMHasNoAnchor(_ kind: Kind) throws {
    let mine = try Appliance(kind)
    let approved = try #require(mine.provisioned.approved)
    mine.tpm.close()
    let other = try Bench(kind)
    let custody = try CustodyTPM(try TPM.make(other.driver), mine.keys, approved)
    let error = refusal { _ = try custody.readAnchor() }
    #expect(error?.kind == .anchorMissing)
    #expect(error?.code == 0x18B)
    #expect(try custody.tpm.transientObjects() == 0)
    #expect(refusal { try custody.extendAnchor(step) }?.kind == .anotherKey)
  }

  /// Cut off before the first commit, a beginning is found again by its record; behind that commit it never is.
  @Test(arguments: Bench.kinds) func aBeginningIsKnownUntilTheFirstCommit(_ kind: Kind) throws {
    let appliance = try Appliance(kind, authority: try Site())
    let custody = try appliance.custody()
    let beginning = AnchorBeginning.random()
    let record = beginning.record
    let early = refusal { _ = try custody.anchorValue(begunWith: record) }
    #expect(early?.kind == .anchorMissing)
    #expect(early?.code == 0x14A)

    let origin = try custody.initialiseAnchor(beginning)
    #expect(origin == digest([UInt8](repeating: 0, count: 32) + record).bytes)
    for _ in 0..<2 { #expect(try custody.anchorValue(begunWith: record) == origin) }
    let others = [AnchorBeginning.random().record, Array(record.dropLast()), origin, []]
    for other in others { #expect(refusal { _ = try custody.anchorValue(begunWith: other) }?.kind == .anchorMoved) }

    // Somebody removes the ledger, and perhaps puts the record back.
    let value = try custody.extendAnchor(step)
    let removed = refusal { _ = try custody.anchorValue(begunWith: record) }
    #expect(removed?.kind == .anchorMoved)
    #expect(removed?.message.contains("retire the store and run `assay init`") == true)
    #expect(refusal { _ = try custody.initialiseAnchor() }?.kind == .anchorMoved)
    #expect(try custody.readAnchor() == value)
    try appliance.expectNothingLoaded("refusals")
  }

  #if DEBUG
    private static let tools = isInstalled("tpm2_nvwrite") && SwTPM.isPresent

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func refusesAPlainWrite() throws {
      let appliance = try Appliance(.swtpm)
      let origin = try appliance.custody().readAnchor()
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      let file = try swtpm.folder.write("old", [UInt8](repeating: 7, count: 32))
      let index = "0x" + String(appliance.keys.anchor.handle, radix: 16)
      for authority in ["o", index] {
        #expect(throws: RunError.self) { try swtpm.tool(["tpm2_nvwrite", "-C", authority, "-i", file, index]) }
        #expect(throws: RunError.self) { try swtpm.tool(["tpm2_nvextend", "-C", authority, "-i", file, index]) }
      }
      let custody = try CustodyTPM(
        try TPM.open(appliance.bench.driver), appliance.keys, try #require(appliance.provisioned.approved))
      #expect(try custody.readAnchor() == origin)
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func deletedAndMadeAgainIsMissing() throws {
      let appliance = try Appliance(.swtpm)
      let approved = try #require(appliance.provisioned.approved)
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      let index = "0x" + String(appliance.keys.anchor.handle, radix: 16)
      try swtpm.tool(["tpm2_nvundefine", "-C", "o", index])
      func reopened() throws -> TPMError? {
        let tpm = try TPM.open(appliance.bench.driver)
        defer { tpm.close() }
        let custody = try CustodyTPM(tpm, appliance.keys, approved)
        let error = refusal { _ = try custody.readAnchor() }
        #expect(refusal { try custody.extendAnchor(step) }?.kind == .anchorMissing)
        #expect(try tpm.transientObjects() == 0)
        return error
      }
      let deleted = try reopened()
      #expect(deleted?.kind == .anchorMissing)
      #expect(deleted?.code == 0x18B)
      #expect(deleted?.message == "Anchor missing: the TPM was cleared or replaced. Read-only mode.")

      // The same attributes and the same policy: it differs only in that it was never written.
      let policy = try swtpm.folder.write("policy", appliance.keys.outerPolicy)
      try swtpm.tool([
        "tpm2_nvdefine", "-C", "o", "-s", "32", "-g", "sha256", "-L", policy,
        "-a", "nt=extend|policywrite|authread|no_da", index,
      ])
      let madeAgain = try reopened()
      #expect(madeAgain?.kind == .anchorMissing)
      #expect(madeAgain?.code == 0x14A)
    }

    /// Whatever a foreign index at the anchor's place answers: no right to read it, or a password of its own.
    @Test(
      .enabled(if: tools, "needs swtpm and tpm2-tools"),
      arguments: [["-a", "ownerread|ownerwrite|no_da"], ["-a", "authread|authwrite|no_da", "-p", "secret"]])
    func aForeignIndexInItsPlaceIsMissing(_ definition: [String]) throws {
      let appliance = try Appliance(.swtpm)
      let approved = try #require(appliance.provisioned.approved)
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      let index = "0x" + String(appliance.keys.anchor.handle, radix: 16)
      try swtpm.tool(["tpm2_nvundefine", "-C", "o", index])
      try swtpm.tool(["tpm2_nvdefine", "-C", "o", "-s", "32", "-g", "sha256"] + definition + [index])
      let file = try swtpm.folder.write("contents", [UInt8](repeating: 7, count: 32))
      let writer = definition.contains("-p") ? ["-C", index, "-P", "secret"] : ["-C", "o"]
      try swtpm.tool(["tpm2_nvwrite"] + writer + ["-i", file, index])
      let custody = try CustodyTPM(try TPM.open(appliance.bench.driver), appliance.keys, approved)
      let error = refusal { _ = try custody.readAnchor() }
      #expect(error?.kind == .anchorMissing)
      #expect(error?.code == nil)
      #expect(refusal { try custody.extendAnchor(step) }?.kind == .anchorMissing)
      #expect(try custody.tpm.transientObjects() == 0)
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func clearingTheTPMEndsEverything() throws {
      let appliance = try Appliance(.swtpm)
      let approved = try #require(appliance.provisioned.approved)
      let secrets = EscrowSecrets.random()
      try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      // What the firmware's menu does.
      try swtpm.tool(["tpm2_clearcontrol", "-C", "p", "c"])
      try swtpm.tool(["tpm2_clear", "-c", "p"])
      let tpm = try TPM.open(appliance.bench.driver)
      let custody = try CustodyTPM(tpm, appliance.keys, approved)
      #expect(refusal { _ = try custody.readAnchor() }?.kind == .anchorMissing)
      for operation in [
        { _ = try custody.unsealStoreKey() },
        { _ = try custody.signCommit(step) }, { _ = try custody.quote(qualifying: [1]) },
      ] as [() throws -> Void] {
        let error = refusal(operation)
        #expect(error?.kind == .anotherKey)
        #expect(error?.message.contains("cleared") == true)
      }
      #expect(try tpm.transientObjects() == 0)

      // A new store can be made, and the old one's blobs are of no use under its root: TPM_RC_INTEGRITY.
      let renewed = try Appliance(appliance.bench, tpm)
      #expect(renewed.keys.storageRoot != appliance.keys.storageRoot)
    }
  #endif
}

extension ProvisionedKeys {
  /// The policy of commit key and anchor.
  var outerPolicy: [UInt8] { Array(commit.object.publicArea.dropFirst(10).prefix(32)) }
}
