import Cryptography
import Findings
import Octets
import Reasons

/// Findings of every shape, with values that are all different.
enum SampleFindings {
  static let image = ClaimedDigest(digest(Array("image".utf8)))
  static let long = ClaimedDigest(digest(Array("image".utf8), .sha512))

  static let certificate = CertificateFacts(
    fingerprint: digest([1]), keyFingerprint: digest([2]), identities: ["a@example.com", "uri:b"],
    issuer: "https://issuer.example", extensions: [NamedValue("sourceRepositoryURI", "https://\u{1}\"é\u{10FFFF}")],
    authority: "CN=CA", notBefore: UnixTime(-1), notAfter: UnixTime(.max), certificateTimestamps: ["ct.example/1"])
  static let siteCertificate = CertificateFacts(
    fingerprint: digest([3]), keyFingerprint: digest([4]), identities: [], issuer: nil, extensions: [], authority: "",
    notBefore: UnixTime(.min), notAfter: UnixTime(0))

  static let proven = Proven(
    signer: .certificate(certificate),
    times: [
      EstablishedTime(UnixTime(1_700_000_000), .signedEntryTimestamp(log: "rekor.example")),
      EstablishedTime(UnixTime(1_700_000_001), .timestampAuthority("TSA")),
    ],
    log: [
      LogFacts(
        log: "rekor.example", index: .max, entryKind: "dsse 0.0.1", proofs: [.promise, .snapshot],
        snapshotLeaf: digest([5]).bytes, isIndexProven: false, witnesses: ["W1", "W2"]),
      LogFacts(log: "log2", index: 0, entryKind: "hashedrekord 0.0.2", proofs: [.inclusion]),
    ], checks: [Check("1.1 form", .passed, "d"), Check("2.2 log", .notApplicable)],
    statement: StatementFacts(predicateType: "https://slsa.dev/provenance/v1", statement: Array(#"{"a":1}"#.utf8)))

  static func finding(
    _ outcome: Result<Proven, Failure>, kind: EvidenceKind? = .signature, attachedTo: ClaimedDigest? = image,
    subjects: [ClaimedDigest] = [image, long], anchor: Finding.Anchor = .trustRoot("plant")
  ) -> Finding {
    Finding(
      evidence: digest([6]), carrier: "referrer sha256:…", attachedTo: attachedTo, kind: kind, subjects: subjects,
      anchor: anchor, outcome: outcome)
  }

  static let all = [
    finding(.success(proven), kind: .attestation(predicateType: "https://slsa.dev/provenance/v1")),
    finding(
      .success(Proven(signer: .key(fingerprint: digest([7])), times: [], log: [], checks: [], statement: nil)),
      anchor: .keys),
    finding(
      .success(Proven(signer: .certificate(siteCertificate), times: [], log: [], checks: [], statement: nil)),
      attachedTo: nil),
    finding(.failure(Failure(.signatureInvalid, "signature", at: .max, "words")), kind: nil, subjects: []),
    finding(.failure(Failure(.bundleMalformed, "", "")), attachedTo: nil, anchor: .trustRoot("")),
  ]
}
