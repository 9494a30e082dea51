import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

private typealias Builder = LayoutBuilder
private typealias Kind = LayoutBuilder.Kind

/// Entries of a layout's index that are marked as being about an image: what is none of ours to read is judged all the same.
@Suite struct MarkedEntryTests {
  /// An image that other tools read, and that we do not, is no signature for that: with `subject` under an algorithm of
  /// digests that we do not know.
  @Test(arguments: ["sigs", "tag", "fallback"]) func whatIsNotReadIsNoSignature(_ mark: String) throws {
    var evil = JSON.null
    let archive = try Builder.layout {
      let honest = $0.image("honest")
      let subject: JSON = ["mediaType": .text(Kind.manifest), "digest": "sha384:00", "size": 1]
      evil = $0.image("evil", subject: subject)
      let listed =
        switch mark {
        case "sigs": evil.of("sigs")
        case "tag": evil.named("sha256-\(honest.digest.hex).sig")
        default: $0.indexBlob([evil]).named("sha256-\(honest.digest.hex)")
        }
      return [honest, listed]
    }.read()
    let parts = archive.images.flatMap(\.parts)
    #expect(archive.images.count == 2)
    #expect(parts.first { $0.digest == evil.digest }?.problems.map(\.reason) == [.blobDigestUnsupported])
  }

  /// What was not carried nobody loads; but under a name of its own whoever has it from elsewhere, and containerd finds it
  /// wherever it lies.
  @Test(
    arguments: [
      ("signature", nil, 1), ("signature", "app:1", 2), ("stray", nil, 2), ("stray512", nil, 2), ("fallback", nil, 1),
      ("stray fallback", nil, 2),
    ] as [(String, String?, Int)]) func anAbsentSignatureIsNoImage(_ kind: String, _ name: String?, _ images: Int)
    throws
  {
    var builder = Builder()
    let honest = builder.image("a")
    let absent = builder.image("evil")
    builder.remove(absent)
    if kind.hasPrefix("stray"), let manifest = Builder.layout({ [$0.image("evil")] }).file(absent.digest) {
      builder.add("elsewhere", manifest, isHashedAs: kind == "stray512" ? .sha512 : .sha256)
    }
    var notes: JSONObject = ["kind": "dev.cosignproject.cosign/sigs"]
    if let name { notes.append("io.containerd.image.name", .text(name)) }
    let index = builder.indexBlob([absent])
    builder.index([
      honest,
      kind.hasSuffix("fallback") ? index.named("sha256-\(honest.digest.hex)") : absent.annotated(notes),
    ])
    let archive = try builder.read()
    #expect(archive.images.count == images)
    let problems = archive.images.flatMap(\.parts).flatMap(\.problems).map(\.reason)
    #expect((images == 1 ? archive.notes.map(\.reason) : problems) == [.blobMissing])
  }

  /// A signature of the Notary Project has envelopes as layers, and nothing else that a name would be for.
  @Test(arguments: [("application/jose+json", 1), ("application/cose", 1), ("application/wasm", 2)])
  func notaryMarksNoArtifact(_ layer: String, _ images: Int) throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      let notary = $0.manifest(
        config: $0.blob([:], Kind.empty), layers: [$0.blob(Array("envelope".utf8), layer)], subject: image,
        ["artifactType": "application/vnd.cncf.notary.signature"])
      return [image, notary.named("app:wasm")]
    }.read()
    #expect(archive.images.count == images)
  }

  /// skopeo goes by the descriptor, and asks a manifest of Docker's for no type of configuration.
  @Test(arguments: [nil, Kind.manifest, Kind.dockerManifest] as [String?])
  func dockersManifestsSaySo(_ own: String?) throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      let layer = $0.blob(Array("tar".utf8), "application/octet-stream")
      var manifest: JSONObject = [
        "schemaVersion": 2, "config": $0.config("evil", "application/x"), "layers": [layer], "subject": image,
      ]
      if let own { manifest.append("mediaType", .text(own)) }
      return [image, $0.blob(.object(manifest), Kind.dockerManifest)]
    }.read()
    #expect(archive.images.count == 2)
    #expect(archive.reasons == (own == Kind.dockerManifest ? [] : [.imageManifestMalformed]))
  }
}
