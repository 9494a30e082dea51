import MiniatureSigstore
import TestSupport
import Testing

/// Upstreams' repositories inside a site's bundle: Sigstore's own, and one that python-tuf made.
@Suite(.enabled(if: PythonTUF.isPresent && Corpus.isPresent, Comment(rawValue: PythonTUF.absence)))
struct UpstreamImportTests {
  private typealias Site = TrustImportTests.Site

  static let sigstore = Corpus.path("tuf/sigstore-public-good")

  /// A plain tar of a repository, some of whose files are left out or changed.
  private func tar(
    _ site: Site, _ repository: String = sigstore, without: [String] = [], changing: [String: String] = [:]
  ) throws -> [UInt8] {
    let copy = site.folder.path("copy-\(UInt32.random(in: 0...(.max)))")
    try runChecked(["mkdir", copy])
    try runChecked(["cp", "-r", "--no-preserve=mode", repository + "/metadata", repository + "/targets", copy])
    for name in without { try runChecked(["rm", "\(copy)/\(name)"]) }
    for (name, command) in changing { try runChecked(["sed", "-i", command, "\(copy)/\(name)"]) }
    return try runChecked(["tar", "-cf", "-", "-C", copy, "metadata", "targets"])
  }

  private func pin(_ site: Site, _ repository: String = sigstore) throws -> String {
    try site.file("trust:sigstore/root.json", readFile(repository + "/metadata/1.root.json"))
  }

  private func taken(_ site: Site, _ version: Int, _ files: [String]) throws -> String {
    let result = try site.importing(site.bundle(version, files: files))
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func sigstoresOwnChainIsFollowed() throws {
    let site = try Site()
    let image = [
      Corpus.path("oci/real/slsa-v2.1.0.tar"), "--require", "attestation=https://slsa.dev/provenance/v0.2",
      "--certificate-identity-regexp", "^https://github.com/slsa-framework/slsa-github-generator/.*$",
      "--certificate-oidc-issuer", "https://token.actions.githubusercontent.com",
    ]
    let old = try site.file("trust:sigstore/tuf.tar", tar(site, without: ["metadata/15.root.json"]))
    let before = try site.head()
    let shown = try site.importing(site.bundle(1, files: [pin(site), old]), ["--dry-run"]).output
    for word in [
      "upstream    chain sigstore: root 14, timestamp 762, snapshot 165, targets 14, registry.npmjs.org 8",
      "age         upstream sigstore timestamp version 762 expired 2026-08-28", "adds        upstream sigstore/tuf.tar",
      "adds        trust-root sigstore/trusted_root.json", "+ the chain begins at root version 1, sha256:",
      "+ log rekor.sigstore.dev",
    ] { #expect(shown.contains(word), "\(word): \(shown)") }
    #expect(try site.head() == before)
    _ = try taken(site, 1, [pin(site), old])

    // Its pin has done its work, and may go. Another one says nothing any more.
    let new = try site.file("trust:sigstore/tuf.tar", tar(site))
    let next = try taken(site, 2, [new])
    #expect(next.contains("upstream    chain sigstore: root 14 → 15, timestamp 762,"), "\(next)")
    #expect(next.contains("removes     upstream-root sigstore/root.json"))
    #expect(!next.contains("trust-root sigstore/trusted_root.json"))
    let verified = try site.assay.run(["verify"] + image)
    #expect(verified.status == 0, "\(verified.errors)\(verified.output)")
    #expect(verified.output.contains("installed as sigstore/trusted_root.json"))
    let stranger = try site.file("trust:sigstore/root.json", readFile(site.bundle(9) + "/metadata/1.root.json"))
    #expect(try taken(site, 3, [new, stranger]).contains("chain sigstore: root 15,"))

    // Left out, all of it goes, and what was accepted of it is forgotten.
    let gone = try taken(site, 4, [])
    #expect(gone.contains("removes     trust-root sigstore/trusted_root.json"), "\(gone)")
    #expect(try !site.assay.run(["trust", "list"]).output.contains("sigstore"))
    #expect(try taken(site, 5, [pin(site), old]).contains("chain sigstore: root 14,"))
  }

  static let tampered: [(name: String, command: String, reason: String)] = [
    ("metadata/2.root.json", #"s/"spec_version": "1.0"/"spec_version": "1.1"/"#, "tuf.threshold-not-met"),
    ("metadata/timestamp.json", "s/762/763/", "tuf.threshold-not-met"),
    ("metadata/165.snapshot.json", "s/165/166/", "tuf.threshold-not-met"),
    ("metadata/14.targets.json", "s/6787/6788/", "tuf.threshold-not-met"),
    ("metadata/8.registry.npmjs.org.json", "s/2026/2036/", "tuf.threshold-not-met"),
    (
      "targets/6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66.trusted_root.json",
      "s/rekor.sigstore.dev/rekor.sigstore.def/", "tuf.hash-mismatch"
    ),
    (
      "targets/7fcb94a5d0ed541260473b990b99a6c39864c1fb16f3f3e594a5a3cebbfe138a.ctfe.pub", "s/A/B/", "tuf.hash-mismatch"
    ),
  ]

  /// Whoever signs for the site cannot speak for the upstream.
  @Test(arguments: tampered.indices) func anAlteredChainChangesNothing(_ index: Int) throws {
    let (name, command, reason) = Self.tampered[index]
    let site = try Site()
    let before = try site.head()
    let altered = try site.file("trust:sigstore/tuf.tar", tar(site, changing: [name: command]))
    let result = try site.importing(site.bundle(1, files: [pin(site), altered]))
    #expect(result.status == 3, "\(result.output)")
    #expect(result.errors.contains(reason) && result.errors.contains("sigstore/tuf.tar"), "\(result.errors)")
    #expect(try site.head() == before)
  }

  @Test func anUpstreamDoesNotGoBack() throws {
    let site = try Site()
    /// Another site's keys make the upstream; its trust root lies at the top.
    func upstream(_ version: Int) throws -> String {
      let out = site.folder.path("upstream-\(version)")
      let made = try PythonTUF.run(
        [
          site.folder.path("upstream-keys"), out, "\(version)",
          "\(site.folder.path("trusted_root.json"))=targets:trusted_root.json",
        ], script: "site_bundle.py")
      guard made.status == 0 else { throw RunError(description: made.errors) }
      return out
    }
    let (first, second) = (try upstream(1), try upstream(2))
    let new = try site.file("trust:sigstore/tuf.tar", tar(site, second))
    _ = try taken(site, 1, [pin(site, first), new])
    #expect(try site.assay.run(["verify"] + site.image).output.contains("installed as sigstore/trusted_root.json"))
    let old = try site.file("trust:sigstore/tuf.tar", tar(site, first))
    for files in [[old], [try pin(site, first), old]] {
      let result = try site.importing(site.bundle(2, files: files))
      #expect(result.status == 3 && result.errors.contains("tuf.rollback"), "\(result.errors)")
    }
    // The site's own limits judge its age: the timestamp expired on 2026-01-08.
    let limits = try site.file(
      "policy:policy/age-limits.json",
      #"{"format":"assay-age-limits/1","limits":[{"of":"upstream","role":"timestamp","warnDays":0,"failDays":10}]}"#)
    _ = try taken(site, 3, [new, limits])
    let result = try site.assay.run(["verify", "--fresh"] + site.image)
    #expect(result.status == 4 && result.output.contains("trust.too-old"), "\(result.output)")
    #expect(try site.assay.run(["trust", "show"]).output.contains("upstream sigstore/timestamp version 2"))
  }

  /// What only looks like an upstream's repository.
  @Test func halfAnUpstreamIsRefused() throws {
    let site = try Site()
    let before = try site.head()
    let whole = try site.file("trust:sigstore/tuf.tar", tar(site))
    let double = try site.file("trust:sigstore/trusted_root.json", readFile(site.folder.path("trusted_root.json")))
    let other = try site.file("trust:sigstore/root.json", readFile(site.bundle(9) + "/metadata/1.root.json"))
    let noRoot = try site.file("trust:sigstore/root.json", "{}")
    let compressed = try site.file(
      "trust:sigstore/tuf.tar", runChecked(["gzip", "-c"], input: tar(site)))
    for (files, status, reason) in [
      ([whole], 4, "trust-bundle.upstream-unpinned"), ([try pin(site)], 3, "trust-bundle.unsupported"),
      ([try pin(site), whole, double], 3, "trust-bundle.malformed"), ([other, whole], 3, "tuf.threshold-not-met"),
      ([noRoot, whole], 3, "tuf.malformed"), ([try pin(site), compressed], 3, "archive.not-recognised"),
    ] as [([String], Int32, String)] {
      let result = try site.importing(site.bundle(1, files: files))
      #expect(result.status == status && result.errors.contains(reason), "\(reason): \(result.errors)")
    }
    #expect(try site.head() == before)
  }
}
