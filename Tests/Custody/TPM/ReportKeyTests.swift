import Cryptography
import TPM
import TestSupport
import Testing

@Suite struct ReportKeyTests {
  private let message = Array("what a report says".utf8)

  @Test(arguments: Bench.kinds) func signsWhatOpenSSLAccepts(_ kind: Kind) throws {
    let bench = try Bench(kind)
    let first = try TPM.make(bench.driver)
    let key = try first.createReportKey()
    let signature = try first.sign(digest(message), with: key)
    first.close()
    #expect(try opensslAccepts(signature, over: message, spki: key.spki))
    #expect(try !opensslAccepts(signature, over: message + [0], spki: key.spki))

    // The key is of use to the same TPM, opened again.
    let second = try TPM.open(bench.driver)
    #expect(try opensslAccepts(try second.sign(digest(message), with: key), over: message, spki: key.spki))
  }

  @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func swtpmIsThere() {
    #expect(SwTPM.isPresent)
  }

  /// Three slots and no resource manager: the fourth leak would fail.
  @Test(arguments: Bench.kinds) func leavesNothingLoaded(_ kind: Kind) throws {
    let bench = try Bench(kind)
    let tpm = try TPM.make(bench.driver)
    func expectEmpty(_ after: String) throws {
      #expect(try tpm.transientObjects() == 0, "after \(after)")
      #expect(try tpm.loadedSessions() == 0, "after \(after)")
    }
    try expectEmpty("opening")
    let key = try tpm.createReportKey()
    try expectEmpty("making a key")
    _ = try tpm.random(100)
    try expectEmpty("random bytes")
    for round in 0..<4 {
      _ = try tpm.sign(digest(message), with: key)
      try expectEmpty("signature \(round)")
    }
    let orphan = try ReportKeyBlob(
      publicArea: key.publicArea, privateBlob: key.privateBlob, parentName: [0, 11] + [UInt8](repeating: 0, count: 32))
    let broken = try ReportKeyBlob(
      publicArea: key.publicArea, privateBlob: key.privateBlob.dropLast() + [key.privateBlob.last! ^ 1],
      parentName: key.parentName)
    for _ in 0..<4 {
      #expect(throws: TPMError.self) { try tpm.sign(digest(message), with: orphan) }
      try expectEmpty("an unknown parent")
      #expect(throws: TPMError.self) { try tpm.sign(digest(message), with: broken) }
      try expectEmpty("a broken key")
    }
  }

  @Test func twoKeysDiffer() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    let one = try tpm.createReportKey()
    let other = try tpm.createReportKey()
    #expect(one.parentName == other.parentName)
    #expect(one.name != other.name)
    #expect(one.spki != other.spki)
  }

  @Test func anotherTPMRefusesTheKey() throws {
    let mine = try Bench(.software)
    let key = try { try TPM.make(mine.driver).createReportKey() }()
    let other = try Bench(.software)
    let tpm = try TPM.make(other.driver)
    let itsParent = try tpm.createReportKey().parentName

    let error = #expect(throws: TPMError.self) { try tpm.sign(digest(message), with: key) }
    #expect(error?.kind == .anotherKey)
    #expect(error?.message.contains("Keys belong to another TPM") == true)

    // Where the pin is altered too, the TPM itself refuses: TPM_RC_INTEGRITY of parameter 1.
    let repinned = try ReportKeyBlob(
      publicArea: key.publicArea, privateBlob: key.privateBlob, parentName: itsParent)
    let refusal = #expect(throws: TPMError.self) { try tpm.sign(digest(message), with: repinned) }
    #expect(refusal?.code == 0x1DF)
    #expect(refusal?.message.contains("Keys belong to another TPM") == true)
  }

  @Test func signsSHA256Only() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    let key = try tpm.createReportKey()
    let error = #expect(throws: TPMError.self) { try tpm.sign(digest(message, .sha512), with: key) }
    #expect(error?.kind == .keyMalformed)
  }

  /// A TPM that errs: its signature is over something else.
  @Test func aSignatureThatDoesNotVerifyIsNotGivenOut() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    let key = try tpm.createReportKey()
    let signature = try tpm.sign(digest(message), with: key)
    try ECDSASignature.check(signature, over: digest(message), spki: key.spki)
    let error = #expect(throws: TPMError.self) {
      try ECDSASignature.check(signature, over: digest(message + [0]), spki: key.spki)
    }
    #expect(error?.kind == .badSignature)
  }

  @Test func aClosedTPMAnswersNothing() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    tpm.close()
    let error = #expect(throws: TPMError.self) { try tpm.random(1) }
    #expect(error?.kind == .closed)
  }

  @Test func randomBytesAreAsManyAsAsked() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    for count in [0, 1, 16, 32, 33, 100] { #expect(try tpm.random(count).count == count) }
    #expect(try tpm.random(16) != tpm.random(16))
  }

  // MARK: The storage root key

  #if DEBUG
    private static let tools = isInstalled("tpm2_createprimary") && SwTPM.isPresent

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools"))
    func theStorageRootKeyPersistsAndCanBeDerivedAgain() throws {
      let swtpm = try SwTPM()
      let driver = try TPMDriver(parsing: swtpm.configuration, stateDirectory: "")
      let key = try { try TPM.open(driver).createReportKey() }()
      let area = swtpm.folder.path("srk.pub")
      try swtpm.tool(["tpm2_readpublic", "-c", "0x81000001", "-n", area])
      #expect(try readFile(area) == key.parentName)

      try swtpm.tool(["tpm2_evictcontrol", "-C", "o", "-c", "0x81000001"])
      let tpm = try TPM.open(driver)
      #expect(try opensslAccepts(try tpm.sign(digest(message), with: key), over: message, spki: key.spki))
      #expect(try tpm.transientObjects() == 0)
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func aForeignKeyAtTheHandleStaysUntouched() throws {
      let swtpm = try SwTPM()
      let driver = try TPMDriver(parsing: swtpm.configuration, stateDirectory: "")
      let context = swtpm.folder.path("rsa.ctx")
      try swtpm.tool(["tpm2_createprimary", "-C", "o", "-G", "rsa", "-c", context])
      try swtpm.tool(["tpm2_evictcontrol", "-C", "o", "-c", context, "0x81000001"])
      let (before, after) = (swtpm.folder.path("before"), swtpm.folder.path("after"))
      try swtpm.tool(["tpm2_readpublic", "-c", "0x81000001", "-n", before])

      let tpm = try TPM.open(driver)
      let key = try tpm.createReportKey()
      #expect(try opensslAccepts(try tpm.sign(digest(message), with: key), over: message, spki: key.spki))
      #expect(try tpm.transientObjects() == 0)
      tpm.close()
      try swtpm.tool(["tpm2_readpublic", "-c", "0x81000001", "-n", after])
      #expect(try readFile(before) == readFile(after))
      #expect(try readFile(before) != key.parentName)
    }

    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools")) func anOwnerPasswordIsSaid() throws {
      let swtpm = try SwTPM()
      try swtpm.tool(["tpm2_changeauth", "-c", "owner", "secret"])
      let tpm = try TPM.open(try TPMDriver(parsing: swtpm.configuration, stateDirectory: ""))
      let error = #expect(throws: TPMError.self) { try tpm.createReportKey() }
      #expect(error?.message.contains("owner hierarchy has a password") == true)
      #expect(try tpm.transientObjects() == 0)
    }
  #endif
}
