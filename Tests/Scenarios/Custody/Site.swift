import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// A signed image on a stick, and a machine with a store.
struct Site {
  let assay: Assay
  let stick: TemporaryFolder
  let archive: String
  let key: String

  /// - Parameter initialising: further arguments of `init`; nil makes no store.
  init(_ tampering: Tampering? = nil, initialising: [String]? = []) throws {
    assay = try Assay()
    stick = try TemporaryFolder()
    let signer = SampleKey(.p256)
    let image = SampleImage.make(seed: 7, layerSize: 5000)
    let issued = MiniatureSigstore(seed: 7).issue(
      SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer)))
    var entries = MediumForm.cosignSave.entries(CarriedImage(image, [.signature(issued)]))
    if let tampering { entries = tampering.apply(to: entries, of: image) }
    archive = stick.path("image.tar")
    try Packing.tar.write(entries, to: archive, style: .plain)
    key = try stick.write("key.pub", Array(signer.publicPEM.utf8))
    if let initialising {
      let made = try assay.run(["init", "--tpm", "software"] + initialising)
      try #require(made.status == 0, "\(made.errors)")
    }
  }

  /// Verifies with `--report`, and returns the one report's path.
  func report() throws -> String {
    let folder = stick.path("reports")
    _ = try assay.verify([archive, "--key", key, "--report", folder])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.contains(".vsa.") && !$0.hasSuffix(".receipt.json") }
    return folder + "/" + (try #require(names.count == 1 ? names.first : nil))
  }

  /// The store's folder.
  var store: String { assay.storeFolder }

  /// What `assay enroll identity` says, in a file.
  func identity() throws -> String {
    try stick.write("appliance.json", try assay.run(["enroll", "identity"]).stdout)
  }

  func reportKey() throws -> String {
    try stick.write("report-key.pub", try assay.run(["report", "key"]).stdout)
  }
}
