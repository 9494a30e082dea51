#if DEBUG
  import Attestation
  import Cryptography
  import Enrolling
  import Enrolment
  import TPM
  import TestSupport
  import Testing

  /// Credentials of ours under others' tools, and of others' under ours, for each kind of endorsement key.
  @Suite(.enabled(if: SwTPM.isPresent && isInstalled("tpm2_activatecredential"), "needs swtpm and tpm2-tools"))
  struct CredentialTests {
    private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    /// tpm2-tools' own file: magic, version, and two TPM2Bs.
    private static let head: [UInt8] = [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1]

    private static func sized(_ bytes: [UInt8]) -> [UInt8] {
      [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }
    private static func secretBytes(_ bytes: [UInt8]) -> SecretBytes {
      var bytes = bytes
      return SecretBytes(wiping: &bytes)
    }

    @Test(arguments: EnrolmentRig.Endorsement.allCases) func othersToolsOpenOurs(
      _ endorsement: EnrolmentRig.Endorsement
    ) throws {
      let rig = try EnrolmentRig(.swtpm, endorsement: endorsement)
      let keys = rig.custody.keys
      let made = try Credential(
        of: Self.secretBytes(Self.secret), for: keys.attestation.name,
        to: try EndorsementKey(publicArea: keys.endorsement.publicArea))
      rig.custody.tpm.close()
      let swtpm = try #require(rig.appliance.bench.swtpm)
      let file = try swtpm.folder.write(
        "credential", Self.head + Self.sized(made.blob) + Self.sized(made.encryptedSecret))
      let (session, opened) = (swtpm.folder.path("session"), swtpm.folder.path("opened"))
      func handle(_ key: PersistentKey) -> String { "0x" + String(key.handle, radix: 16) }
      var program = [
        "tpm2_activatecredential", "-Q", "-c", handle(keys.attestation), "-C", handle(keys.endorsement), "-i", file,
        "-o", opened,
      ]
      // The low range asks for the endorsement hierarchy's secret, the high one for the key's own empty auth.
      if endorsement != .p384 && endorsement != .rsa3072 {
        try swtpm.tool(["tpm2_startauthsession", "--policy-session", "-S", session])
        try swtpm.tool(["tpm2_policysecret", "-Q", "-S", session, "-c", "e"])
        program += ["-P", "session:\(session)"]
      }
      try swtpm.tool(program)
      #expect(try readFile(opened) == Self.secret)
    }

    @Test(arguments: EnrolmentRig.Endorsement.allCases) func ourSideOpensOthers(
      _ endorsement: EnrolmentRig.Endorsement
    ) throws {
      let rig = try EnrolmentRig(.swtpm, endorsement: endorsement)
      let keys = rig.custody.keys
      let folder = try TemporaryFolder()
      try runChecked([
        "tpm2_makecredential", "-Q", "-T", "none", "-e",
        try folder.write("ek.pub", Self.sized(keys.endorsement.publicArea)), "-s",
        try folder.write("secret", Self.secret), "-n",
        keys.attestation.name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(), "-o",
        folder.path("credential"),
      ])
      let made = try folder.read("credential").dropFirst(8)
      let size = made.prefix(2).reduce(0) { $0 << 8 | Int($1) }
      let secret = try rig.custody.activateCredential(
        Array(made.dropFirst(2).prefix(size)), secret: Array(made.dropFirst(2 + size + 2)),
        endorsementSecret: .random(0))
      #expect(secret.copied() == Self.secret)
      // And both sides make the same of it: the sizes are all that is not random.
      let own = try Credential(
        of: Self.secretBytes(Self.secret), for: keys.attestation.name,
        to: try EndorsementKey(publicArea: keys.endorsement.publicArea))
      #expect(own.blob.count == size)
      // The tool writes its ephemeral point's coordinates without leading zeros, one in 256 of which begins with one.
      #expect((0...2).contains(own.encryptedSecret.count - (made.count - 2 - size - 2)))
    }

    @Test func secretsAreNoLongerThanTheHash() throws {
      let endorsement = try EndorsementKey(publicArea: try EnrolmentRig().custody.keys.endorsement.publicArea)
      _ = try Credential(of: .random(32), for: [0, 11], to: endorsement)
      #expect(throws: CryptographyError.malformed("a secret of 33 bytes")) {
        _ = try Credential(of: .random(33), for: [0, 11], to: endorsement)
      }
    }
  }
#endif
