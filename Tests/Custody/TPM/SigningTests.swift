import Cryptography
import TPM
import TestSupport
import Testing

/// The keys that sign reports and commits, in the TPM that made them.
@Suite struct SigningTests {
  private let message = Array("what a report says".utf8)

  @Test(arguments: Bench.kinds) func signsWhatOpenSSLAccepts(_ kind: Kind) throws {
    let appliance = try Appliance(kind)
    let (keys, approved) = (appliance.keys, try #require(appliance.provisioned.approved))
    func expectAccepted(_ custody: CustodyTPM) throws {
      for (signature, spki) in [
        (try custody.signReport(digest(message)), keys.report.spki),
        (try custody.signCommit(digest(message)), keys.commit.spki),
      ] {
        #expect(try opensslAccepts(signature, over: message, spki: spki))
        #expect(try !opensslAccepts(signature, over: message + [0], spki: spki))
      }
    }
    try expectAccepted(try appliance.custody())
    appliance.tpm.close()
    // The keys are of use to the same TPM, opened again.
    try expectAccepted(try CustodyTPM(try TPM.open(appliance.bench.driver), keys, approved))
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
    let appliance = try Appliance(bench, tpm)
    try expectEmpty("provisioning")
    _ = try tpm.random(100)
    try expectEmpty("random bytes")
    let custody = try appliance.custody()
    for round in 0..<4 {
      _ = try custody.signReport(digest(message))
      try expectEmpty("signature \(round)")
    }
    let (keys, approved) = (appliance.keys, try #require(appliance.provisioned.approved))
    let root = keys.storageRoot
    let orphan = try keys.with(
      storageRoot: PersistentKey(
        handle: root.handle, publicArea: root.publicArea.dropLast() + [root.publicArea.last! ^ 1]))
    let report = keys.report.object
    let broken = try keys.with(
      report: CreatedObject(
        publicArea: report.publicArea, privateBlob: report.privateBlob.dropLast() + [report.privateBlob.last! ^ 1],
        creationData: report.creationData, creationTicket: report.creationTicket))
    for _ in 0..<4 {
      #expect(refusal { _ = try CustodyTPM(tpm, orphan, approved).signReport(digest(message)) }?.kind == .anotherKey)
      try expectEmpty("an unknown parent")
      #expect(refusal { _ = try CustodyTPM(tpm, broken, approved).signReport(digest(message)) }?.code == 0x1DF)
      try expectEmpty("a broken key")
    }
  }

  @Test func twoStoresHaveKeysOfTheirOwn() throws {
    let bench = try Bench(.software)
    let tpm = try TPM.make(bench.driver)
    let one = try Appliance(bench, tpm).keys
    let other = try Appliance(bench, tpm).keys
    #expect(one.storageRoot == other.storageRoot)
    let all = [one.commit, one.report, other.commit, other.report]
    #expect(Set(all.map(\.name)).count == 4)
    #expect(Set(all.map(\.spki)).count == 4)
  }

  @Test func takesSHA256Only() throws {
    let custody = try Appliance().custody()
    let digest = digest(message, .sha512)
    for operation in [
      { _ = try custody.signReport(digest) }, { _ = try custody.signCommit(digest) },
      { _ = try custody.extendAnchor(digest) },
    ] as [() throws -> Void] {
      let error = refusal(operation)
      #expect(error?.kind == .keyMalformed)
      #expect(error?.message.contains("SHA-256 digests only") == true)
    }
  }
}
