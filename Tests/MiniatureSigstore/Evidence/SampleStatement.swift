/// An in-toto statement to be signed.
package struct SampleStatement: Sendable {
  package enum Version: String, Sendable, CaseIterable {
    case v01 = "https://in-toto.io/Statement/v0.1"
    case v1 = "https://in-toto.io/Statement/v1"
  }

  package struct Subject: Sendable {
    package var name: String?
    /// Lower-case hexadecimal, by algorithm.
    package var digests: [(String, String)]

    package init(name: String? = nil, digests: [(String, String)]) {
      self.name = name
      self.digests = digests
    }
  }

  package var version: Version
  package var subjects: [Subject]
  package var predicateType: String
  package var predicate: JSONText

  package init(
    _ predicateType: String, _ predicate: JSONText = [:], about subjects: [Subject], version: Version = .v1
  ) {
    self.version = version
    self.subjects = subjects
    self.predicateType = predicateType
    self.predicate = predicate
  }

  /// About one thing by its SHA-256, `sha256:<hex>`.
  package init(
    _ predicateType: String, _ predicate: JSONText = [:], aboutDigest digest: String, version: Version = .v1
  ) {
    let hex = String(digest.drop { $0 != ":" }.dropFirst())
    self.init(predicateType, predicate, about: [Subject(digests: [("sha256", hex)])], version: version)
  }

  package static let payloadType = "application/vnd.in-toto+json"
  package static let cosignSign = "https://sigstore.dev/cosign/sign/v1"
  package static let slsaProvenance02 = "https://slsa.dev/provenance/v0.2"
  package static let slsaProvenance1 = "https://slsa.dev/provenance/v1"

  /// A short predicate of SLSA provenance v1.
  package static let sampleProvenance: JSONText = [
    "buildDefinition": [
      "buildType": "https://actions.miniature.example/workflow/v1",
      "externalParameters": ["workflow": ["ref": "refs/tags/v1.0.0", "path": ".workflows/release.yml"]],
      "internalParameters": [:],
      "resolvedDependencies": [],
    ],
    "runDetails": ["builder": ["id": "https://builder.miniature.example/hosted@v1"], "metadata": [:]],
  ]

  package var bytes: [UInt8] {
    let document: JSONText = [
      "_type": .string(version.rawValue),
      "subject": .array(
        subjects.map { subject in
          .present(
            ("name", subject.name.map { .string($0) }),
            ("digest", .object(subject.digests.map { ($0.0, .string($0.1)) })))
        }),
      "predicateType": .string(predicateType),
      "predicate": predicate,
    ]
    return document.bytes
  }
}
