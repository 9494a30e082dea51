#if DEBUG
  import Cryptography
  import Synchronization
  import TPM
  import Testing

  /// What somebody on the bus would see.
  @Suite(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) struct WireTests {
    private let message = digest(Array("a commit".utf8))
    private static let pin = "482913"

    /// Does all that a store ever does with secrets, and looks for each of them.
    private func useEverything(_ wire: WireTap) throws {
      let tpm = try TPM.open(try wire.driver)
      let typed: SecretBytes? = secret(Self.pin)
      let made = try Provisioning.provision(tpm, authority: nil, pin: typed)
      let escrow = EscrowSecrets.random()
      try Provisioning.takeOwnership(tpm, of: made.keys, escrow)
      let custody = try CustodyTPM(tpm, made.keys, try #require(made.approved))
      let storeKey = try custody.unsealStoreKey().copied()
      _ = try custody.signReport(digest([1]), pin: typed)
      _ = refusal { _ = try custody.signReport(message, pin: secret("482914")) }
      _ = try custody.unsealStoreKey()
      try custody.extendAnchor(message)
      try custody.resetLockout(escrow.lockout)
      #expect(try tpm.transientObjects() == 0)
      #expect(try tpm.loadedSessions() == 0)
      let secrets: [(String, [UInt8])] = [
        ("the PIN", Array(Self.pin.utf8)),
        ("the report key's auth", try #require(made.keys.pin).auth(of: secret(Self.pin)).copied()),
        ("the store key", storeKey), ("the owner's secret", escrow.owner.copied()),
        ("the endorsement secret", escrow.endorsement.copied()), ("the lockout secret", escrow.lockout.copied()),
        // No secret; but an interposer who could alter it would choose the history.
        ("what was anchored", message.bytes),
      ]
      for (name, secret) in secrets { #expect(!wire.carries(secret), "\(name) stood on the wire") }
      // What is no secret is seen, so that the recorder is one.
      #expect(wire.carries(made.keys.attestation.publicArea))
    }

    @Test func noSecretStandsInClear() throws {
      let wire = try WireTap()
      try useEverything(wire)
    }

    /// ESAPI takes a session's encryption away where a command has nothing to encrypt, and gives it back only if that
    /// command succeeds. Here each command fails first, as often as ESAPI itself tries, and is then tried anew.
    @Test func noSecretStandsInClearAfterFailures() throws {
      let wire = try WireTap()
      wire.answering { _, count in count % 6 < 5 ? 0x922 : nil }
      try useEverything(wire)
    }

    /// Secrets are overwritten in memory by commands that never leave this process.
    @Test func overwritingSendsNothing() throws {
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      let made = try Provisioning.provision(tpm, authority: nil, pin: nil)
      let escrow = EscrowSecrets.random()
      wire.forget()
      try Provisioning.takeOwnership(tpm, of: made.keys, escrow)
      let (changeAuth, create): (UInt32, UInt32) = (0x129, 0x153)
      #expect(wire.commands.filter { $0 == changeAuth }.count == 3)
      #expect(!wire.commands.contains(create))
      let custody = try CustodyTPM(tpm, made.keys, try #require(made.approved))
      _ = try custody.unsealStoreKey()
      try custody.resetLockout(escrow.lockout)
      #expect(!wire.commands.contains(create))
    }

    /// The same recorder, and a command outside the encrypting session: here the digest is seen.
    @Test func theRecorderWouldSeeWhatIsNotEncrypted() throws {
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      try tpm.extendPCR(11, by: message)
      #expect(wire.carries(message.bytes))
    }

    /// PCRs that change between the proof and the use: once more from the start.
    @Test func aChangedPCRIsProvenAgain() throws {
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      let made = try Provisioning.provision(tpm, authority: nil, pin: nil)
      let custody = try CustodyTPM(tpm, made.keys, try #require(made.approved))
      let commandSign: UInt32 = 0x15D
      wire.forget()
      // TPM_RC_PCR_CHANGED, once.
      let times = Counter()
      wire.answering { command, _ in command == commandSign && times.next() == 1 ? 0x128 : nil }
      _ = try custody.signCommit(message)
      #expect(wire.commands.filter { $0 == commandSign }.count == 2)
      // For ever: given up.
      wire.answering { command, _ in command == commandSign ? 0x128 : nil }
      #expect(refusal { _ = try custody.signCommit(message) }?.code == 0x128)
      wire.answering { _, _ in nil }
      #expect(try tpm.transientObjects() == 0)
      #expect(try tpm.loadedSessions() == 0)
    }

    /// One signature of the policy is verified once, and again where its ticket is good no more.
    @Test func aVerifiedPolicyIsNotVerifiedAgain() throws {
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      let made = try Provisioning.provision(tpm, authority: nil, pin: nil)
      let custody = try CustodyTPM(tpm, made.keys, try #require(made.approved))
      let (verifySignature, policyAuthorize): (UInt32, UInt32) = (0x177, 0x16A)
      func verifications(_ body: () throws -> Void) rethrows -> Int {
        wire.forget()
        try body()
        return wire.commands.filter { $0 == verifySignature }.count
      }
      #expect(try verifications { _ = try custody.signCommit(message) } == 1)
      #expect(try verifications { _ = try custody.signCommit(message) } == 0)
      #expect(try verifications { _ = try custody.unsealStoreKey() } == 0)
      // TPM_RC_TICKET of parameter 4, once.
      let times = Counter()
      wire.answering { command, _ in command == policyAuthorize && times.next() == 1 ? 0x4E0 : nil }
      #expect(try verifications { _ = try custody.signCommit(message) } == 1)
      wire.answering { _, _ in nil }
      #expect(try verifications { try custody.extendAnchor(message) } == 0)
      #expect(try tpm.transientObjects() == 0)
    }

    /// Somebody on the bus who would have another state approved: PCRs are read in clear, the quote is signed.
    @Test func alteredPCRsAreNotAskedFor() throws {
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      let keys = try Provisioning.provision(tpm, authority: nil, pin: nil).keys
      let commandPCRRead: UInt32 = 0x17E
      wire.altering { command, response in
        command == commandPCRRead ? response.dropLast() + [response.last! ^ 1] : response
      }
      let values = try tpm.pcrs(.measured)
      let error = refusal { _ = try Provisioning.policyRequest(tpm, keys, pcrs: .measured) }
      #expect(error?.kind == .badSignature)
      #expect(error?.operation == "TPM2_PCR_Read")
      wire.altering { $1 }
      // The alteration reached this program.
      #expect(try tpm.pcrs(.measured) != values)
      _ = try Provisioning.policyRequest(tpm, keys, pcrs: .measured)
      #expect(try tpm.transientObjects() == 0)
      #expect(try tpm.loadedSessions() == 0)
    }

    /// And who would have it count from elsewhere: the session's HMAC is over what the counter holds.
    @Test func anAlteredCounterIsNotAskedFor() throws {
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      let keys = try Provisioning.provision(tpm, authority: nil, pin: nil).keys
      let commandRead: UInt32 = 0x14E
      // Behind header and parameter size: TPM2B_MAX_NV_BUFFER of eight bytes.
      wire.altering { command, response in
        guard command == commandRead, response.count > 24 else { return response }
        return response[..<23] + [response[23] ^ 1] + response[24...]
      }
      // TSS2_ESYS_RC_RSP_AUTH_FAILED; behind it ESAPI does nothing more with this connection.
      #expect(refusal { _ = try Provisioning.policyRequest(tpm, keys, pcrs: .measured) }?.code == 0x7_001B)
      wire.altering { $1 }
      tpm.close()
      _ = try Provisioning.policyRequest(try TPM.open(try wire.driver), keys, pcrs: .measured)
    }

    /// Whatever command fails, nothing stays loaded, and provisioning leaves neither keys nor indices.
    @Test func provisioningLeavesNothingWhereItFails() throws {
      let flushContext: UInt32 = 0x165
      let commands = try {
        let wire = try WireTap()
        let tpm = try TPM.open(try wire.driver)
        wire.forget()
        _ = try Provisioning.provision(tpm, authority: nil, pin: nil)
        return wire.commands
      }()
      let wire = try WireTap()
      let tpm = try TPM.open(try wire.driver)
      let before = [try tpm.persistentHandles(), try tpm.indices()]
      #expect(before == [[], []])
      for place in commands.indices where commands[place] != flushContext {
        wire.forget()
        // TPM_RC_NV_SPACE: not worth waiting for. Cleaning up meets no further trouble.
        wire.answering { _, count in count == place ? 0x14B : nil }
        #expect(refusal { _ = try Provisioning.provision(tpm, authority: nil, pin: nil) } != nil, "command \(place)")
        wire.answering { _, _ in nil }
        #expect([try tpm.persistentHandles(), try tpm.indices()] == before, "after command \(place) failed")
        #expect(try tpm.transientObjects() == 0, "after command \(place) failed")
        #expect(try tpm.loadedSessions() == 0, "after command \(place) failed")
      }
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }
#endif
