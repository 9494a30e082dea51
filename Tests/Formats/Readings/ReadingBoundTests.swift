import Cryptography
import OCIImage
import Octets
import Readings
import Reasons
import StrictJSON
import Testing

/// Where a bound is, the writer and the reader of a reading agree.
@Suite(.serialized) struct ReadingBoundTests {
  private static func part(
    _ name: String = "p", layers: Int = 0, problems: Int = 0, mediaType: String = ""
  ) -> SampleReadings.Carried {
    SampleReadings.manifest(
      name,
      layers: Array(
        repeating: Part.Layer(
          digest: SampleReadings.named(name), size: 1, mediaType: mediaType, isCarried: true), count: layers),
      problems: Array(repeating: Failure(.blobMissing, "b"), count: problems))
  }

  private struct Sample {
    let image: Image
    let documents: [ImageDocument]
  }

  private static func image(_ part: SampleReadings.Carried, names: Int = 0, tags: Int = 0) -> Sample {
    Sample(
      image: Image(
        parts: [part.part], names: Array(repeating: "n", count: names), tags: Array(repeating: "t", count: tags)),
      documents: [part.document])
  }

  private static func images(_ count: Int, layers: Int = 0) -> [Sample] {
    (0..<count).map { image(part("\($0)", layers: layers)) }
  }

  private static func reading(_ samples: [Sample]) -> Reading {
    SampleReadings.reading(
      images: samples.map(\.image), documents: samples.flatMap(\.documents), evidence: [], failures: [],
      archiveFailures: [], notes: [])
  }

  /// A part below so many indexes, each of which lists the next.
  private static func nested(_ depth: Int) -> Reading {
    var all = [part()]
    for _ in 0..<depth { all.insert(SampleReadings.index(of: [all[0]]), at: 0) }
    let digests = all.map(\.part.digest)
    let parts = all.enumerated().map { place, carried in carried.under(Array(digests[..<place])) }
    return SampleReadings.reading(
      images: [Image(parts: parts, names: [])], documents: all.map(\.document))
  }

  private static func failures(_ count: Int) -> [Failure] { Array(repeating: Failure(.blobMissing, "f"), count: count) }

  private static let text = String(repeating: "x", count: Reading.mostTextBytes)

  /// At the bound and beyond it.
  private static let counts: [(String, Int, @Sendable (Int) -> Reading)] = [
    ("images", Reading.mostImages, { reading(images($0)) }),
    (
      "parts of images", Reading.mostParts,
      { count in
        reading(
          (0..<10).map { number in
            let parts = (0..<count / 10 + (number < count % 10 ? 1 : 0)).map { part("\(number).\($0)") }
            return Sample(image: Image(parts: parts.map(\.part), names: []), documents: parts.map(\.document))
          })
      }
    ),
    (
      "layers", Reading.mostLayers,
      { reading(images(40, layers: $0 / 40) + [image(part("rest", layers: $0 % 40))]) }
    ),
    ("layers of one part", Reading.mostLayersOfPart, { reading([image(part(layers: $0))]) }),
    ("indexes above a part", Reading.mostAncestors, { nested($0) }),
    ("names", Reading.mostNames, { reading([image(part(), names: $0 - 1, tags: 1)]) }),
    ("problems of parts", Reading.mostProblems, { reading([image(part(problems: $0))]) }),
    (
      "failures of the archive", Reading.mostArchiveFailures,
      {
        SampleReadings.reading(failures: [], archiveFailures: failures($0))
      }
    ),
    ("notes", Reading.mostArchiveFailures, { SampleReadings.reading(notes: failures($0)) }),
    ("failures", Reading.mostFailures, { SampleReadings.reading(failures: failures($0)) }),
    ("entries", Reading.mostEntries, { SampleReadings.reading(entries: $0) }),
  ]

  @Test(arguments: counts.indices) func countsAreBounded(index: Int) throws {
    let (what, most, make) = Self.counts[index]
    // All rows are compared alike; larger ones take long, unoptimised.
    if most <= Reading.mostImages || what == "entries" {
      let (document, objects) = try make(most).serialized()
      _ = try Reading(parsing: document, objects: objects)
    }
    let found = refusal { _ = try make(most + 1).serialized() }
    #expect(found?.reason == .archiveLimitExceeded, "\(what)")
    #expect(found?.words == "archive: more than \(most) \(what)")
  }

  @Test func documentsAreBounded() throws {
    let part = Self.part().part
    func written(_ sizes: [Int]) -> String? {
      let documents = sizes.map { ImageDocument([UInt8](repeating: 0x20, count: $0), .sha256) }
      let reading = SampleReadings.reading(
        images: [Image(parts: [part], names: [])], documents: documents, evidence: [])
      return refusal { _ = try reading.serialized() }?.words
    }
    let most = EvidenceList.mostObjectBytes
    #expect(written([most]) == nil)
    #expect(written([most + 1]) == "archive: a manifest or configuration of more than 16777216 bytes")
    #expect(written(Array(repeating: most, count: 8)) == nil)
    #expect(
      written(Array(repeating: most, count: 8) + [1])
        == "archive: manifests and configurations of more than 134217728 bytes together")
  }

  @Test func textsAreBounded() throws {
    let (text, part) = (Self.text, Self.part())
    let longer = text + "x"
    func readings(_ text: String) -> [Reading] {
      let failure = Failure(.blobMissing, text, text)
      let platform = Platform(os: text, architecture: text, variant: text, osVersion: text)
      let stated = Part(
        digest: part.part.digest, role: .absent(platform), ancestors: [], config: nil, layers: [], problems: [failure],
        configuredPlatform: platform)
      return [
        SampleReadings.reading(
          images: [Image(parts: [part.part], names: [text], tags: [text])], documents: [part.document]),
        SampleReadings.reading(images: [Image(parts: [stated], names: [])], documents: []),
        Self.reading([Self.image(Self.part(layers: 1, mediaType: text))]),
        SampleReadings.reading(failures: [failure]), SampleReadings.reading(notes: [failure]),
        SampleReadings.reading(archiveFailures: [failure]),
      ]
    }
    for reading in readings(text) {
      let (document, objects) = try reading.serialized()
      _ = try Reading(parsing: document, objects: objects)
    }
    for reading in readings(longer) {
      #expect(refusal { _ = try reading.serialized() }?.words == "archive: more than 65536 bytes of one text")
    }
  }

  /// What the writer does not write, the reader does not read.
  @Test func theReaderHasTheSameBounds() throws {
    let (document, objects) = try SampleReadings.reading().serialized()
    let root = try JSON(parsing: document, named: "reading")
    let list = Array(repeating: try #require(root["notes"]).first, count: Reading.mostArchiveFailures + 1)
    for (key, words) in [("notes", "more than 33 notes"), ("archiveFailures", "more than 33 failures of the archive")] {
      let changed = try root.with(key, .array(list)).canonical()
      let found = refusal { _ = try Reading(parsing: changed, objects: objects) }
      #expect(found?.reason == .readingMalformed && found?.words == "reading: \(words)")
    }
    let size = refusal {
      _ = try Reading(parsing: [UInt8](repeating: 0x20, count: Reading.limits.bytes + 1), objects: [])
    }
    #expect(size?.reason == .jsonLimitExceeded)
  }

  /// Far above what is needed, unoptimised; far below what more than linear work takes.
  @Test func largeReadingsAreCheap() throws {
    for (name, reading) in [
      ("10,000 layers", Self.reading([Self.image(Self.part(layers: 10_000, mediaType: "application/vnd.oci.image"))])),
      ("1,000 images", Self.reading(Self.images(1_000, layers: 10))),
    ] {
      let (document, objects) = try reading.serialized()
      let start = ContinuousClock.now
      _ = try Reading(parsing: document, objects: objects)
      #expect(ContinuousClock.now - start < .seconds(20), "\(name)")
    }
  }
}

extension JSON {
  fileprivate var first: JSON {
    guard case .array(let elements) = self, let first = elements.first else { return .null }
    return first
  }
}
