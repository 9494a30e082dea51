import Cryptography
import TPM
import Testing

/// The report key's PIN and the lockout.
@Suite struct PINTests {
  private let message = digest(Array("a report".utf8))

  @Test(arguments: Bench.kinds) func theRightPINSigns(_ kind: Kind) throws {
    let appliance = try Appliance(kind, pin: "482913")
    let custody = try appliance.custody()
    let signature = try custody.signReport(message, pin: secret("482913"))
    try PublicKey(spki: appliance.keys.report.spki).verify(signature, digest: message, .ecdsa(.sha256))
    try appliance.expectNothingLoaded("signing")
    // Commits and the store need nobody's presence.
    _ = try custody.signCommit(message)
    _ = try custody.unsealStoreKey()
  }

  @Test(arguments: Bench.kinds) func aWrongPINCostsATry(_ kind: Kind) throws {
    let appliance = try Appliance(kind, pin: "482913")
    let secrets = EscrowSecrets.random()
    try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
    let custody = try appliance.custody()
    #expect(try custody.lockout().limit == 32)
    #expect(try custody.lockout().recovery == 7200)
    for left in [31, 30] {
      let error = refusal { _ = try custody.signReport(message, pin: secret("482914")) }
      #expect(error?.kind == .wrongPIN)
      #expect(error?.code == 0x98E)
      #expect(error?.message == "Wrong PIN. \(left) of 32 tries left.")
      try appliance.expectNothingLoaded("a wrong PIN")
    }
    _ = try custody.signReport(message, pin: secret("482913"))
    #expect(try custody.lockout().failures == 2)
    try custody.resetLockout(secrets.lockout)
    #expect(try custody.lockout().failures == 0)
    try appliance.expectNothingLoaded("resetting the lockout")
  }

  @Test func tooManyWrongPINsLockTheReportKeyAndNothingElse() throws {
    let appliance = try Appliance(pin: "482913")
    let secrets = EscrowSecrets.random()
    try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
    let custody = try appliance.custody()
    for _ in 0..<32 { _ = refusal { _ = try custody.signReport(message, pin: secret("000000")) } }
    #expect(try custody.lockout().isLocked)
    let error = refusal { _ = try custody.signReport(message, pin: secret("482913")) }
    #expect(error?.kind == .lockedOut)
    #expect(error?.code == 0x921)
    #expect(
      error?.message
        == "PIN is locked. One try comes back every 2 hours of power-on time; or take the wrong tries back: assay recover unlock."
    )
    try appliance.expectNothingLoaded("lockout")
    _ = try custody.extendAnchor(message)
    _ = try custody.signCommit(message)
    _ = try custody.unsealStoreKey()

    try custody.resetLockout(secrets.lockout)
    _ = try custody.signReport(message, pin: secret("482913"))
  }

  @Test func aWrongLockoutSecretResetsNothing() throws {
    let appliance = try Appliance(pin: "482913")
    let secrets = EscrowSecrets.random()
    try Provisioning.takeOwnership(appliance.tpm, of: appliance.keys, secrets)
    let custody = try appliance.custody()
    _ = refusal { _ = try custody.signReport(message, pin: secret("000000")) }
    #expect(refusal { try custody.resetLockout(secrets.owner) } != nil)
    #expect(try custody.lockout().failures == 1)
    try appliance.expectNothingLoaded("a refusal")
  }

  /// Presence is asked for before the TPM is: a PIN that was not given, or where there is none, costs no try.
  @Test func forgottenAndNeedlessPINsCostNothing() throws {
    let with = try Appliance(pin: "482913")
    #expect(refusal { _ = try with.custody().signReport(message) }?.kind == .pinUnsuitable)
    #expect(refusal { _ = try with.custody().signReport(message, pin: secret("12345")) }?.kind == .pinUnsuitable)
    #expect(try with.tpm.lockout().failures == 0)
    with.tpm.close()
    let without = try Appliance()
    #expect(refusal { _ = try without.custody().signReport(message, pin: secret("482913")) }?.kind == .pinUnsuitable)
  }

  @Test func impossiblePINsMakeNoStore() throws {
    for pin in ["12345", String(repeating: "1", count: 65)] {
      let bench = try Bench(.software)
      let tpm = try TPM.make(bench.driver)
      #expect(refusal { _ = try Appliance(bench, tpm, pin: pin) }?.kind == .pinUnsuitable)
    }
  }

  /// RFC 7914 §11: the vectors of PBKDF2 with HMAC-SHA-256.
  @Test func pbkdf2IsThatOfTheStandard() throws {
    let derived = try pbkdf2(secret("Password"), salt: Array("NaCl".utf8), iterations: 80000, count: 64).copied()
    #expect(
      derived.prefix(8).map { String($0, radix: 16) } == ["4d", "dc", "d8", "f6", "b", "98", "be", "21"])
  }
}
