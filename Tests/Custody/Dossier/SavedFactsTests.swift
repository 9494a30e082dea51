import Cryptography
import Dossier
import Findings
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

/// What a policy judges by, without the archive.
@Suite struct SavedFactsTests {
  private static func named(_ text: String) -> ClaimedDigest { ClaimedDigest(digest(Array(text.utf8))) }

  private static func facts(_ platform: Platform?) -> SavedFacts {
    let layer = Part.Layer(digest: named("layer"), size: .max, mediaType: "application/tar", isCarried: false)
    let parts = [
      Part(
        digest: named("index"), role: .index, ancestors: [], config: nil, layers: [],
        problems: [Failure(.blobMissing, "blob", at: 7, "words")]),
      Part(
        digest: named("manifest"), role: .platform(platform), ancestors: [named("index")],
        config: Part.Configuration(named("config"), .read),
        layers: [layer], problems: [], configuredPlatform: Platform("linux/s390x")),
      Part(
        digest: named("absent"), role: .absent(nil), ancestors: [named("index")], config: nil, layers: [], problems: []),
      Part(
        digest: named("attestation"), role: .attestationManifest, ancestors: [named("index")], config: nil, layers: [],
        problems: []),
    ]
    let finding = Finding(
      evidence: digest([1]), carrier: "tag", attachedTo: named("index"), kind: .signature, subjects: [named("index")],
      anchor: .keys,
      outcome: .success(
        Proven(
          signer: .key(fingerprint: digest([2])), times: [], log: [], checks: [],
          statement: StatementFacts(predicateType: "t", statement: [1, 2]))))
    return SavedFacts(
      images: [
        Image(parts: parts, names: ["registry.example/app:1"], tags: ["1"]), Image(parts: [parts[1]], names: []),
      ],
      archiveFailures: [Failure(.archiveTrailingData, "a.tar", "words")], findings: [finding])
  }

  @Test(arguments: [
    nil, Platform("linux/arm64/v8"), Platform("windows(10.0)/amd64"),
    Platform(os: "linux", architecture: "amd64", variant: "a/b", osVersion: nil),
    Platform(os: "li nux", architecture: "", variant: nil, osVersion: "(1)"),
  ])
  func allOfItReturns(platform: Platform?) throws {
    let facts = Self.facts(platform)
    let bytes = try facts.serialized()
    let read = try SavedFacts(parsing: bytes)
    #expect(try read.serialized() == bytes)
    #expect(
      read.images.map(\.names) == facts.images.map(\.names) && read.images.map(\.tags) == facts.images.map(\.tags))
    for (found, expected) in zip(read.images.flatMap(\.parts), facts.images.flatMap(\.parts)) {
      #expect(found.digest == expected.digest && found.role == expected.role && found.ancestors == expected.ancestors)
      #expect(found.configuredPlatform == expected.configuredPlatform)
      #expect(found.config == expected.config && found.layers == expected.layers && found.problems == expected.problems)
    }
    #expect(read.archiveFailures == facts.archiveFailures)
    #expect(read.findings.count == 1 && read.findings[0].anchor == .keys)
  }

  @Test func anythingElseIsRefused() throws {
    let text = String(decoding: try Self.facts(nil).serialized(), as: UTF8.self)
    for (one, other) in [
      ("assay-facts/2", "assay-facts/3"), (#""archiveFailures":"#, #""archivefailures":"#),
      (#""role":"index""#, #""role":"shelf""#), (#""anchor":"keys""#, #""anchor":"doors""#),
      (#""carried":false"#, #""carried":0"#), (#""names":[]"#, #""names":[],"more":null"#),
      (#"{"archiveFailures""#, #" {"archiveFailures""#), (#""config":null"#, #""config":"sha256:00""#),
    ] {
      #expect(text.contains(one), "\(one)")
      do throws(Failure) {
        _ = try SavedFacts(parsing: Array(text.replacing(one, with: other).utf8))
        Issue.record("read: \(other)")
      } catch {
        #expect(error.reason == .findingsMalformed, "\(other): \(error)")
      }
    }
    #expect(throws: Failure.self) { try SavedFacts(parsing: []) }
  }
}
