import Testing
import TestSupport

/// Every archive that real tools wrote, or that somebody tampered with, through the program as a user runs it.
@Suite struct ToolMadeArchiveTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let archive: String
    let options: [String]
    let verdict: String
    let reason: String?
    init(_ archive: String, key: String = "ec", _ verdict: String, _ reason: String? = nil, and options: [String] = [])
    {
      self.archive = archive
      self.options = ["--key", "keys/\(key).pub"] + options
      self.verdict = verdict
      self.reason = reason
    }
    var testDescription: String { archive }
  }

  static let exported: [Row] = [
    Row("exports/both/cosign-save", "admit"),
    Row("exports/both/crane-oci", "incomplete", "signature.missing"),
    Row("exports/both/crane-tarball", "incomplete", "blob.content-unbound"),
    Row("exports/both/oras-backup-alltags", "admit"),
    Row("exports/both/oras-backup", "admit"),
    Row("exports/both/oras-copy", "admit"),
    Row("exports/both/skopeo-dir", "admit"),
    Row("exports/both/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/both/skopeo-oci-archive", "incomplete", "signature.missing"),
    Row("exports/multi-new-idx/oras-backup", "incomplete", "blob.foreign-not-carried"),
    Row("exports/multi-new-nf/cosign-save", "admit"),
    Row("exports/multi-new-nf/oras-backup", "admit"),
    Row("exports/multi-new-nf/skopeo-dir", "incomplete", "signature.missing"),
    Row("exports/multi-old-nf/cosign-save", "admit"),
    Row("exports/multi-old-nf/oras-backup-alltags", "admit"),
    Row("exports/multi-old-nf/oras-backup", "incomplete", "signature.missing"),
    Row("exports/multi-old-nf/skopeo-dir", "admit"),
    Row("exports/new-att/cosign-save", "admit"),
    Row("exports/new-att/oras-backup-alltags", "admit"),
    Row("exports/new-att/oras-backup", "admit"),
    Row("exports/new-att/skopeo-dir", "incomplete", "signature.missing"),
    Row("exports/new-att/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/new-cert-tsa/cosign-save", key: "ca/leaf-cosign", "admit"),
    Row("exports/new-cert-tsa/oras-backup-alltags", key: "ca/leaf-cosign", "admit"),
    Row("exports/new-cert-tsa/oras-backup", key: "ca/leaf-cosign", "admit"),
    Row("exports/new-cert-tsa/skopeo-dir", key: "ca/leaf-cosign", "incomplete", "signature.missing"),
    Row("exports/new-cert-tsa/skopeo-docker-archive", key: "ca/leaf-cosign", "incomplete", "signature.missing"),
    Row("exports/new-docker/cosign-save", "admit"),
    Row("exports/new-docker/oras-backup-alltags", "admit"),
    Row("exports/new-docker/oras-backup", "admit"),
    Row("exports/new-docker/skopeo-dir", "incomplete", "signature.missing"),
    Row("exports/new-docker/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/new-ec/cosign-save", "admit"),
    Row("exports/new-ec/crane-oci", "incomplete", "signature.missing"),
    Row("exports/new-ec/crane-tarball", "incomplete", "blob.content-unbound"),
    Row("exports/new-ec/oras-backup-alltags", "admit"),
    Row("exports/new-ec/oras-backup", "admit"),
    Row("exports/new-ec/oras-copy", "admit"),
    Row("exports/new-ec/skopeo-dir", "incomplete", "signature.missing"),
    Row("exports/new-ec/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/new-ec/skopeo-oci-archive", "incomplete", "signature.missing"),
    Row("exports/new-ed/cosign-save", key: "ed", "admit"),
    Row("exports/new-ed/oras-backup-alltags", key: "ed", "admit"),
    Row("exports/new-wrongkey/cosign-save", "refuse", "signature.key-mismatch"),
    Row("exports/new-wrongkey/oras-backup-alltags", "refuse", "signature.key-mismatch"),
    Row("exports/notation-jws/cosign-save", "incomplete", "signature.format-unsupported"),
    Row("exports/notation-jws/oras-backup", "incomplete", "signature.format-unsupported"),
    Row("exports/notation-jws/skopeo-dir", "incomplete", "signature.missing"),
    Row("exports/notation-jws/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/old-att/cosign-save", "admit"),
    Row("exports/old-att/oras-backup-alltags", "admit"),
    Row("exports/old-att/oras-backup", "incomplete", "signature.missing"),
    Row("exports/old-att/skopeo-dir", "admit"),
    Row("exports/old-att/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/old-ec/cosign-save", "admit"),
    Row("exports/old-ec/crane-oci", "incomplete", "signature.missing"),
    Row("exports/old-ec/crane-tarball", "incomplete", "blob.content-unbound"),
    Row("exports/old-ec/oras-backup-alltags", "admit"),
    Row("exports/old-ec/oras-backup", "incomplete", "signature.missing"),
    Row("exports/old-ec/oras-copy", "incomplete", "signature.missing"),
    Row("exports/old-ec/skopeo-dir", "admit"),
    Row("exports/old-ec/skopeo-docker-archive", "incomplete", "signature.missing"),
    Row("exports/old-ec/skopeo-oci-archive", "incomplete", "signature.missing"),
    Row("exports/old-multi/cosign-save", "admit"),
    Row("exports/old-multi/oras-backup-alltags", "admit"),
    Row("exports/old-rsa/cosign-save", key: "rsa", "admit"),
    Row("exports/old-rsa/oras-backup-alltags", key: "rsa", "admit"),
  ]

  static let tampered: [Row] = [
    Row("tampered/bundle-inplace-newref", "refuse", "blob.digest-mismatch"),
    Row("tampered/digest-path-injection-newref", "refuse", "image.manifest-malformed"),
    Row("tampered/digest-path-injection-old", "refuse", "image.manifest-malformed"),
    Row("tampered/digest-path-injection-oldtag", "refuse", "image.manifest-malformed"),
    Row("tampered/dsse-payload-edited-newref", "refuse", "signature.subject-mismatch"),
    Row("tampered/dsse-sig-flipped-newref", "refuse", "signature.invalid"),
    Row("tampered/dup-layer-first-newref", "refuse", "archive.duplicate-entry"),
    Row("tampered/dup-layer-first-old", "refuse", "archive.duplicate-entry"),
    Row("tampered/dup-layer-first-oldtag", "refuse", "archive.duplicate-entry"),
    Row("tampered/flip-layer-newref", "refuse", "blob.digest-mismatch"),
    Row("tampered/flip-layer-old", "refuse", "blob.digest-mismatch"),
    Row("tampered/flip-layer-oldtag", "refuse", "blob.digest-mismatch"),
    Row("tampered/huge-entry-size-newref", "refuse", "archive.truncated"),
    Row("tampered/huge-entry-size-old", "refuse", "archive.truncated"),
    Row("tampered/huge-entry-size-oldtag", "refuse", "archive.truncated"),
    Row("tampered/index-size-mismatch-newref", "refuse", "blob.size-mismatch"),
    Row("tampered/index-size-mismatch-old", "refuse", "blob.size-mismatch"),
    Row("tampered/index-size-mismatch-oldtag", "refuse", "blob.size-mismatch"),
    Row("tampered/manifest-inplace-newref", "refuse", "blob.digest-mismatch"),
    Row("tampered/manifest-inplace-old", "refuse", "blob.digest-mismatch"),
    Row("tampered/manifest-inplace-oldtag", "refuse", "blob.digest-mismatch"),
    Row("tampered/ok-newref", "admit"),
    Row("tampered/ok-old", "admit"),
    Row("tampered/ok-oldtag", "admit"),
    Row("tampered/replay-sig-old", "refuse", "signature.subject-mismatch"),
    Row("tampered/replay-sig-oldtag", "refuse", "signature.subject-mismatch"),
    Row("tampered/simplesign-sig-edited-old", "refuse", "signature.key-mismatch"),
    Row("tampered/simplesign-sig-edited-oldtag", "refuse", "signature.key-mismatch"),
    Row("tampered/symlink-blob-newref", "refuse", "archive.forbidden-entry"),
    Row("tampered/symlink-blob-old", "refuse", "archive.forbidden-entry"),
    Row("tampered/symlink-blob-oldtag", "refuse", "archive.forbidden-entry"),
    Row("tampered/truncated-half-newref", "refuse", "archive.truncated"),
    Row("tampered/truncated-half-old", "refuse", "archive.truncated"),
    Row("tampered/truncated-half-oldtag", "refuse", "archive.truncated"),
    Row("tampered/two-images-newref", "refuse", "image.ambiguous-name"),
    Row("tampered/two-images-old", "incomplete", "signature.missing"),
    Row("tampered/two-images-oldtag", "refuse", "image.ambiguous-name"),
    Row("tampered/path-traversal-newref", "refuse", "archive.unsafe-path"),
    Row("tampered/path-traversal-old", "refuse", "archive.unsafe-path"),
    Row("tampered/path-traversal-oldtag", "refuse", "archive.unsafe-path"),
  ]

  static let special: [Row] = [
    Row("special/attonly-new", "incomplete", "signature.missing"),
    Row("special/attonly-old", "incomplete", "signature.missing"),
    Row("special/bomb", "admit"),
    Row("special/diffid", "admit"),
    Row("special/sizelie", "refuse", "blob.size-mismatch"),
    Row("special/zstd", "admit"),
  ]

  static let signedDigest = "sha256:7b030f262326e45c966c5049a8bb5684fd65bc9ef176a0af18887b48762c1a81"

  /// One fact changed against a row above.
  static let chosen: [Row] = [
    Row("tampered/two-images-old", "admit", and: ["--image", signedDigest]),
    Row("tampered/two-images-oldtag", "admit", and: ["--image", signedDigest]),
    Row("tampered/two-images-newref", "admit", and: ["--image", signedDigest]),
    Row("exports/multi-new-idx/oras-backup", "admit", and: ["--allow-foreign-layers"]),
    Row("exports/multi-new-idx/oras-backup", "admit", and: ["--platform", "linux/arm64"]),
    Row(
      "exports/multi-new-idx/oras-backup", "incomplete", "blob.foreign-not-carried",
      and: ["--platform", "windows(10.0.20348.2340)/amd64"]),
    Row("exports/both/oras-backup", "incomplete", "image.not-found", and: ["--platform", "linux/s390x"]),
    Row("exports/both/oras-backup", "incomplete", "image.not-found", and: ["--image", "v2"]),
    Row("exports/both/oras-backup", "admit", and: ["--image", "v1"]),
    Row("exports/old-rsa/cosign-save", "refuse", "signature.key-mismatch"),
    Row("exports/old-multi/cosign-save", key: "ed", "admit"),
    Row("exports/old-multi/cosign-save", key: "rsa", "admit"),
    Row("exports/new-att/cosign-save", "admit", and: ["--require", "attestation=https://slsa.dev/provenance/v1"]),
    Row("special/attonly-new", "incomplete", "attestation.missing", and: ["--require", "attestation=urn:other"]),
  ]

  @Test(
    .enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)),
    arguments: exported + tampered + special + chosen)
  func answersAsItsReadmeSays(_ row: Row) throws {
    let root = try ToolMadeArchives.root()
    let options = row.options.map { $0.hasPrefix("keys/") ? "\(root)/\($0)" : $0 }
    let (status, answer) = try Assay().verify(["\(root)/\(row.archive).tar"] + options)
    #expect(answer.verdict == row.verdict)
    #expect(answer.firstReason == row.reason)
    #expect(status == ["admit": 0, "refuse": 3, "incomplete": 4][row.verdict])
  }

  /// No archive of the corpus is left out of the table.
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence))) func everyArchiveHasARow() throws {
    let root = try ToolMadeArchives.root()
    let found = try ["exports", "tampered", "special"].flatMap(ToolMadeArchives.below)
    let listed = Set((Self.exported + Self.tampered + Self.special).map { "\(root)/\($0.archive).tar" })
    #expect(Set(found) == listed)
  }
}
