#if DEBUG
  import ApplianceIdentity
  import ArgumentParser
  import Attestation
  import Cryptography
  import Enrolling
  import Enrolment
  import Files
  import Ledger
  import Octets
  import Reasons
  import SignedNote
  import TPM
  import TestSupport
  import Testing

  @testable import CommandLine

  /// The desk's two commands, over files.
  @Suite struct EnrollTests {
    /// An appliance with a software TPM in a folder.
    private struct Appliance {
      let folder: TemporaryFolder
      let custody: CustodyTPM
      let storeID = [UInt8](repeating: 3, count: 16)

      init(_ folder: TemporaryFolder) throws {
        self.folder = folder
        try DurableFile.makeFolder(folder.path("tpm"))
        let tpm = try TPM.make(.software(stateDirectory: folder.path("tpm")))
        let made = try Provisioning.provision(tpm, authority: nil, pin: nil)
        custody = try CustodyTPM(tpm, made.keys, try #require(made.approved))
        let origin = Ledger.origin(of: storeID)
        let text = Checkpoint.text(origin: origin, size: 1, root: digest([1]).bytes)
        let checkpoint = SignedNote.serialized(
          text: text,
          signatures: [
            (origin, NoteKeyID.ecdsa(spki: made.keys.commit.spki), try custody.signCommit(digest(text)))
          ])
        let facts = ApplianceFacts(
          storeID: storeID, bootBinding: .none, isAuthorityHeld: false, certificates: [], checkpoint: checkpoint,
          program: "0.1.0")
        try folder.write("request", try custody.enrolmentRequest(facts))
      }

      func answer() throws {
        try folder.write(
          "answer",
          try custody.enrolmentAnswer(
            request: try folder.read("request"), challenge: try folder.read("challenge"), endorsementSecret: .random(0))
        )
      }
    }

    private func challenge(_ folder: TemporaryFolder, _ more: [String] = []) throws {
      try EnrollChallenge.parse(
        [folder.path("request"), "--challenge", folder.path("challenge"), "--secret", folder.path("secret")] + more
      ).run()
    }

    private func accept(_ folder: TemporaryFolder, by desk: String = "the desk") throws {
      try EnrollAccept.parse(
        ["request", "challenge", "secret", "answer"].map { folder.path($0) }
          + ["--by", desk, "--output", folder.path("identity")]
      ).run()
    }

    @Test func enrolsFromFileToFile() throws {
      let folder = try TemporaryFolder()
      let appliance = try Appliance(folder)
      // What was given instead of makers is said, and nothing is written.
      #expect(throws: UsageMistake.self) {
        try challenge(folder, ["--endorsement-roots", try folder.write("roots", Array("none".utf8))])
      }
      #expect(!DurableFile.isTaken(folder.path("challenge")))
      try challenge(folder)
      let mode = try runChecked(["stat", "-c", "%a", folder.path("secret")])
      #expect(mode == Array("600\n".utf8))
      try appliance.answer()
      #expect(throws: UsageMistake.self) { try accept(folder, by: "") }
      try accept(folder)
      let identity = try ApplianceIdentity(parsing: try folder.read("identity"), named: "identity")
      #expect(identity.storeID == appliance.storeID)
      #expect(identity.enrolled?.by == "the desk")
      #expect(identity.enrolled?.endorsement == "not certified: the desk gave no --endorsement-roots")

      // Neither is ever replaced.
      #expect(throws: UsageMistake.self) { try challenge(folder) }
      #expect(throws: UsageMistake.self) { try accept(folder) }
    }

    @Test func writesNothingForAWrongAnswer() throws {
      let folder = try TemporaryFolder()
      let appliance = try Appliance(folder)
      try challenge(folder)
      try appliance.answer()
      let answer = try EnrolmentAnswer(parsing: try folder.read("answer"))
      try folder.write(
        "answer",
        EnrolmentAnswer(transcript: answer.transcript, hmac: [UInt8](repeating: 0, count: 32), quote: answer.quote)
          .serialized())
      let failure = #expect(throws: Failure.self) { try accept(folder) }
      #expect(failure?.reason == .enrolmentCredentialNotOpened)
      #expect(!DurableFile.isTaken(folder.path("identity")))
    }

    @Test func saysWhatTheDeskMustKnow() throws {
      let folder = try TemporaryFolder()
      let appliance = try Appliance(folder)
      let request = try VerifiedRequest(verifying: try folder.read("request"))
      let text = EnrollText.lines(request, endorsement: "not certified: \u{1b}[2Jno").joined(separator: "\n")
      let keys = appliance.custody.keys
      for part in [
        Hex.encode(appliance.storeID), "software, for trying out", "not certified: \\u{1b}[2Jno",
        "\(ClaimedDigest(keys.report.fingerprint)) (without a PIN)", "\(ClaimedDigest(keys.commit.fingerprint))",
        "\(ClaimedDigest(keys.attestationKey.key.fingerprint))", Hex.encode(keys.anchor.name), "nobody", "1 leaves",
      ] {
        #expect(text.contains(part), "\(part)")
      }
      #expect(EnrollText.warnings(request, isCertified: false).count == 2)
      #expect(EnrollText.warnings(request, isCertified: false)[0].contains("software TPM"))
    }
  }
#endif
