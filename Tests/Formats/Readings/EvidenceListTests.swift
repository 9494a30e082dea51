import Cryptography
import OCIImage
import Octets
import Readings
import Reasons
import StrictJSON
import Testing

/// Evidence passes between processes whole, and nothing passes for other bytes than its own.
@Suite(.serialized) struct EvidenceListTests {
  private static func back(_ evidence: [Evidence]) throws -> EvidenceList {
    let list = EvidenceList(evidence)
    return try EvidenceList(parsing: list.document(), objects: list.objects)
  }

  @Test func allOfItReturns() throws {
    let list = EvidenceList(SampleReadings.evidence)
    #expect(list.objects == [[1], [2], [3], [4], [], [6]], "each once, in the order of first use")
    let back = try Self.back(SampleReadings.evidence)
    #expect(String(reflecting: back.evidence) == String(reflecting: SampleReadings.evidence))
    #expect(try back.document() == list.document() && back.objects == list.objects)
    #expect(try Self.back([]).evidence.isEmpty)
  }

  @Test func objectsAreThoseThatRecordsName() throws {
    let list = EvidenceList(SampleReadings.evidence)
    let document = try list.document()
    for (objects, words) in [
      (list.objects + [[8]], "evidence: evidence: objects that no record names"),
      (list.objects + [[6]], "or in another order"),
      (Array(list.objects.dropLast()), "or in another order"), ([], "or in another order"),
      ([[2], [1], [3], [4], [], [6]], "or in another order"), ([[9]] + list.objects, "or in another order"),
      ([[1], [2], [3], [5], [], [6]], "or in another order"),
    ] as [([[UInt8]], String)] {
      let found = refusal { _ = try EvidenceList(parsing: document, objects: objects) }
      #expect(found?.reason == .readingMalformed && found?.words.hasSuffix(words) == true, "\(found?.words ?? "read")")
    }
  }

  /// skopeo's files frame what is proven, and a file without kept contents has nothing to hash; nobody else may say that
  /// the evidence is other bytes than those that it hands on.
  @Test func evidenceIsWhatItsBytesHashTo() throws {
    let carriers: [Carrier] = [
      .referrer("n"), .cosignTag("n"), .cosignKind("n"), .fallbackTag("n"), .unlistedBlob("n"), .bundleFile("n"),
    ]
    for carrier in carriers {
      let piece = Evidence(.sigstoreBundle([1]), by: carrier, attachedTo: nil, digest: digest([2]))
      let found = refusal { _ = try Self.back([piece]) }
      #expect(found?.reason == .readingMalformed)
      #expect(found?.words == "evidence: evidence[0].evidence: not what the bytes hash to")
    }
    let framed = Evidence(.sigstoreBundle([1]), by: .skopeoSignature("n"), attachedTo: nil, digest: digest([2]))
    #expect(try Self.back([framed]).evidence[0].digest == digest([2]))
  }

  @Test func otherRecordsAreRefused() throws {
    let list = EvidenceList(SampleReadings.evidence)
    let text = String(decoding: try list.document(), as: UTF8.self)
    for (one, other, place) in [
      ("assay-evidence/1", "assay-evidence/2", "the format is not"),
      (#"{"evidence":[{"#, #"{"also":null,"evidence":[{"#, "evidence: also: "),
      (#""object":null"#, #""object":"\#(SampleReadings.named("x"))""#, "evidence[7]: not as it would be written"),
      (#""attachedTo":null"#, #""attachedTo":"nothing""#, "evidence[1].attachedTo: "),
      (#""mediaType":"application/jose+json","#, "", "evidence[7].mediaType: required"),
      (#""form":"sigstore-bundle""#, #""form":"unsupported""#, "evidence[0].mediaType: required"),
      (#""predicateType":"p","#, "", "evidence[2]: not as it would be written"),
      (#""format""#, #" "format""#, "not in the canonical form"),
    ] {
      #expect(text.contains(one), "\(one)")
      let changed = Array(text.replacing(one, with: other, maxReplacements: 1).utf8)
      let found = refusal { _ = try EvidenceList(parsing: changed, objects: list.objects) }
      #expect(found?.reason == .readingMalformed, "\(other): \(found?.words ?? "read")")
      #expect(found?.words.contains(place) == true, "\(other): \(found?.words ?? "read")")
    }
  }

  // MARK: Bounds

  private static func piece(_ bytes: [UInt8], name: String = "n", annotated: Int = 0) -> Evidence {
    var annotations = CosignAnnotations()
    annotations.chain = String(repeating: "x", count: annotated)
    return Evidence(
      .simpleSigning(payload: bytes, annotations: annotations), by: .referrer(name), attachedTo: nil,
      digest: digest(bytes))
  }

  @Test func boundsHoldForWriterAndReader() throws {
    let large = [UInt8](repeating: 1, count: EvidenceList.mostObjectBytes)
    let long = String(repeating: "n", count: EvidenceList.mostTextBytes)
    let unsupported = Evidence(
      .unsupported(mediaType: long + "n"), by: .referrer("n"), attachedTo: nil, digest: digest([]))
    _ = try Self.back([Self.piece(large, name: long)])
    #expect(try Self.back(Array(repeating: Self.piece(large), count: 16)).evidence.count == 16)
    let many = (0..<9).map { number in Self.piece([UInt8](repeating: number, count: 15 << 20)) }
    // One object that hangs on many images, each of which it must be proven for.
    let often = Array(repeating: Self.piece(large), count: 16)
    for (evidence, words) in [
      ([Self.piece(large + [1])], "an object of more than 16777216 bytes"),
      ([Self.piece([], name: long + "n")], "a name or type of more than 65536 bytes"),
      ([unsupported], "a name or type of more than 65536 bytes"),
      (many, "objects of more than 134217728 bytes together"),
      (often + [Self.piece([1])], "more than 268435456 bytes of evidence"),
      (often + [Self.piece([], annotated: 1)], "more than 268435456 bytes of evidence"),
      (Array(repeating: Self.piece([]), count: EvidenceList.most + 1), "more than 50000 pieces of evidence"),
    ] {
      let list = EvidenceList(evidence)
      let written = refusal { _ = try list.document() }
      #expect(written?.reason == .archiveLimitExceeded && written?.words == "evidence: \(words)")
      let node = JSONNode(list.records, named: "evidence", malformed: .readingMalformed)
      let read = refusal { _ = try EvidenceList(node, objects: list.objects) }
      #expect(read?.reason == .readingMalformed && read?.words == "evidence: \(words)", "\(read?.words ?? "read")")
    }
    let objects = (0...EvidenceList.most).map {
      [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8 & 0xff), UInt8($0 >> 16)]
    }
    let node = JSONNode([], named: "evidence", malformed: .readingMalformed)
    #expect(
      refusal { _ = try EvidenceList(node, objects: objects) }?.words == "evidence: more than 50000 objects")
  }

  /// Far above what is needed, unoptimised; far below what more than linear work takes.
  @Test func manyRecordsAreCheap() throws {
    let bytes = [UInt8](repeating: 1, count: 20_000)
    let pieces = (0..<10_000).map { number in
      Evidence(
        .sigstoreBundle(bytes), by: .referrer("\(number)"), attachedTo: nil,
        digest: digest(bytes, number % 2 == 0 ? .sha256 : .sha512))
    }
    let list = EvidenceList(pieces)
    let document = try list.document()
    let start = ContinuousClock.now
    let back = try EvidenceList(parsing: document, objects: list.objects)
    #expect(back.evidence.count == pieces.count && ContinuousClock.now - start < .seconds(60))
  }
}
