import Base64
import Cryptography
import Octets
import StrictJSON
import TestSupport
import Testing

/// One piece of evidence about many images is repeated with each: what that takes is bounded before anything is recorded.
struct RecordedBytesTests {
  private static let manifestType = "application/vnd.oci.image.manifest.v1+json"

  private func descriptor(_ bytes: [UInt8], _ type: String, _ annotations: JSON = [:]) -> JSON {
    [
      "annotations": annotations, "digest": .text("\(ClaimedDigest(digest(bytes)))"), "mediaType": .text(type),
      "size": .integer(Int64(bytes.count)),
    ]
  }

  private func canonical(_ json: JSON) throws -> [UInt8] { try json.canonical() }

  /// Images of a layout, and an attestation about all of them that nobody signed.
  private func archive(images count: Int) throws -> [UInt8] {
    let config = try canonical([
      "architecture": "amd64", "os": "linux", "rootfs": ["diff_ids": [], "type": "layers"],
    ])
    func manifest(_ layers: JSON, _ number: Int) throws -> [UInt8] {
      try canonical([
        "annotations": ["number": .text("\(number)")],
        "config": descriptor(config, "application/vnd.oci.image.config.v1+json"), "layers": layers,
        "mediaType": .text(Self.manifestType), "schemaVersion": 2,
      ])
    }
    let manifests = try (0..<count).map { try manifest([], $0) }
    let subjects = manifests.map { ["digest": ["sha256": .text(Hex.encode(digest($0).bytes))], "name": "n"] as JSON }
    let statement = try canonical([
      "_type": "https://in-toto.io/Statement/v1", "predicate": [:], "predicateType": "https://slsa.dev/provenance/v1",
      "subject": .array(subjects),
    ])
    let envelope = try canonical([
      "payload": .text(Base64.encode(statement)), "payloadType": "application/vnd.in-toto+json",
      "signatures": [["sig": .text(Base64.encode([UInt8](repeating: 0x78, count: 64)))]],
    ])
    let attestation = try manifest(
      [descriptor(envelope, "application/vnd.dsse.envelope.v1+json", ["dev.cosignproject.cosign/signature": ""])], -1)
    let tag = "sha256-\(Hex.encode(digest(manifests[0]).bytes)).att"
    let index = try canonical([
      "manifests": .array(
        manifests.map { descriptor($0, Self.manifestType) }
          + [descriptor(attestation, Self.manifestType, ["org.opencontainers.image.ref.name": .text(tag)])]),
      "schemaVersion": 2,
    ])
    var tar = TarWriter()
    tar.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
    tar.file(Array("index.json".utf8), index)
    for blob in [config, envelope, attestation] + manifests {
      tar.file(Array("blobs/sha256/\(Hex.encode(digest(blob).bytes))".utf8), blob)
    }
    tar.end()
    return tar.bytes
  }

  @Test(arguments: [(images: 20, status: Int32(4)), (1700, 3)])
  func evidenceAboutManyIsBounded(_ images: Int, _ status: Int32) throws {
    let site = try Site()
    let path = try site.stick.write("many.tar", archive(images: images))
    let (found, answer) = try site.assay.verify([path, "--key", site.key])
    #expect(found == status, "\(answer.verdict)")
    #expect(answer.firstReason == (status == 3 ? "archive.limit-exceeded" : "signature.missing"), "\(answer)")
    // Whole, and no image for itself: one record, one report.
    guard status == 3 else { return }
    #expect(answer.archives[0].images.isEmpty)
    #expect(try site.assay.run(["ledger", "list"]).output.contains("archive.limit-exceeded"))
  }
}
