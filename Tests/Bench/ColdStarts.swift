import Cryptography
import Glibc
import MiniatureSigstore
import Store
import TPM
import TestSupport

extension Bench {
  private static let rounds = 31

  /// One keyless Sigstore bundle, in a process that begins and ends with it.
  func measureColdBundle() throws {
    let world = MiniatureSigstore()
    let artifact = Array("an artifact".utf8)
    let identity = SampleIdentity.releaseWorkflow
    let file = try folder.write("artifact", artifact)
    let bundle = try folder.write(
      "artifact.sigstore.json", world.issue(SigningRequest(.message(artifact), as: .certificate(identity))).bundle())
    let root = try folder.write("trusted_root.json", world.trustedRoot())
    let costs = try Cost.inTurns(
      [
        [
          assay, "verify-bundle", "--bundle", bundle, "--trusted-root", root, "--certificate-identity",
          identity.name.text, "--certificate-oidc-issuer", identity.issuer, file,
        ]
      ], rounds: Self.rounds)[0]
    Table.head("one keyless bundle (Rekor v1), cold process")
    Table.bound("processor", costs.median(\.processor), atMost: 0.015, Table.milliseconds)
    Table.bound("peak memory", costs.median(\.peak), atMost: 24 * 1_048_576, Table.mebibytes)
    Table.note("wall", Table.milliseconds(costs.median(\.wall)))
  }

  /// A small image, with a report that a software TPM signs. The TPM's own time is measured apart, by a process that does
  /// nothing else, in a store of its own: what extends the anchor without a ledger leaves a store that no start accepts.
  func measureColdImage() throws {
    let state = folder.path("state")
    let another = folder.path("another")
    for store in [state, another] { try runChecked([assay, "init", "--tpm", "software", "--state", store]) }
    let (what, image) = try smallImage()
    var walls: [Double] = []
    var rests: [Double] = []
    var signing: [Double] = []
    for round in 0...Self.rounds {
      let whole = try Cost.of([assay, "verify", "--fresh", "--state", state] + image).wall
      let output = try runChecked([CommandLine.arguments[0], "sign", another])
      guard let tpm = Double(String(decoding: output, as: UTF8.self).filter { $0 != "\n" }) else {
        throw BenchFailure("no figure of the TPM")
      }
      // The first round warms up.
      guard round > 0 else { continue }
      walls.append(whole)
      signing.append(tpm)
      rests.append(whole - tpm)
    }
    let unsigned = try Cost.inTurns([[assay, "verify"] + image], rounds: Self.rounds)[0]
    Table.head("\(what), cold process, report signed by a software TPM")
    Table.note("wall", Table.milliseconds(median(walls)))
    Table.note("of which TPM: start, keys, anchor, sign", Table.milliseconds(median(signing)))
    Table.bound("the rest", median(rests), atMost: 0.018, Table.milliseconds)
    Table.note("wall without a store, report not signed", Table.milliseconds(unsigned.median(\.wall)))
  }

  /// The arguments that admit it.
  func smallImage() throws -> (String, [String]) {
    if Corpus.isPresent {
      return (
        "real image slsa-v2.1.0 (keyless provenance)",
        [
          "--trusted-root", Corpus.path("trust/sigstore-public-good.trusted_root.json"),
          "--certificate-identity-regexp",
          #"^https://github.com/slsa-framework/slsa-github-generator/\.github/workflows/.*$"#,
          "--certificate-oidc-issuer", "https://token.actions.githubusercontent.com", "--require",
          "attestation=https://slsa.dev/provenance/v0.2", Corpus.path("oci/real/slsa-v2.1.0.tar"),
        ]
      )
    }
    let world = MiniatureSigstore()
    let image = SampleImage.make(seed: 1, layerSize: 400_000)
    let identity = SampleIdentity.releaseWorkflow
    let issued = world.issue(SigningRequest(.statement(image.signingStatement), as: .certificate(identity)))
    let file = folder.path("small.tar")
    try Packing.tar.write(MediumForm.orasBackup.entries(CarriedImage(image, [.bundle(issued)])), to: file)
    return (
      "small image of our own (keyless signature)",
      [
        "--trusted-root", try folder.write("trusted_root.json", world.trustedRoot()), "--certificate-identity",
        identity.name.text, "--certificate-oidc-issuer", identity.issuer, file,
      ]
    )
  }
}

extension Errand {
  /// Prints the seconds that a store's TPM takes for what one archive asks of it: its start, the store key, the clock, and
  /// the signatures under report, commit, checkpoint and quote, with the anchor's extension. It ruins the store.
  static func sign(stateDirectory: String) throws {
    let store = try Store.open(at: stateDirectory)
    let digest = digest(Array("a report".utf8))
    let start = seconds(CLOCK_MONOTONIC)
    let tpm = try store.custody()
    _ = try tpm.unsealStoreKey()
    _ = try tpm.readAnchor()
    _ = try tpm.policyVersion()
    _ = try tpm.clock()
    _ = try tpm.clock()
    _ = try tpm.signReport(digest)
    _ = try tpm.signCommit(digest)
    _ = try tpm.readAnchor()
    try tpm.extendAnchor(digest)
    _ = try tpm.readAnchor()
    _ = try tpm.signCommit(digest)
    _ = try tpm.quote(qualifying: digest.bytes)
    _ = try tpm.pcrs()
    tpm.tpm.close()
    print(seconds(CLOCK_MONOTONIC) - start)
  }
}
