import Compression
import Cryptography
import OCIImage
import Octets
import Readings
import Reasons
import StrictJSON
import Testing

/// A reading becomes bytes and the same reading again, and nothing else becomes a reading.
@Suite struct ReadingTests {
  private static func back(_ reading: Reading) throws -> Reading {
    let (document, objects) = try reading.serialized()
    return try Reading(parsing: document, objects: objects)
  }

  private static func isSame(_ one: Reading, _ other: Reading) -> Bool {
    String(reflecting: one) == String(reflecting: other)
  }

  @Test(arguments: ImageArchive.Shape.allCases) func allOfItReturns(shape: ImageArchive.Shape) throws {
    for compression in Compression.allCases.map(Optional.some) + [nil] {
      let reading = SampleReadings.reading(shape, compression: compression)
      let back = try Self.back(reading)
      #expect(Self.isSame(back, reading))
      #expect(back.shape == reading.shape)
      let bytes = try reading.serialized()
      #expect(try back.serialized() == bytes)
    }
    let empty = SampleReadings.reading(
      shape, images: [], evidence: [], failures: [], archiveFailures: [], notes: [], entries: 0, size: 0)
    #expect(Self.isSame(try Self.back(empty), empty))
  }

  /// What every reader of an archive makes of hand-made ones.
  @Test func archivesOfEveryShapeReturn() throws {
    var skopeo = SkopeoDirectoryTests.directory()
    skopeo.add("signature-1", SkopeoDirectoryTests.signature())
    skopeo.add("signature-2", SkopeoDirectoryTests.signature("application/vnd.dsse.envelope.v1+json"))
    skopeo.add("signature-3", Array("GPG".utf8))
    let layout = LayoutBuilder.layout { builder in
      let image = builder.image("a")
      let hex = image.digest.hex
      return [
        image.named("app:1"), builder.referrer(of: image), builder.signature(on: image).named("sha256-\(hex).sig"),
        builder.indexBlob([builder.referrer(of: image, "b")]).named("sha256-\(hex)"),
        builder.indexBlob([builder.image("c"), .descriptor([1], LayoutBuilder.Kind.manifest)]),
      ]
    }
    var docker = LayoutBuilder()
    docker.add("config.json", DockerArchiveTests.config([]))
    docker.add("manifest.json", .array([DockerArchiveTests.entry("config.json", [], ["app:1", "app:2"])]))
    for (builder, shape, evidence) in [
      (skopeo, ImageArchive.Shape.skopeoDirectory, 3), (layout, .ociLayout, 3), (docker, .dockerArchive, 0),
    ] {
      let archive = try builder.read()
      #expect(archive.shape == shape && archive.evidence.count == evidence)
      let reading = Reading(
        archive: archive, failures: archive.failures, entries: builder.files.count, size: 1, compression: nil,
        inventory: digest([]))
      #expect(Self.isSame(try Self.back(reading), reading))
    }
  }

  // MARK: Everything else is refused

  /// Each at the one place that it names.
  private static let mutations: [(String, String, at: String)] = [
    ("assay-reading/1", "assay-reading/2", "the format is not"),
    (#""shape":"oci-layout""#, #""shape":"oci layout""#, "reading: shape: "),
    (#""compression":"zstd""#, #""compression":"xz""#, "reading: compression: "),
    (#""compression":"zstd","#, "", "reading: compression: required"),
    (#""entries":"12""#, #""entries":"-12""#, "reading: entries: "),
    (#""entries":"12""#, #""entries":"+12""#, "reading: entries: not as it would be written"),
    (#""entries":"12""#, #""entries":"1000001""#, "more than 1000000 entries"),
    (#""entries":"12""#, #""entries":12"#, "reading: entries: a string is wanted"),
    (#""size":"1099511627776""#, #""size":"9223372036854775808""#, "more than 9223372036854775807 bytes"),
    (#""size":"1099511627776""#, #""size":"18446744073709551616""#, "reading: size: no number"),
    (#""indexes":["#, #""indexes":["sha256:00","#, "reading: indexes[0]: "),
    (#""indexes":["sha256:"#, #""indexes":["SHA256:"#, "reading: indexes[0]: "),
    (#""inventory":"sha256:"#, #""inventory":"sha256:00"#, "reading: inventory: "),
    (#""notes":[{"#, #""more":[],"notes":[{"#, "reading: more: the member \"more\" is unknown"),
    (#""tags":["1"]"#, #""tags":["1"],"title":"t""#, "reading: images[0]: not as it would be written"),
    (#""role":"index""#, #""role":"shelf""#, "reading: images[0].parts[0].role: "),
    (#""platform":"linux/arm64/v8""#, #""platform":"linux""#, "reading: images[0]: not as it would be written"),
    (#""carried":true"#, #""carried":1"#, "reading: images[0].parts[2].layers[0].carried: "),
    (#""size":"0""#, #""size":"00""#, "reading: images[0]: not as it would be written"),
    (#""reason":"blob.missing","subject":"note""#, #""reason":"blob.lost","subject":"note""#, "reading: notes[0]"),
    (#""offset":"18446744073709551615""#, #""offset":"+5""#, "reading: failures[0]: not as it would be written"),
    (#""way":"referrer""#, #""way":"pigeon""#, "no way on which evidence comes"),
    (#""form":"dsse-envelope""#, #""form":"envelope""#, "is no form of evidence"),
    (#""chain":"""#, #""chains":"""#, "reading: evidence[2]: not as it would be written"),
    (#"{"archiveFailures""#, #" {"archiveFailures""#, "not in the canonical form"),
    (#"a.tar"#, #"\u0061.tar"#, "not in the canonical form"),
  ]

  @Test func eachMutationIsRefusedAtItsPlace() throws {
    let (document, objects) = try SampleReadings.reading().serialized()
    let text = String(decoding: document, as: UTF8.self)
    for (one, other, place) in Self.mutations {
      #expect(text.contains(one), "\(one)")
      let changed = Array(text.replacing(one, with: other, maxReplacements: 1).utf8)
      let found = refusal { _ = try Reading(parsing: changed, objects: objects) }
      #expect(found?.reason == .readingMalformed, "\(other): \(found?.words ?? "read")")
      #expect(found?.words.contains(place) == true, "\(other): \(found?.words ?? "read")")
    }
  }

  @Test func whatNoReaderSaysIsRefused() throws {
    let (images, part) = (SampleReadings.images, SampleReadings.parts[0])
    for (images, words) in [
      ([images[0], images[1], images[0]], "one image twice"),
      ([Image(parts: [part, part], names: [])], "one part twice in an image"),
    ] {
      let (document, objects) = try SampleReadings.reading(images: images).serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect(found?.reason == .readingMalformed && found?.words == "reading: \(words)", "\(found?.words ?? "read")")
    }
    // An image of no parts cannot be written here: its digest is its first part's.
    let (document, objects) = try SampleReadings.reading(images: [images[1]]).serialized()
    let text = String(decoding: document, as: UTF8.self)
    let start = try #require(text.firstRange(of: #""parts":["#)).upperBound
    let end = try #require(text.firstRange(of: #"],"tags""#)).lowerBound
    let none = Array((text[..<start] + text[end...]).utf8)
    let found = refusal { _ = try Reading(parsing: none, objects: objects) }
    #expect(found?.reason == .readingMalformed && found?.words == "reading: images[0]: no parts")
  }

  /// A signature on an index covers what stands under it: the index itself has to list that.
  @Test func nothingStandsUnderAnIndexThatDoesNotListIt() throws {
    let (outer, inner) = (SampleReadings.outer, SampleReadings.inner)
    let named = SampleReadings.named
    func part(_ digest: ClaimedDigest, under ancestors: [ClaimedDigest], _ role: Part.Role = .platform(nil)) -> Part {
      Part(digest: digest, role: role, ancestors: ancestors, config: nil, layers: [], problems: [])
    }
    let (root, nested) = (part(outer.digest, under: [], .index), part(inner.digest, under: [outer.digest], .index))
    let foreign = SampleReadings.index(of: [named("foreign")])
    let manifest = CoveringIndex(
      digest: ClaimedDigest(digest(Array(#"{"layers":[],"schemaVersion":2}"#.utf8))),
      bytes: Array(#"{"layers":[],"schemaVersion":2}"#.utf8))
    let nowhere = "a part that stands in no image"
    let (others, unlisted) = ("other indexes than parts stand under", "a part that its index does not list")
    let other = "indexes[0]: its object is not what it names"
    let rows: [(parts: [Part], indexes: [CoveringIndex], words: String?)] = [
      ([root, nested, part(named("manifest"), under: [outer.digest, inner.digest])], [outer, inner], nil),
      // The image is said to stand under what is signed, or beside it.
      ([part(named("manifest"), under: [inner.digest])], [inner], nowhere),
      ([root, part(named("absent"), under: [])], [outer], nowhere),
      ([root, part(named("manifest"), under: [inner.digest])], [inner], nowhere),
      // It is not listed; it is listed further down; the way to it is not.
      ([root, part(named("foreign"), under: [outer.digest])], [outer], unlisted),
      ([root, part(named("manifest"), under: [outer.digest])], [outer], unlisted),
      (
        [root, part(named("foreign"), under: [outer.digest, foreign.digest])], [outer, foreign], unlisted
      ),
      // What is signed is no index; its bytes are absent, too many, in another order, or other ones.
      (
        [part(manifest.digest, under: [], .index), part(named("foreign"), under: [manifest.digest])], [manifest],
        unlisted
      ),
      ([root, part(named("absent"), under: [outer.digest])], [], others),
      ([root, part(named("absent"), under: [outer.digest])], [outer, inner], others),
      ([root, nested, part(named("manifest"), under: [outer.digest, inner.digest])], [inner, outer], others),
      (
        [root, part(named("foreign"), under: [outer.digest])],
        [CoveringIndex(digest: outer.digest, bytes: foreign.bytes)], other
      ),
    ]
    for (parts, indexes, words) in rows {
      let reading = SampleReadings.reading(images: [Image(parts: parts, names: [])], indexes: indexes)
      let (document, objects) = try reading.serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect(found?.words == words.map { "reading: \($0)" }, "\(parts.map(\.ancestors))")
      #expect(found == nil || found?.reason == .readingMalformed)
    }
    // A name without bytes.
    let (document, objects) = try SampleReadings.reading(evidence: []).serialized()
    let found = refusal { _ = try Reading(parsing: document, objects: Array(objects.dropLast())) }
    #expect(found?.words == "reading: indexes: an index whose bytes are absent")
  }

  @Test func randomBytesAreNoReading() throws {
    var random = SystemRandomNumberGenerator()
    let (good, objects) = try SampleReadings.reading().serialized()
    for _ in 0..<400 {
      var flipped = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        flipped[Int.random(in: flipped.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
      }
      if flipped != good, let read = try? Reading(parsing: flipped, objects: objects) {
        // Something else, with bytes of its own.
        #expect(try read.serialized().document == flipped)
      }
      let start = Array(good.prefix(Int.random(in: 0..<good.count, using: &random)))
      #expect(refusal { _ = try Reading(parsing: start, objects: objects) } != nil)
    }
  }
}
