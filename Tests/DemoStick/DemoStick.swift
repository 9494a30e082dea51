import FoundationEssentials
import MiniatureSigstore

/// The stick's contents, and a table of them.
struct DemoStick {
  private let world: MiniatureSigstore
  private let key = SampleKey(.p256)
  private let identity = SampleIdentity.releaseWorkflow
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    world = MiniatureSigstore(seed: seed)
  }

  private struct Item {
    let name: String
    let packing: Packing
    let style: TarStyle
    let form: MediumForm
    let carried: CarriedImage
    var tampering: Tampering?
    let about: String
  }

  func write(to folder: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(world.trustedRoot(), folder, "trusted-root.json")
    try write(Array(key.publicPEM.utf8), folder, "key.pub")
    var rows = [["FILE", "IMAGE", "WHAT IT IS"]]
    for item in items {
      var entries = item.form.entries(item.carried)
      if let tampering = item.tampering { entries = tampering.apply(to: entries, of: item.carried.image) }
      let file = item.name + item.packing.suffix
      try item.packing.write(entries, to: folder + "/" + file, style: item.style)
      rows.append([file, String(item.carried.image.digest.prefix(19)) + "…", item.about])
    }
    rows.append(["trusted-root.json", "", "the trust root of the Sigstore that signed them"])
    rows.append(["key.pub", "", "the public key that signed by-key.tar.gz"])
    return table(rows) + "\nkeyless identity:  \(identity.name.text)\nits issuer:        \(identity.issuer)\n"
  }

  private var items: [Item] {
    let good = SampleImage.make(
      seed: seed, platforms: [.linuxAMD64, .linuxARM64, .windowsAMD64], layerSize: 400_000, carriesForeignLayers: true)
    let byKey = SampleImage.make(seed: seed + 1, layerSize: 400_000)
    let tampered = SampleImage.make(seed: seed + 2, layerSize: 400_000)
    let unsigned = SampleImage.make(seed: seed + 3, layerSize: 400_000)
    let attested = SampleImage.make(
      seed: seed + 4, platforms: [.linuxAMD64, .linuxARM64], layerSize: 400_000, buildKitAttestations: true)
    return [
      Item(
        name: "good", packing: .tar, style: .plain, form: .orasBackup,
        carried: carried(good, "app", [.bundle(keyless(.statement(good.signingStatement), log: .v2))]),
        about: "three platforms, signed keyless (Rekor v2, timestamp)"),
      Item(
        name: "by-key", packing: .tarGzip, style: .gnuDot, form: .cosignSave,
        carried: carried(
          byKey, "tool",
          [.signature(world.issue(SigningRequest(.message(byKey.simpleSigningPayload()), as: .key(key))))]),
        about: "signed with key.pub, old cosign format"),
      Item(
        name: "attested", packing: .tarZstd, style: .pax, form: .orasBackupAllTags,
        carried: carried(
          attested, "app",
          [
            .bundle(keyless(.statement(attested.signingStatement), log: .v1())),
            .bundle(
              keyless(
                .statement(attested.statement(SampleStatement.slsaProvenance1, version: .v1)), log: .v1())),
          ]),
        about: "signed keyless (Rekor v1), with SLSA provenance v1"),
      Item(
        name: "tampered", packing: .tar, style: .plain, form: .orasBackup,
        carried: carried(tampered, "app", [.bundle(keyless(.statement(tampered.signingStatement), log: .v2))]),
        tampering: .layerByteFlipped, about: "signed like good.tar; one byte of a layer was changed later"),
      Item(
        name: "unsigned", packing: .tar, style: .plain, form: .skopeoArchive, carried: carried(unsigned, "app", []),
        about: "nobody signed it"),
    ]
  }

  private func carried(_ image: SampleImage, _ name: String, _ attachments: [Attachment]) -> CarriedImage {
    CarriedImage(image, attachments, repository: "registry.miniature.example/acme/" + name)
  }

  private func keyless(_ content: SigningRequest.Content, log: SigningRequest.Log) -> Issued {
    world.issue(SigningRequest(content, as: .certificate(identity), log: log))
  }

  private func write(_ bytes: [UInt8], _ folder: String, _ name: String) throws {
    try Data(bytes).write(to: URL(filePath: folder + "/" + name))
  }

  private func table(_ rows: [[String]]) -> String {
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }
      return cells.joined() + row[2] + "\n"
    }.joined()
  }
}
