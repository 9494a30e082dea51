import TPM
import Testing

@Suite struct TPMTests {
  @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func swtpmIsThere() {
    #expect(SwTPM.isPresent)
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
}
