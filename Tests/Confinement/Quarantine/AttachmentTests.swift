import Cryptography
import Octets
import Reasons
import TestSupport
import Testing

@testable import Quarantine

/// What hangs on an image, and what only says so.
struct AttachmentTests {
  /// What is let out with an image of a layout.
  private func attached(_ sketch: LayoutSketch, to image: LayoutSketch.Blob) throws -> [ClaimedDigest] {
    let rig = try QuarantineRig()
    return try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig)).attachments.map(\.entry.digest)
  }

  /// A signature of a signature of a signature, listed nowhere.
  @Test(arguments: [1, 3, Attachments.rounds, Attachments.rounds + 2])
  func whatHangsOnAnAttachmentComesAlongSoFar(_ count: Int) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    var chain = [image]
    for _ in 0..<count { chain.append(sketch.attachment(to: chain[chain.count - 1])) }
    #expect(
      try attached(sketch, to: image) == chain.dropFirst().prefix(Attachments.rounds).map(\.digest))
  }

  /// Anybody can hang things on an image.
  @Test func soManyComeAlong() throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let all = (0..<RehashedImage.mostAttachments + 2).map { sketch.attachment(to: image, padding: $0).digest }
    let rig = try QuarantineRig()
    let rehashed = try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig))
    #expect(rehashed.attachments.count == RehashedImage.mostAttachments)
    #expect(Set(rehashed.attachments.map(\.entry.digest)).isSubset(of: all))
    #expect(rehashed.leftBehind == [Failure(.archiveLimitExceeded, "\(image.digest)")])
  }

  /// Each descriptor is looked at once a round, whatever it says: not once for each other one.
  @Test(.timeLimit(.minutes(1))) func manyThatClaimToHangOnItAreLookedAtOnce() throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    var chain = [image]
    for _ in 0..<Attachments.rounds { chain.append(sketch.attachment(to: chain[chain.count - 1])) }
    for number in 0..<8_000 {
      let absent = LayoutSketch.Blob(digest: ClaimedDigest(digest(Array("\(number)".utf8))), size: 1)
      sketch.list(
        absent.described(as: LayoutSketch.manifestType, ["kind": "dev.cosignproject.cosign/sigs", "a": "b", "c": "d"]))
    }
    #expect(try attached(sketch, to: image) == chain.dropFirst().map(\.digest))
  }

  /// What is not there says nothing of what it is.
  @Test func anAbsentLayerMakesNoSignature() throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let config = sketch.blob("{\"config\":1}")
    let absent = LayoutSketch.Blob(digest: ClaimedDigest(digest([7])), size: 1)
    let signature = sketch.manifest(
      layers: [absent.described(as: "application/vnd.dev.cosign.simplesigning.v1+json")],
      "\"config\":\(config.described(as: "application/vnd.oci.image.config.v1+json"))")
    sketch.list(signature, as: "sha256-\(image.digest.hex).sig")
    let rig = try QuarantineRig()
    let rehashed = try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig))
    #expect(rehashed.attachments.isEmpty && rehashed.leftBehind == [Failure(.blobMissing, "\(absent.digest)")])
  }

  @Test func anotherImagesSignatureIsNotThisOnes() throws {
    var sketch = LayoutSketch()
    let (image, other) = (sketch.image("one"), sketch.image("other"))
    sketch.list(image, as: "v1")
    sketch.list(other, as: "v2")
    let (document, payload) = (sketch.blob("{}"), sketch.blob("{\"payload\":1}"))
    // One under each kind of tag, and one that says so itself.
    let signature = sketch.manifest(layers: [document.described()], "\"config\":\(document.described())")
    sketch.list(signature, as: "sha256-\(other.digest.hex).sig")
    let referrer = sketch.manifest(layers: [payload.described()], "\"config\":\(document.described())")
    let referrers = sketch.index(of: [referrer.described(as: LayoutSketch.manifestType)])
    sketch.list(
      referrers.described(
        as: LayoutSketch.indexType, ["org.opencontainers.image.ref.name": "sha256-\(other.digest.hex)"]))
    let own = sketch.attachment(to: other)
    #expect(try attached(sketch, to: image) == [])
    #expect(
      try attached(sketch, to: other) == [signature.digest, referrers.digest, own.digest])
  }

  // MARK: Images

  /// How an image passes itself off as an attachment.
  enum Disguise: CaseIterable { case cosignTag, referrersTag, cosignKind, subject, referrers }

  @Test(arguments: Disguise.allCases) func anImageIsNoAttachment(_ disguise: Disguise) throws {
    var sketch = LayoutSketch()
    let image = sketch.image("one")
    sketch.list(image, as: "v1")
    let layer = sketch.blob("layer of a foreign image")
    let foreign = sketch.manifest(
      layers: [layer.described(as: "application/vnd.oci.image.layer.v1.tar")],
      disguise == .subject ? "\"subject\":\(image.described())" : "")
    switch disguise {
    case .cosignTag: sketch.list(foreign, as: "sha256-\(image.digest.hex).sig")
    case .referrersTag: sketch.list(foreign, as: "sha256-\(image.digest.hex)")
    case .cosignKind:
      sketch.list(foreign.described(as: LayoutSketch.manifestType, ["kind": "dev.cosignproject.cosign/sigs"]))
    case .subject: break
    case .referrers:
      let index = sketch.index(of: [foreign.described(as: LayoutSketch.manifestType)])
      sketch.list(
        index.described(
          as: LayoutSketch.indexType, ["org.opencontainers.image.ref.name": "sha256-\(image.digest.hex)"]))
    }
    #expect(try attached(sketch, to: image) == [])
  }

  /// The tag of the referrers lists manifests; an index in there may list anything.
  @Test(arguments: [0, 1]) func anIndexAmongReferrersIsNone(depth: Int) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let document = sketch.blob("{}")
    // Without a subject, which would be a way of its own.
    var listed = sketch.manifest(layers: [document.described()], "\"config\":\(document.described())")
    var type = LayoutSketch.manifestType
    for _ in 0..<depth {
      listed = sketch.index(of: [listed.described(as: type)])
      type = LayoutSketch.indexType
    }
    let referrers = sketch.index(of: [listed.described(as: type)])
    sketch.list(
      referrers.described(
        as: LayoutSketch.indexType, ["org.opencontainers.image.ref.name": "sha256-\(image.digest.hex)"]))
    #expect(try attached(sketch, to: image) == (depth == 0 ? [referrers.digest] : []))
  }

  /// An index that names the image as its subject is not let out as what hangs on it.
  @Test func anIndexWithASubjectIsNoAttachment() throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let document = sketch.blob("{}")
    let listed = sketch.manifest(layers: [document.described()], "\"config\":\(document.described())")
    _ = sketch.index(of: [listed.described(as: LayoutSketch.manifestType)], "\"subject\":\(image.described())")
    #expect(try attached(sketch, to: image) == [])
  }

  /// Under the tags that others look for, and not in the medium's words around them.
  @Test(arguments: [
    (".sig", "sig"), (".att", "att"), (".sbom", "sbom"), (".0", nil), (".SIG", nil),
    (".aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"), (".aaaaaaaaaaaaaaaaa", nil),
  ]) func tagsAreWrittenAnew(_ end: String, _ written: String?) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let payload = sketch.blob("{}")
    let signature = sketch.manifest(
      layers: [payload.described(as: "application/vnd.dev.cosign.simplesigning.v1+json")],
      "\"config\":\(payload.described(as: "application/vnd.oci.image.config.v1+json"))")
    let tag = "sha256-\(image.digest.hex)"
    sketch.list(signature, as: String(repeating: "x", count: 500) + "/app:" + tag + end)
    let rig = try QuarantineRig()
    let found = try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig)).attachments
    #expect(found.map(\.entry.tag) == (written.map { ["\(tag).\($0)"] } ?? []))
  }

  /// cosign's signatures have an image's configuration: that they are none, their layers must show.
  @Test(arguments: [("{}", true), ("[]", false), ("{", false), ("layer", false)])
  func aSignatureIsADocument(_ layer: String, _ isOne: Bool) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let (config, payload) = (sketch.blob("{\"config\":1}"), sketch.blob(layer))
    let signature = sketch.manifest(
      layers: [payload.described(as: "application/vnd.dev.cosign.simplesigning.v1+json")],
      "\"config\":\(config.described(as: "application/vnd.oci.image.config.v1+json"))")
    sketch.list(signature, as: "sha256-\(image.digest.hex).sig")
    #expect(try attached(sketch, to: image) == (isOne ? [signature.digest] : []))
  }
}
