import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// Trust bundles that python-tuf made, honest and not, as the operator takes them in.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct TrustImportTests {
  /// A store, a trust root, an image that it vouches for, and the keys of a site.
  struct Site {
    let assay: Assay
    let folder: TemporaryFolder
    let image: [String]
    let world = MiniatureSigstore(seed: 11)
    /// What vouches for the image.
    let signed: Issued

    init(pinned: Bool = true) throws {
      assay = try Assay()
      folder = try TemporaryFolder()
      let sample = SampleImage.make(seed: 11, layerSize: 3000)
      let identity = SampleIdentity.releaseWorkflow
      signed = world.issue(SigningRequest(.statement(sample.signingStatement), as: .certificate(identity)))
      let archive = folder.path("image.tar")
      try Packing.tar.write(MediumForm.orasBackup.entries(CarriedImage(sample, [.bundle(signed)])), to: archive)
      try folder.write("trusted_root.json", world.trustedRoot())
      image = [
        archive, "--certificate-identity", identity.name.text, "--certificate-oidc-issuer", identity.issuer,
      ]
      try #require(try assay.run(["init", "--tpm", "software"]).status == 0)
      if pinned {
        let first = try bundle(1, files: [])
        try #require(try assay.run(["trust", "pin", first + "/metadata/1.root.json"]).status == 0)
      }
    }

    /// A publication, as a folder.
    func bundle(_ version: Int, _ spoiling: [String] = [], files: [String]? = nil) throws -> String {
      let out = folder.path("bundle-\(version)-\(UInt32.random(in: 0...(.max)))")
      let made = try PythonTUF.run(
        [folder.path("keys"), out, "\(version)"] + spoiling + (files ?? [trustedRoot]), script: "site_bundle.py")
      guard made.status == 0 else { throw RunError(description: made.errors) }
      return out
    }

    func importing(_ media: String, _ more: [String] = []) throws -> RunResult {
      try assay.run(["trust", "import", media] + more)
    }

    /// A file of this text for `bundle`, as `ROLE:PATH`.
    func file(_ place: String, _ text: String) throws -> String { try file(place, Array(text.utf8)) }

    func file(_ place: String, _ bytes: [UInt8]) throws -> String {
      let name = place.split { "/:".contains($0) }.joined(separator: "-")
      return try folder.write("\(UInt32.random(in: 0...(.max)))-\(name)", bytes) + "=\(place)"
    }

    var trustedRoot: String { "\(folder.path("trusted_root.json"))=trust:good/trusted_root.json" }

    func head() throws -> String { try assay.run(["ledger", "verify"]).output }
  }

  @Test func aBundleIsTakenInAndUsed() throws {
    let site = try Site()
    #expect(try site.assay.verify(site.image).answer.firstReason == "trust-root.missing")
    let bundle = try site.bundle(1)
    let before = try site.head()
    let shown = try site.importing(bundle, ["--dry-run"])
    #expect(shown.status == 0, "\(shown.errors)")
    for word in ["adds        trust-root good/trusted_root.json", "CA ", "timestamp version 1 expired 2026-01-08"] {
      #expect(shown.output.contains(word), "\(word): \(shown.output)")
    }
    #expect(try site.head() == before)
    #expect(try site.importing(bundle).output.contains("Imported in"))
    let verified = try site.assay.run(["verify"] + site.image)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(verified.output.contains("installed as good/trusted_root.json"))
    #expect(try site.assay.run(["status"]).output.contains("trust       good/trusted_root.json"))
    // Once more changes nothing, and records nothing.
    let after = try site.head()
    #expect(try site.importing(bundle).output.contains("Nothing changes"))
    #expect(try site.head() == after)
    // What a later bundle leaves out is gone.
    #expect(try site.importing(site.bundle(2, files: [])).output.contains("removes     trust-root"))
    #expect(try site.assay.verify(site.image + ["--fresh"]).answer.firstReason == "trust-root.missing")
  }

  @Test(arguments: ["tar", "gz", "zst"]) func anyPackingWillDo(_ packing: String) throws {
    let site = try Site()
    let bundle = try site.bundle(1)
    let file = site.folder.path("bundle." + packing)
    let flags = ["tar": [], "gz": ["-z"], "zst": ["--zstd"]][packing] ?? []
    try runChecked(["tar"] + flags + ["-cf", file, "-C", bundle, "metadata", "targets"])
    #expect(try site.importing(file).status == 0)
    let cut = try site.folder.write("cut", Array(try readFile(file).prefix(1500)))
    #expect(try site.importing(cut).status == 3)
  }

  /// Refused whole, with the previous trust in force and nothing recorded.
  static let refused: [(version: Int, spoiling: String, file: String?, reason: String)] = [
    (1, "-", nil, "tuf.rollback"), (3, "one-signature", nil, "tuf.threshold-not-met"),
    (3, "swapped-target", nil, "tuf.length-mismatch"), (3, "absent-target", nil, "tuf.file-missing"),
    (3, "-", "trust:good/script.sh", "trust-bundle.unsupported"),
    (3, "-", "deny:deny/a/1.json", "trust-bundle.unsupported"),
    (3, "-", "deny:deny/1.json", "trust-bundle.unsupported"),
    (3, "-", "policy:policy/else.json", "trust-bundle.unsupported"),
    // Only the role deny denies, and only the role policy sets limits.
    (3, "-", "trust:deny/000001.json", "trust-bundle.unsupported"),
    (3, "-", "deny:deny/000001.json", "json.malformed"), (3, "-", "policy:policy/approvals.json", "json.malformed"),
    (3, "-", "policy:policy/age-limits.json", "json.malformed"),
    (3, "-", "policy:policy/lifted-denials.json", "json.malformed"),
    (3, "-", "trust:other/trusted_root.json", "json.malformed"),
  ]

  @Test(arguments: refused.indices) func aBadBundleChangesNothing(_ index: Int) throws {
    let (version, spoiling, file, reason) = Self.refused[index]
    let site = try Site()
    try #require(try site.importing(site.bundle(2)).status == 0)
    let before = try site.head()
    var files: [String]?
    if let file { files = [try site.folder.write("other", Array("no JSON".utf8)) + "=" + file] }
    if spoiling != "-", spoiling != "one-signature" {
      // Another root than the one in force, so that its bytes are looked at.
      files = [
        try site.folder.write("other.json", MiniatureSigstore(seed: 12).trustedRoot()) + "=trust:new/trusted_root.json"
      ]
    }
    let result = try site.importing(site.bundle(version, spoiling == "-" ? [] : [spoiling], files: files))
    // What is merely not carried is incomplete.
    #expect(result.status == (reason == "tuf.file-missing" ? 4 : 3), "\(result.output)")
    #expect(result.errors.contains(reason), "\(result.errors)")
    #expect(try site.head() == before)
    #expect(try site.assay.run(["verify"] + site.image).status == 0)
  }

  /// Whoever leaves one out must leave out all behind it, which shows as age.
  @Test func aSkippedRootIsNotPassedOver() throws {
    let site = try Site()
    let bundle = try site.bundle(1)
    let before = try site.head()
    try FileManager.default.copyItem(
      atPath: bundle + "/metadata/1.root.json", toPath: bundle + "/metadata/3.root.json")
    let result = try site.importing(bundle)
    #expect(result.status == 4 && result.errors.contains("tuf.file-missing"), "\(result.errors)")
    #expect(try site.head() == before)
  }

  @Test func anotherSitesBundleIsNobodys() throws {
    let (site, other) = (try Site(), try Site())
    let result = try site.importing(other.bundle(1))
    #expect(result.status == 3)
    #expect(result.errors.contains("tuf.threshold-not-met"))
  }

  @Test func nothingIsTrustedOnFirstUse() throws {
    let site = try Site(pinned: false)
    let bundle = try site.bundle(1)
    let result = try site.importing(bundle)
    #expect(result.status == 4)
    #expect(result.errors.contains("trust-bundle.unpinned"))
    let root = bundle + "/metadata/1.root.json"
    #expect(try site.assay.run(["trust", "pin", root]).status == 0)
    #expect(try site.assay.run(["trust", "pin", root]).status == 64)
    let stranger = try site.folder.write("stranger", Array("{}".utf8))
    #expect(try site.assay.run(["trust", "pin", stranger]).status == 64)
  }

  @Test func strangersOnTheMediumRefuse() throws {
    let site = try Site()
    let bundle = try site.bundle(1)
    try Data([1]).write(to: URL(filePath: bundle + "/autorun.inf"))
    let result = try site.importing(bundle)
    #expect(result.status == 3)
    #expect(result.errors.contains("trust-bundle.malformed"))
  }
}
