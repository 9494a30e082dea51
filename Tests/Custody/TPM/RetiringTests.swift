import Attestation
import Cryptography
import Synchronization
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
    /// Owner, endorsement, lockout.
    private typealias Secrets = [Bool]

    /// A TPM whose commands can be cut off.
    private struct Rig {
      let wire: WireTap
      let tpm: TPM

      init() throws {
        wire = try WireTap()
        tpm = try TPM.open(try wire.driver)
      }

      func provision() throws -> Provisioned { try Provisioning.provision(tpm, authority: nil, pin: nil) }

      /// The command at a place, or the first with this number, never reaches the TPM; cleaning up does.
      func cut(at place: Int? = nil, first number: UInt32? = nil, _ body: () throws -> Void) -> TPMError? {
        let flushContext: UInt32 = 0x165
        let done = Mutex(false)
        wire.forget()
        wire.answering { command, count in
          guard command != flushContext, count == place || command == number else { return nil }
          return done.withLock { done in
            defer { done = true }
            // TPM_RC_NV_SPACE: not worth waiting for.
            return done ? nil : 0x14B
          }
        }
        defer { wire.answering { _, _ in nil } }
        return refusal(body)
      }
    }

    private static let hierarchyChangeAuth: UInt32 = 0x129
    private static let undefineSpace: UInt32 = 0x122

    /// Whatever is cut off, in either verb, the same secrets finish it; and the lockout's is never tried in vain.
    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence)), arguments: [true, false])
    func goesOnAfterEveryCut(_ finishing: Bool) throws {
      let rig = try Rig()
      let tpm = rig.tpm
      var (place, isCut) = (0, true)
      var states: Set<Secrets> = []
      while isCut {
        let made = try rig.provision()
        let secrets = EscrowSecrets.random()
        let taking = rig.cut(at: place) { try Provisioning.takeOwnership(tpm, of: made.keys, secrets) }
        #expect(taking == nil || taking?.code == 0x14B, "command \(place)")
        states.insert(try tpm.hierarchiesWithSecrets())
        if finishing {
          try Provisioning.takeOwnership(tpm, of: made.keys, secrets)
          #expect(try tpm.isOwned(), "command \(place)")
          #expect(try tpm.lockout().limit == 32)
          try CustodyTPM(tpm, made.keys, try #require(made.approved)).resetLockout(secrets.lockout)
        }
        let retiring = rig.cut(at: place) { try Provisioning.retire(tpm, made.keys, secrets) }
        #expect(retiring == nil || retiring?.code == 0x14B, "command \(place)")
        states.insert(try tpm.hierarchiesWithSecrets())
        try Provisioning.retire(tpm, made.keys, secrets)
        #expect(try tpm.hierarchiesWithSecrets() == [false, false, false], "command \(place)")
        #expect(try tpm.indices().isEmpty, "command \(place)")
        #expect(try !tpm.persistentHandles().contains(made.keys.attestation.handle), "command \(place)")
        #expect(try [tpm.transientObjects(), tpm.loadedSessions()] == [0, 0], "command \(place)")
        place += 1
        isCut = taking != nil || retiring != nil
      }
      // All states that can be come upon were.
      let (none, first): (Secrets, Secrets) = ([false, false, false], [false, true, false])
      let (second, all): (Secrets, Secrets) = ([false, true, true], [true, true, true])
      #expect(states.isSuperset(of: [none, first, second, all]))
      if finishing { #expect(states.isSuperset(of: [[true, true, false], [true, false, false]])) }
    }

    /// Other secrets than those of the first try finish nothing, and spoil nothing.
    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence)), arguments: 1...3)
    func otherSecretsAreFound(_ changes: Int) throws {
      let rig = try Rig()
      let made = try rig.provision()
      let secrets = EscrowSecrets.random()
      let others = EscrowSecrets.random()
      if changes < 3 {
        let count = Mutex(0)
        rig.wire.answering { command, _ in
          guard command == Self.hierarchyChangeAuth else { return nil }
          return count.withLock { count in
            count += 1
            return count > changes ? 0x14B : nil
          }
        }
      }
      _ = refusal { try Provisioning.takeOwnership(rig.tpm, of: made.keys, secrets) }
      rig.wire.answering { _, _ in nil }
      let before = try rig.tpm.hierarchiesWithSecrets()
      #expect(before.filter { $0 }.count == changes)
      #expect(refusal { try Provisioning.takeOwnership(rig.tpm, of: made.keys, others) }?.kind == .owned)
      #expect(refusal { try Provisioning.retire(rig.tpm, made.keys, others) }?.kind == .owned)
      #expect(try rig.tpm.hierarchiesWithSecrets() == before)
      #expect(try rig.tpm.indices().count == 2)
      // The lockout's authority was not shut by a wrong try.
      try Provisioning.takeOwnership(rig.tpm, of: made.keys, secrets)
      try CustodyTPM(rig.tpm, made.keys, try #require(made.approved)).resetLockout(secrets.lockout)
    }

    /// Only the owner's secret is another: found before the lockout's is tried or anything is taken away.
    @Test func anotherOwnerSecretIsFound() throws {
      let appliance = try Appliance()
      let secrets = EscrowSecrets.random()
      try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
      var (endorsement, lockout) = (secrets.endorsement.copied(), secrets.lockout.copied())
      let mixed = EscrowSecrets(
        owner: .random(32), endorsement: SecretBytes(wiping: &endorsement), lockout: SecretBytes(wiping: &lockout))
      #expect(refusal { try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, mixed) }?.kind == .owned)
      #expect(refusal { try Provisioning.retire(appliance.tpm, appliance.keys, mixed) }?.kind == .owned)
      #expect(try appliance.tpm.indices().count == 2)
    }

    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func whatIsBeingRetiredIsNotTaken() throws {
      let rig = try Rig()
      let made = try rig.provision()
      let secrets = EscrowSecrets.random()
      try Provisioning.takeOwnership(rig.tpm, of: made.keys, secrets)
      let count = Mutex(0)
      // Two proofs, and the lockout given back.
      rig.wire.answering { command, _ in
        guard command == Self.hierarchyChangeAuth else { return nil }
        return count.withLock { count in
          count += 1
          return count > 3 ? 0x14B : nil
        }
      }
      #expect(refusal { try Provisioning.retire(rig.tpm, made.keys, secrets) }?.code == 0x14B)
      rig.wire.answering { _, _ in nil }
      #expect(try rig.tpm.hierarchiesWithSecrets() == [true, true, false])
      #expect(refusal { try Provisioning.takeOwnership(rig.tpm, of: made.keys, secrets) }?.kind == .owned)
      try Provisioning.retire(rig.tpm, made.keys, secrets)
      #expect(try rig.tpm.hierarchiesWithSecrets() == [false, false, false])
    }

    /// One that cannot be taken away keeps nothing else, and is told.
    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func oneRemainderKeepsNothingElse() throws {
      let rig = try Rig()
      let made = try rig.provision()
      let secrets = EscrowSecrets.random()
      try Provisioning.takeOwnership(rig.tpm, of: made.keys, secrets)
      let error = rig.cut(first: Self.undefineSpace) { try Provisioning.retire(rig.tpm, made.keys, secrets) }
      #expect(error?.code == 0x14B)
      #expect(error?.operation == "TPM2_NV_UndefineSpace")
      #expect(try rig.tpm.indices() == [made.keys.anchor.handle])
      #expect(try !rig.tpm.persistentHandles().contains(made.keys.attestation.handle))
      #expect(try rig.tpm.hierarchiesWithSecrets() == [false, false, false])
      try Provisioning.retire(rig.tpm, made.keys, secrets)
      #expect(try rig.tpm.indices().isEmpty)
    }

    /// A lockout secret alone is not ours: a wrong try would shut its authority for a day.
    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func aForeignLockoutSecretIsNotTried() throws {
      let appliance = try Appliance(.swtpm)
      appliance.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      try swtpm.tool(["tpm2_changeauth", "-c", "lockout", "secret"])
      try {
        let tpm = try TPM.open(appliance.bench.driver)
        let secrets = EscrowSecrets.random()
        #expect(refusal { try Provisioning.takeOwnership(tpm, of: appliance.keys, secrets) }?.kind == .owned)
        #expect(refusal { try Provisioning.retire(tpm, appliance.keys, secrets) }?.kind == .owned)
        tpm.close()
      }()
      try swtpm.tool(["tpm2_changeauth", "-c", "lockout", "-p", "secret"])
    }

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
