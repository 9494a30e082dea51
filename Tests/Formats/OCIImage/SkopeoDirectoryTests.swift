import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

@Suite struct SkopeoDirectoryTests {
  /// An image of one layer, as `skopeo copy … dir:` writes it.
  static func directory() -> LayoutBuilder {
    var builder = LayoutBuilder()
    let (config, layer) = (Array(#"{"os":"linux","architecture":"amd64"}"#.utf8), Array("layer".utf8))
    let manifest: JSON = [
      "config": .descriptor(config, LayoutBuilder.Kind.config),
      "layers": [.descriptor(layer, LayoutBuilder.Kind.layer)],
    ]
    builder.add(ClaimedDigest(digest(config)).hex, config)
    builder.add(ClaimedDigest(digest(layer)).hex, layer)
    builder.add("manifest.json", manifest)
    builder.add("version", "Directory Transport Version: 1.1\n")
    return builder
  }

  static func signature(
    _ mediaType: String = LayoutBuilder.Kind.simpleSigning, payload: JSON = "e30=", head: String = "\0sigstore-json\n"
  ) -> [UInt8] {
    let document: JSON = [
      "mimeType": .text(mediaType), "payload": payload,
      "annotations": ["dev.cosignproject.cosign/signature": "c2ln"],
    ]
    return Array(head.utf8) + document.serialized()
  }

  @Test func readsImageAndSignature() throws {
    var builder = Self.directory()
    builder.add("signature-1", Self.signature())
    builder.add("signature-2", Self.signature("application/vnd.dsse.envelope.v1+json"))
    let archive = try builder.read()
    #expect(archive.shape == .skopeoDirectory)
    #expect(archive.images.count == 1 && archive.images[0].parts[0].problems.isEmpty && archive.failures.isEmpty)
    #expect(archive.images[0].parts[0].platform == Platform("linux/amd64"))
    #expect(archive.evidence.map(\.attachedTo) == [archive.images[0].digest, archive.images[0].digest])
    guard case .simpleSigning(let payload, let annotations) = archive.evidence[0].form,
      case .dsseEnvelope = archive.evidence[1].form
    else {
      Issue.record("\(archive.evidence)")
      return
    }
    #expect(payload == Array("{}".utf8) && annotations.signature == "c2ln")
  }

  @Test func signatureOfOneManifest() throws {
    var builder = Self.directory()
    let hex = String(repeating: "ab", count: 32)
    builder.add("\(hex).signature-1", Self.signature())
    #expect(try builder.read().evidence.map { "\($0.attachedTo!)" } == ["sha256:\(hex)"])
  }

  @Test func olderSignaturesAreUnsupported() throws {
    var builder = Self.directory()
    builder.add("signature-1", "GPG")
    builder.add("signature-2", Self.signature("application/x"))
    builder.add("signature-3", Self.signature(head: "\0other-json\n"))
    let archive = try builder.read()
    #expect(archive.evidence.count == 3 && archive.failures.isEmpty)
    for evidence in archive.evidence {
      guard case .unsupported = evidence.form else {
        Issue.record("\(evidence.form)")
        continue
      }
    }
  }

  @Test(
    arguments: [
      (Array("\0sigstore-json\n{".utf8), Reason.jsonMalformed), (signature(payload: "e30"), .bundleMalformed),
      (signature(payload: 1), .bundleMalformed), (Array("\0sigstore-json\n{}".utf8), .bundleMalformed),
    ])
  func damagedSignaturesRefuse(_ signature: [UInt8], _ reason: Reason) throws {
    var builder = Self.directory()
    builder.add("signature-1", signature)
    #expect(try builder.read().reasons == [reason])
  }

  @Test(arguments: ["", ".manifest.json"]) func wrongBlobNamesRefuse(_ suffix: String) throws {
    var builder = Self.directory()
    builder.add(String(repeating: "0", count: 64) + suffix, "{}")
    #expect(try builder.read().reasons == [.blobDigestMismatch])
  }

  @Test func indexFindsItsManifests() throws {
    let single = Self.directory()
    let manifest = single.files[2]
    var builder = LayoutBuilder()
    builder.files = Array(single.files.prefix(2))
    let child = JSON.descriptor(manifest.contents!, LayoutBuilder.Kind.manifest)
    builder.add("\(ClaimedDigest(manifest.digest).hex).manifest.json", manifest.contents!)
    builder.add("manifest.json", ["manifests": [child]])
    let archive = try builder.read()
    #expect(archive.images.count == 1)
    #expect(archive.images[0].parts.map(\.digest).last == child.digest)
    #expect(archive.images[0].parts.flatMap(\.problems).isEmpty)
  }

  @Test func aliasesRefuse() {
    var builder = Self.directory()
    builder.add("alias", "text", isAlias: true)
    #expect(refusal(builder) == .archiveForbiddenEntry)
  }
}
