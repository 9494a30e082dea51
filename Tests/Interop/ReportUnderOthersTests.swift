import MiniatureSigstore
import TestSupport
import Testing

/// Our report is checked by programs that never heard of Assay, with no network.
@Suite struct ReportUnderOthersTests {
  /// A machine with a store has judged one image, and handed out its report.
  struct Handover {
    enum Judged: String, Sendable, CaseIterable {
      case manifest, index, tampered
    }

    let folder: TemporaryFolder
    let image: SampleImage
    /// The Sigstore bundle.
    let report: String
    /// PEM.
    let key: String

    init(_ judged: Judged) throws {
      folder = try TemporaryFolder()
      image = .make(
        seed: 31, platforms: judged == .index ? [.linuxAMD64, .linuxARM64] : [.linuxAMD64], layerSize: 4000)
      let signer = SampleKey()
      let signature = MiniatureSigstore(seed: 7).issue(
        SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer)))
      var entries = MediumForm.cosignSave.entries(CarriedImage(image, [.signature(signature)]))
      if judged == .tampered { entries = Tampering.layerByteFlipped.apply(to: entries, of: image) }
      let archive = folder.path("image.tar")
      try Packing.tar.write(entries, to: archive)

      let assay = try Assay()
      let made = try assay.run(["init", "--tpm", "software"])
      try #require(made.status == 0, "\(made.errors)")
      let signerKey = try folder.write("signer.pub", Array(signer.publicPEM.utf8))
      let answer = try assay.verify([archive, "--key", signerKey, "--report", folder.path("reports")]).answer
      try #require(answer.verdict == (judged == .tampered ? "refuse" : "admit"))
      report = folder.path("reports/sha256-\(image.root.hex).vsa.sigstore.json")
      key = try folder.write("report-key.pub", try assay.run(["report", "key"]).stdout)
    }

    /// The blobs that the report is about.
    var subjects: [[UInt8]] { [image.root.bytes] + image.platforms.map(\.manifest.bytes) }

    func verify(
      _ cosign: Cosign, _ blob: [UInt8], report: String? = nil, key: String? = nil,
      type: String = "https://slsa.dev/verification_summary/v1"
    ) throws -> RunResult {
      var arguments = [
        "verify-blob-attestation", "--key", key ?? self.key, "--bundle", report ?? self.report, "--type", type,
        "--insecure-ignore-tlog", "--trusted-root", try folder.write("empty.json", Cosign.emptyTrustedRoot),
      ]
      if cosign.generation < 3 { arguments += ["--new-bundle-format"] }
      return try cosign.run(arguments + [try folder.write("blob", blob)], home: folder)
    }
  }

  @Test(
    .enabled(if: !Cosign.programs.isEmpty, Comment(rawValue: Cosign.absence)), arguments: Cosign.programs,
    Handover.Judged.allCases)
  func cosignTakesIt(_ cosign: Cosign, _ judged: Handover.Judged) throws {
    let handover = try Handover(judged)
    for blob in handover.subjects {
      let result = try handover.verify(cosign, blob)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test(.enabled(if: !Cosign.programs.isEmpty, Comment(rawValue: Cosign.absence)), arguments: Cosign.programs)
  func cosignRefusesWhatItIsNotAbout(_ cosign: Cosign) throws {
    let handover = try Handover(.manifest)
    let blob = handover.image.root.bytes
    let otherBlob = try handover.verify(cosign, handover.image.platforms[0].config.bytes)
    #expect(otherBlob.status != 0 && otherBlob.errors.contains("provided artifact digest"), "\(otherBlob.errors)")

    let stranger = try handover.folder.write("stranger.pub", Array(SampleKey().publicPEM.utf8))
    let otherKey = try handover.verify(cosign, blob, key: stranger)
    #expect(otherKey.status != 0 && otherKey.errors.contains("do not match threshold"), "\(otherKey.errors)")

    var text = String(decoding: try readFile(handover.report), as: UTF8.self)
    let payload = try #require(text.firstRange(of: "\"payload\":\""))
    let place = text.index(payload.upperBound, offsetBy: 200)
    text.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
    let edited = try handover.folder.write("edited.json", Array(text.utf8))
    #expect(try handover.verify(cosign, blob, report: edited).status != 0)

    // cosign 2 does not look at the type.
    if cosign.generation >= 3 {
      let otherType = try handover.verify(cosign, blob, type: "https://slsa.dev/provenance/v1")
      #expect(otherType.status != 0 && otherType.errors.contains("predicate type"), "\(otherType.errors)")
    }
  }

  // MARK: OpenSSL, as docs/formats/Report.md has it

  /// The recipe of the page, to the letter.
  static func recipe() throws -> String {
    let page = String(decoding: try readFile("docs/formats/Report.md"), as: UTF8.self)
    let start = try #require(page.firstRange(of: "```sh\n"))
    let end = try #require(page[start.upperBound...].firstRange(of: "```"))
    return String(page[start.upperBound..<end.lowerBound])
  }

  func follow(_ handover: Handover, key: String? = nil, blob: [UInt8]? = nil) throws -> RunResult {
    let manifest = try handover.folder.write("manifest", blob ?? handover.image.root.bytes)
    return try run(
      Isolation.alone + ["sh", "-e"], input: Array(try Self.recipe().utf8),
      environment: ["REPORT": handover.report, "KEY": key ?? handover.key, "MANIFEST": manifest],
      in: handover.folder.path)
  }

  @Test(arguments: Handover.Judged.allCases) func opensslTakesIt(_ judged: Handover.Judged) throws {
    let handover = try Handover(judged)
    for blob in handover.subjects {
      let result = try follow(handover, blob: blob)
      #expect(result.status == 0 && result.output.contains("Verified OK"), "\(result.output)\(result.errors)")
    }
  }

  @Test func opensslRefusesAnotherKey() throws {
    let handover = try Handover(.manifest)
    let stranger = try handover.folder.write("stranger.pub", Array(SampleKey().publicPEM.utf8))
    let result = try follow(handover, key: stranger)
    #expect(result.status != 0 && result.output.contains("Verification failure"), "\(result.output)\(result.errors)")
  }

  @Test func recipeRefusesAnotherBlob() throws {
    let handover = try Handover(.manifest)
    let result = try follow(handover, blob: handover.image.platforms[0].config.bytes)
    #expect(result.status != 0 && result.output.contains("Verified OK"), "\(result.output)\(result.errors)")
  }
}
