import Attestation
import Cryptography
import TPM
import TestSupport
import Testing

/// What the TPM says of itself, and who believes it.
@Suite struct AttestingTests {
  private let purpose = digest(Array("a checkpoint".utf8)).bytes

  @Test(arguments: Bench.kinds) func quotesItsPCRs(_ kind: Kind) throws {
    let appliance = try Appliance(kind)
    let custody = try appliance.custody()
    try custody.tpm.extendPCR(11, by: digest([1]))
    let quote = try custody.quote(qualifying: purpose)
    let verified = try custody.keys.attestationKey.verifyQuote(
      quote.attest, signature: quote.signature, qualifying: purpose)
    let values = try custody.pcrs()
    #expect(verified.pcrs == .quoted)
    #expect(verified.digest == digest(PCRSelection.quoted.numbers.flatMap { values[$0]! }).bytes)
    #expect(values[11] == digest([UInt8](repeating: 0, count: 32) + digest([1]).bytes).bytes)
    let clock = try custody.clock()
    #expect(verified.clock.milliseconds <= clock.milliseconds)
    // In the clear, because the key is of the endorsement hierarchy.
    #expect(verified.clock.resets == clock.resets)
    #expect(verified.clock.restarts == clock.restarts)
    try appliance.expectNothingLoaded("a quote")

    // More than eight: read in several commands.
    let every = try custody.pcrs(PCRSelection(PCRSelection.all)!)
    #expect(every.count == 24)
    #expect(every[11] == values[11])
    #expect(every[7] == values[7])
  }

  @Test(arguments: Bench.kinds) func certifiesItsAnchorAndItsKeys(_ kind: Kind) throws {
    let appliance = try Appliance(kind, pin: "482913")
    let custody = try appliance.custody()
    let value = try custody.extendAnchor(digest([1]))
    let anchor = try custody.certifyAnchor(qualifying: purpose)
    let key = custody.keys.attestationKey
    #expect(
      try key.verifyIndex(
        anchor.attest, signature: anchor.signature, qualifying: purpose, indexName: custody.keys.anchor.name
      ).contents == value)
    try appliance.expectNothingLoaded("certifying the anchor")

    for (attested, made) in [
      (try custody.certifyReportKey(qualifying: purpose), custody.keys.report),
      (try custody.certifyCommitKey(qualifying: purpose), custody.keys.commit),
    ] {
      let verified = try key.verifyCreation(
        attested.attest, signature: attested.signature, qualifying: purpose, objectName: made.name,
        creationData: made.object.creationData)
      #expect(verified.objectName == made.name)
    }
    // No PIN was given, and no try was spent.
    #expect(try custody.lockout().failures == 0)
    try appliance.expectNothingLoaded("certifying keys")
  }

  @Test func qualifyingDataIsADigest() throws {
    let custody = try Appliance().custody()
    #expect(refusal { _ = try custody.quote(qualifying: purpose + [0]) }?.kind == .keyMalformed)
    _ = try custody.quote(qualifying: purpose)
  }

  @Test func anotherTPMsKeysAreOfNoUse() throws {
    let mine = try Appliance()
    let approved = try #require(mine.provisioned.approved)
    let keys = mine.keys
    mine.tpm.close()
    let other = try Appliance()
    let clone = try CustodyTPM(other.tpm, keys, approved)
    let step = digest([1])
    // Another store's anchor lies at the same place.
    #expect(other.keys.anchor.handle == keys.anchor.handle)
    #expect(refusal { _ = try clone.readAnchor() }?.kind == .anchorMissing)
    for operation in [
      { _ = try clone.extendAnchor(step) }, { _ = try clone.signCommit(step) }, { _ = try clone.signReport(step) },
      { _ = try clone.unsealStoreKey() }, { _ = try clone.quote(qualifying: [1]) },
      { _ = try clone.certifyAnchor(qualifying: [1]) },
    ] as [() throws -> Void] {
      let error = refusal(operation)
      #expect(error?.kind == .anotherKey)
      #expect(error?.message.starts(with: "Keys belong to another TPM") == true)
    }
    try other.expectNothingLoaded("refusals")
  }

  /// Where the pins are altered too, the TPM itself refuses: TPM_RC_INTEGRITY of parameter 1.
  @Test func anotherTPMsBlobsDoNotLoad() throws {
    let site = try Site()
    let mine = try Appliance(authority: site)
    let (foreign, request) = (mine.keys, try Provisioning.policyRequest(mine.tpm, mine.keys, pcrs: .none))
    mine.tpm.close()
    let other = try Appliance(authority: site)
    // The same site key and the same places: all policies are equal, and only the blobs are foreign.
    let mixed = try other.keys.with(
      commit: foreign.commit.object, report: foreign.report.object, storeKey: foreign.storeKey)
    let custody = try CustodyTPM(other.tpm, mixed, try site.approve(try request.policy(until: request.version)))
    for operation in [
      { _ = try custody.signCommit(digest([1])) }, { _ = try custody.signReport(digest([1])) },
      { _ = try custody.unsealStoreKey() },
    ] as [() throws -> Void] {
      let error = refusal(operation)
      #expect(error?.code == 0x1DF)
      #expect(error?.message.starts(with: "Keys belong to another TPM") == true)
    }
    try other.expectNothingLoaded("refusals")
  }

  @Test func recordedKeysMustFitTheirPolicies() throws {
    let appliance = try Appliance(pin: "482913")
    let keys = appliance.keys
    #expect(try keys.with() == keys)
    let stranger = try PolicyAuthority(try PublicKey(spki: try SigningKey().spki))
    let otherName = [0, 11] + digest([1]).bytes
    for alteration in [
      { _ = try keys.with(authority: stranger) },
      { _ = try keys.with(anchor: try NVIndex(handle: keys.anchor.handle, name: otherName)) },
      { _ = try keys.with(policyVersion: try NVIndex(handle: keys.policyVersion.handle, name: otherName)) },
      { _ = try keys.with(attestation: keys.storageRoot) }, { _ = try keys.with(commit: keys.report.object) },
      { _ = try keys.with(report: keys.commit.object) }, { _ = try keys.with(pin: .some(nil)) },
      { _ = try keys.with(storeKey: keys.commit.object) },
    ] as [() throws -> Void] {
      #expect(refusal(alteration)?.kind == .keyMalformed)
    }
  }

  @Test func ownershipCanBeGivenBack() throws {
    let appliance = try Appliance()
    let secrets = EscrowSecrets.random()
    #expect(try !appliance.tpm.isOwned())
    try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
    #expect(try appliance.tpm.isOwned())
    // An owned TPM takes no second store, and says why.
    let error = refusal { _ = try Appliance(appliance.bench, appliance.tpm) }
    #expect(error?.kind == .owned)
    #expect(error?.message.contains("owner, endorsement, lockout") == true)
    // Keys still work: nothing of the daily work needs the secrets.
    _ = try appliance.custody().extendAnchor(digest([1]))

    #expect(refusal { try Provisioning.retire(appliance.tpm, appliance.keys, EscrowSecrets.random()) } != nil)
    _ = try appliance.custody().readAnchor()
    try Provisioning.retire(appliance.tpm, appliance.keys, secrets)
    #expect(refusal { _ = try appliance.custody().readAnchor() }?.kind == .anchorMissing)
    #expect(refusal { _ = try appliance.custody().quote(qualifying: [1]) }?.kind == .anotherKey)
    try appliance.expectNothingLoaded("retiring")
    _ = try Appliance(appliance.bench, appliance.tpm)
  }

  #if DEBUG
    private static let tools = isInstalled("tpm2_checkquote") && isInstalled("tpm2_makecredential") && SwTPM.isPresent

    /// TPMT_SIGNATURE (TPM 2.0 Part 2 §11.3.4) of an ECDSA signature with SHA-256, as tpm2-tools read it.
    private func tpmForm(_ signature: [UInt8]) -> [UInt8] {
      var rest = signature.dropFirst(2)
      var form: [UInt8] = [0x00, 0x18, 0x00, 0x0B]
      for _ in 0..<2 {
        let size = Int(rest.dropFirst().first ?? 0)
        let digits = Array(rest.dropFirst(2).prefix(size).drop { $0 == 0 })
        rest = rest.dropFirst(2 + size)
        form += [0, UInt8(digits.count)] + digits
      }
      return form
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func othersToolsAcceptTheQuote() throws {
      let appliance = try Appliance(.swtpm)
      let custody = try appliance.custody()
      let quote = try custody.quote(qualifying: purpose)
      let folder = try TemporaryFolder()
      let key = try folder.write(
        "ak.pem",
        try runChecked(
          ["openssl", "pkey", "-pubin", "-inform", "DER"], input: custody.keys.attestationKey.key.spki))
      let hex = purpose.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      func accepted(_ attest: [UInt8], _ qualifying: String) throws -> Bool {
        try run([
          "tpm2_checkquote", "-u", key, "-m", try folder.write("attest", attest),
          "-s", try folder.write("signature", tpmForm(quote.signature)), "-q", qualifying, "-g", "sha256",
        ]).status == 0
      }
      #expect(try accepted(quote.attest, hex))
      #expect(try !accepted(quote.attest, hex.replacing(hex.suffix(1), with: hex.hasSuffix("0") ? "1" : "0")))
      #expect(try !accepted(quote.attest.dropLast() + [quote.attest.last! ^ 1], hex))
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func othersToolsAcceptTheAnchor() throws {
      let appliance = try Appliance(.swtpm)
      let custody = try appliance.custody()
      let value = try custody.extendAnchor(digest([1]))
      let anchor = try custody.certifyAnchor(qualifying: purpose)
      let spki = custody.keys.attestationKey.key.spki
      #expect(try opensslAccepts(anchor.signature, over: anchor.attest, spki: spki))
      let key = custody.keys.attestation.publicArea
      custody.tpm.close()
      let swtpm = try #require(appliance.bench.swtpm)
      func accepted(_ attest: [UInt8]) throws -> Bool {
        let environment = ["TPM2TOOLS_TCTI": swtpm.configuration]
        let context = swtpm.folder.path("ak.ctx")
        let area = try swtpm.folder.write("ak.pub", [0, UInt8(key.count)] + key)
        try swtpm.tool(["tpm2_loadexternal", "-C", "n", "-u", area, "-c", context])
        let program = [
          "tpm2_verifysignature", "-c", context, "-g", "sha256", "-m", try swtpm.folder.write("attest", attest),
          "-s", try swtpm.folder.write("signature", tpmForm(anchor.signature)),
        ]
        defer { try? swtpm.tool(["tpm2_flushcontext", "-t"]) }
        return try run(program, environment: environment).status == 0
      }
      #expect(try accepted(anchor.attest))
      #expect(try !accepted(anchor.attest.dropLast() + [anchor.attest.last! ^ 1]))

      // And what they read at the index is what was certified.
      let index = "0x" + String(custody.keys.anchor.handle, radix: 16)
      let file = swtpm.folder.path("contents")
      try swtpm.tool(["tpm2_nvread", "-C", index, "-s", "32", "-o", file, index])
      #expect(try readFile(file) == value)
    }

    /// A credential made at the desk, by software that knows nothing of ours.
    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools"), arguments: [false, true])
    func opensACredentialMadeForIt(_ owned: Bool) throws {
      let appliance = try Appliance(.swtpm)
      let secrets = EscrowSecrets.random()
      if owned { try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets) }
      let custody = try appliance.custody()
      let folder = try TemporaryFolder()
      let area = custody.keys.endorsement.publicArea
      let endorsement = try folder.write("ek.pub", [0, UInt8(area.count)] + area)
      let challenge = Array("0123456789abcdef0123456789abcdef".utf8)
      func credential(for name: [UInt8]) throws -> (blob: [UInt8], secret: [UInt8]) {
        try runChecked([
          "tpm2_makecredential", "-Q", "-T", "none", "-e", endorsement, "-s", try folder.write("secret", challenge),
          "-n", name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
          "-o", folder.path("credential"),
        ])
        // Magic and version, eight bytes, and two TPM2Bs.
        let made = try folder.read("credential").dropFirst(8)
        let size = made.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        return (Array(made.dropFirst(2).prefix(size)), Array(made.dropFirst(2 + size + 2)))
      }
      let made = try credential(for: custody.keys.attestation.name)
      func open(_ made: (blob: [UInt8], secret: [UInt8])) throws -> [UInt8] {
        owned
          ? try custody.activateCredential(made.blob, secret: made.secret, endorsementSecret: secrets.endorsement)
            .copied()
          : try custody.activateCredential(made.blob, secret: made.secret, endorsementSecret: .random(0)).copied()
      }
      #expect(try open(made) == challenge)
      try appliance.expectNothingLoaded("opening a credential")
      let foreign = try credential(for: custody.keys.commit.name)
      #expect(throws: TPMError.self) { try open(foreign) }
      if owned {
        #expect(
          refusal { _ = try custody.activateCredential(made.blob, secret: made.secret, endorsementSecret: .random(0)) }
            != nil)
      }
      try appliance.expectNothingLoaded("refusals")
    }
  #endif
}
