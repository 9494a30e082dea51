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
    ("assay-reading/2", "assay-reading/3", "the format is not"),
    (#""shape":"oci-layout""#, #""shape":"oci layout""#, "reading: shape: "),
    (#""compression":"zstd""#, #""compression":"xz""#, "reading: compression: "),
    (#""compression":"zstd","#, "", "reading: compression: required"),
    (#""entries":"12""#, #""entries":"-12""#, "reading: entries: "),
    (#""entries":"12""#, #""entries":"+12""#, "reading: entries: not as it would be written"),
    (#""entries":"12""#, #""entries":"1000001""#, "more than 1000000 entries"),
    (#""entries":"12""#, #""entries":12"#, "reading: entries: a string is wanted"),
    (#""size":"1099511627776""#, #""size":"9223372036854775808""#, "more than 9223372036854775807 bytes"),
    (#""size":"1099511627776""#, #""size":"18446744073709551616""#, "reading: size: no number"),
    (#""inventory":"sha256:"#, #""inventory":"sha256:00"#, "reading: inventory: "),
    (#""notes":[{"#, #""more":[],"notes":[{"#, "reading: more: the member \"more\" is unknown"),
    (#""tags":["1"]"#, #""tags":["1"],"title":"t""#, "reading: images[0]: not as it would be written"),
    (#""role":"index""#, #""role":"shelf""#, "reading: images[0].parts[0].role: "),
    (#""platform":"linux/arm64/v8""#, #""platform":"linux""#, "reading: images[0]: not as it would be written"),
    (#""state":"read""#, #""state":"heard""#, "reading: images[0].parts[2].config.state: "),
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

  /// A signature covers what documents list and name, and not what a reader says of them.
  @Test func imagesAreWhatTheirDocumentsSay() throws {
    let (outer, inner) = (SampleReadings.outer, SampleReadings.inner)
    let (attestation, other) = (SampleReadings.attestation, SampleReadings.other)
    let parts = SampleReadings.parts
    func changed(_ place: Int, _ part: Part?) -> [Part] {
      var changed = parts
      if let part { changed[place] = part } else { changed.remove(at: place) }
      return changed
    }
    func told(
      _ known: Part, config: Part.Configuration?? = nil, layers: [Part.Layer]? = nil, under: [ClaimedDigest]? = nil,
      _ role: Part.Role? = nil, configured: Platform?? = nil
    ) -> Part {
      Part(
        digest: known.digest, role: role ?? known.role, ancestors: under ?? known.ancestors,
        config: config ?? known.config, layers: layers ?? known.layers, problems: known.problems,
        configuredPlatform: configured ?? known.configuredPlatform)
    }
    func layer(
      _ known: Part.Layer, _ digest: String? = nil, _ size: UInt64? = nil, _ type: String? = nil
    ) -> Part.Layer {
      Part.Layer(
        digest: digest.map(SampleReadings.named) ?? known.digest, size: size ?? known.size,
        mediaType: type ?? known.mediaType, isCarried: known.isCarried)
    }
    let (nested, image, absent) = (parts[1], parts[2], parts[4])
    let (layers, foreign) = (image.layers, SampleReadings.named("foreign"))
    let unknown = Part.Configuration(foreign, .unread)
    let opaque = try Part.Configuration(#require(image.config?.digest), .opaque)
    let contents = "\(image.digest) with other contents than its document names"
    let unlisted = "other parts than its documents list"
    func elsewhere(_ part: Part) -> String { "\(part.digest) under other indexes than those that list it" }
    func mistaken(_ part: Part) -> String {
      "\(part.digest) as something else than its configuration and the index above it say"
    }
    let rows: [(parts: [Part], words: String?)] = [
      (parts, nil),
      // What documents do not say: what was carried.
      (
        changed(
          2,
          told(
            image,
            layers: layers.map {
              Part.Layer(digest: $0.digest, size: $0.size, mediaType: $0.mediaType, isCarried: true)
            })), nil
      ),
      // A part is left out, comes in another order, or stands where nothing lists it.
      (changed(4, nil), unlisted), (changed(3, nil), unlisted), ([parts[0], parts[4]] + parts[1...3], unlisted),
      (parts + [other.under([outer.part.digest])], unlisted),
      ([other.part, told(image, under: [other.part.digest])], unlisted),
      (changed(4, told(absent, under: [outer.part.digest, inner.part.digest])), elsewhere(absent)),
      (changed(2, told(image, under: [outer.part.digest])), elsewhere(image)),
      (changed(0, told(parts[0], under: [inner.part.digest])), elsewhere(parts[0])),
      // Other contents.
      (changed(2, told(image, config: .some(nil))), contents), (changed(2, told(image, config: unknown)), contents),
      (changed(2, told(image, layers: [layers[0]])), contents),
      (changed(2, told(image, layers: layers.reversed())), contents),
      (changed(2, told(image, layers: [layer(layers[0], "x"), layers[1]])), contents),
      (changed(2, told(image, layers: [layer(layers[0], nil, 1), layers[1]])), contents),
      (changed(2, told(image, layers: [layer(layers[0], nil, nil, "t"), layers[1]])), contents),
      (changed(1, told(nested, layers: [layers[0]])), "\(nested.digest) with other contents than its document names"),
      // Another platform than what its configuration states, or one where none is stated.
      (changed(2, told(image, configured: .some(nil))), mistaken(image)),
      (changed(2, told(image, configured: Platform("linux/arm64/v8"))), mistaken(image)),
      (changed(2, told(image, config: opaque)), contents),
      ([told(other.part, .platform(Platform("linux/arm64")))], mistaken(other.part)),
      ([told(other.part, configured: Platform("linux/arm64"))], mistaken(other.part)),
      // Another role.
      (changed(2, told(image, .platform(nil))), mistaken(image)),
      (changed(2, told(image, .platform(Platform("linux/amd64")))), mistaken(image)),
      (changed(2, told(image, .attestationManifest)), mistaken(image)),
      (changed(3, told(parts[3], .platform(nil))), mistaken(parts[3])),
      (changed(1, told(nested, .platform(nil))), mistaken(nested)),
      (changed(4, told(absent, .absent(Platform("linux/amd64")))), mistaken(absent)),
      // Absent, and yet known.
      ([told(other.part, layers: layers, .absent(nil))], "what an image consists of whose document was not carried"),
      ([told(other.part, under: [foreign], .absent(nil))], "what an image consists of whose document was not carried"),
      ([told(other.part, config: unknown, .absent(nil))], "what an image consists of whose document was not carried"),
      ([told(other.part, .absent(nil)), attestation.part], "what an image consists of whose document was not carried"),
    ]
    for (parts, words) in rows {
      let reading = SampleReadings.reading(images: [Image(parts: parts, names: [])])
      let (document, objects) = try reading.serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect(found?.words == words.map { "reading: \($0)" }, "\(parts)")
      #expect(found == nil || found?.reason == .readingMalformed)
    }
  }

  /// Documents that contradict each other refuse whatever stands in them: a part that is listed a second time, and as what
  /// it is not.
  @Test(
    arguments: [
      (nil, 0, [], true), ("application/vnd.oci.image.index.v1+json", 0, [], false), (nil, 1, [], false),
      (nil, 1, [Failure(.blobSizeMismatch, "x", "words")], true),
    ] as [(String?, Int, [Failure], Bool)])
  func whatDocumentsShowIsSaid(_ mediaType: String?, _ excess: Int, _ failures: [Failure], isRead: Bool) throws {
    let (part, size) = (SampleReadings.other.part, SampleReadings.other.document.bytes.count)
    let plain: JSONObject = [:]
    let index = SampleReadings.index(of: [
      (part.digest, size, plain), (part.digest, size + excess, ["mediaType": .text(mediaType ?? "")]),
    ])
    let (document, objects) = try SampleReadings.reading(
      images: [Image(parts: [index.part, SampleReadings.other.under([index.part.digest])], names: [])],
      documents: [index.document, SampleReadings.other.document], evidence: [], failures: failures,
      archiveFailures: []
    ).serialized()
    let found = refusal { _ = try Reading(parsing: document, objects: objects) }
    #expect(found?.words == (isRead ? nil : "reading: nothing wrong where its documents show it"))
  }

  /// What was not carried is among what is wrong with a part; a layer is foreign by the manifest, and not by the reader.
  @Test func whatWasNotCarriedIsSaid() throws {
    let foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar"
    let plain = "application/vnd.oci.image.layer.v1.tar"
    let left = Failure(.blobForeignNotCarried, "\(SampleReadings.named("base"))", "words")
    let missing = Failure(.blobMissing, "\(SampleReadings.named("base"))", "words")
    let rows: [(types: [String], isCarried: Bool, problems: [Failure], isRead: Bool)] = [
      ([plain], true, [], true), ([plain], false, [missing], true), ([foreign], false, [left], true),
      ([foreign, plain], false, [left, missing], true), ([foreign], false, [missing], true),
      // Hidden.
      ([plain], false, [], false), ([foreign], false, [], false), ([plain], false, [left], false),
      ([foreign, plain], false, [left], false), ([plain, foreign], false, [left], false),
      ([foreign], true, [Failure(.blobForeignNotCarried, "\(SampleReadings.named("other"))", "words")], false),
    ]
    for row in rows {
      let layers = row.types.map {
        Part.Layer(digest: SampleReadings.named("base"), size: 1, mediaType: $0, isCarried: row.isCarried)
      }
      let image = SampleReadings.manifest("windows", layers: layers, problems: row.problems)
      let (document, objects) = try SampleReadings.reading(
        images: [Image(parts: [image.part], names: [])], documents: [image.document], evidence: []
      ).serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect((found == nil) == row.isRead, "\(row): \(found?.words ?? "read")")
      #expect(found == nil || found?.reason == .readingMalformed)
    }
  }

  /// What a configuration says it runs on is read, or it is among what is wrong with the part; by its type alone it is
  /// nobody's to ask.
  @Test func configurationsAreReadOrMissed() throws {
    let config = SampleReadings.document(["os": "linux", "architecture": "arm64"])
    let missing = Failure(.blobMissing, "\(ClaimedDigest(config.digest))", "words")
    let foreign = Failure(.blobForeignNotCarried, "\(ClaimedDigest(config.digest))", "words")
    let (json, other) = ("application/vnd.oci.image.config.v1+json", "application/octet-stream")
    let arm = Part.Role.platform(Platform("linux/arm64"))
    let rows: [(String, Part.Configuration.State, [Failure], Part.Role, isRead: Bool)] = [
      (json, .read, [], arm, true), (json, .unread, [missing], .platform(nil), true),
      (other, .opaque, [], .platform(nil), true), (other, .opaque, [missing], .platform(nil), true),
      // The platform is what the bytes say, and nothing where there are none.
      (json, .read, [], .platform(nil), false), (json, .unread, [missing], arm, false),
      (other, .opaque, [], arm, false),
      // Hidden.
      (json, .unread, [], .platform(nil), false), (json, .unread, [foreign], .platform(nil), false),
      (json, .opaque, [], .platform(nil), false), (json, .opaque, [missing], .platform(nil), false),
      // Nobody asks for it.
      (other, .read, [], arm, false), (other, .unread, [missing], .platform(nil), false),
    ]
    for (mediaType, state, problems, role, isRead) in rows {
      let image = SampleReadings.manifest("image", config: config, of: mediaType, state, problems: problems)
      let (document, objects) = try SampleReadings.reading(
        images: [Image(parts: [image.under([], role)], names: [])], documents: image.documents, evidence: []
      ).serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect((found == nil) == isRead, "\(mediaType) \(state) \(role): \(found?.words ?? "read")")
      #expect(found == nil || found?.reason == .readingMalformed)
    }
  }

  @Test func dockersImagesAreWhatTheirConfigurationsSay() throws {
    let known = SampleReadings.dockerImages[0].parts[0]
    func told(
      _ role: Part.Role? = nil, config: Part.Configuration?? = nil, layer: ClaimedDigest? = nil, isCarried: Bool = true
    ) -> Part {
      Part(
        digest: known.digest, role: role ?? known.role, ancestors: [], config: config ?? known.config,
        layers: known.layers.map {
          Part.Layer(digest: layer ?? $0.digest, size: 99, mediaType: $0.mediaType, isCarried: isCarried)
        }, problems: [])
    }
    let contents = "\(known.digest) with other contents than its document names"
    for (part, words) in [
      (told(), nil), (told(isCarried: false), "\(known.digest) not carried, and nothing wrong with it"),
      (told(config: .some(nil)), contents), (told(layer: SampleReadings.named("x")), contents),
      (told(.platform(nil)), "\(known.digest) as something else than its configuration and the index above it say"),
    ] {
      let (document, objects) = try SampleReadings.reading(
        .dockerArchive, images: [Image(parts: [part], names: [])]
      ).serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect(found?.words == words.map { "reading: \($0)" })
    }
    // A manifest is no configuration, and the other way round.
    for (shape, image, words) in [
      (ImageArchive.Shape.dockerArchive, SampleReadings.images[1], "reading: a document that none is read from: "),
      (.ociLayout, SampleReadings.dockerImages[0], "reading: \(contents)"),
    ] {
      let (document, objects) = try SampleReadings.reading(shape, images: [image]).serialized()
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect(found?.reason == .readingMalformed && found?.words.hasPrefix(words) == true, "\(found?.words ?? "read")")
    }
  }

  /// Each document is there, under its own digest, in the parts' order.
  @Test func documentsAreHashed() throws {
    let (document, objects) = try SampleReadings.reading(evidence: []).serialized()
    #expect(objects.count == SampleReadings.documents.count)
    let wrong = "reading: an object that is not the document \(SampleReadings.outer.part.digest)"
    for (objects, words) in [
      (Array(objects.dropLast()), "reading: a part whose document is absent"),
      ([objects[1], objects[0]] + objects[2...], wrong), ([objects[0] + [0x20]] + objects[1...], wrong),
      (objects + [objects[0]], "reading: evidence: objects that no record names"),
    ] {
      let found = refusal { _ = try Reading(parsing: document, objects: objects) }
      #expect(found?.reason == .readingMalformed && found?.words == words, "\(found?.words ?? "read")")
    }
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
