import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// Writes the seeds that hold keys and signatures anew, under `ASSAY_WRITE_SEEDS=1`; what is written is then replayed and
/// committed like any other file. The seeds that are text were written by hand.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["ASSAY_WRITE_SEEDS"] == "1", "writes Tests/Fuzz/Seeds"))
struct SeedWritingTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path

  private func write(_ bytes: [UInt8], _ format: String, _ name: String) throws {
    try write(bytes, to: "Seeds/\(format)", name)
  }

  private func write(_ bytes: [UInt8], to folder: String, _ name: String) throws {
    let folder = "\(Self.root)/\(folder)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
  }

  @Test func signatures() throws {
    let world = MiniatureSigstore(seed: 7, now: 1_790_000_000)
    let image = String(repeating: "5e", count: 32)
    let statement = SampleStatement(
      SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance, aboutDigest: "sha256:\(image)")
    let logs: [(String, SigningRequest.Log)] = [("v1", .v1()), ("v2", .v2), ("witnessed", .v2witnessed)]
    for (name, log) in logs {
      let signed = world.issue(SigningRequest(.statement(statement), log: log, timestamps: [.embedded]))
      try write(signed.bundle(), "SigstoreBundle", "statement-\(name)")
      let message = world.issue(SigningRequest(.message([0x41]), log: log))
      try write(message.bundle(), "SigstoreBundle", "message-\(name)")
      for issued in [signed, message] {
        for entry in issued.entries {
          try write(entry.body, "LogEntry", "\(entry.kind)-\(name)")
          guard let checkpoint = entry.proof?.checkpoint else { continue }
          try write(Array(checkpoint.utf8), "SignedNote", "checkpoint-\(name)")
          try write(Array(checkpoint.utf8), "Checkpoint", "checkpoint-\(name)")
        }
      }
      if let envelope = signed.envelope {
        try write(envelope.json.bytes, "Envelope", "statement-\(name)")
        try write(envelope.payload, "Envelope", "payload-\(name)")
      }
      for der in signed.timestamps { try write(der, "Timestamp", "response-\(name)") }
      if let certificate = signed.certificate { try write(certificate.der, "DERExtensions", "leaf-\(name)") }
      if let root = signed.root { try write(root, "DERExtensions", "root") }
    }
    let old = world.issue(SigningRequest(.message([0x41]))).bundle(.v01)
    try write(old, "SigstoreBundle", "message-old")
  }

  /// All that was ever signed under the keys in `Genuine`: one statement and one artifact.
  @Test func genuine() throws {
    let world = MiniatureSigstore(seed: 7, now: 1_790_000_000)
    let image = String(repeating: "5e", count: 32)
    let statement = SigningRequest.Content.statement(
      SampleStatement(
        SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance, aboutDigest: "sha256:\(image)"))
    let artifact = SigningRequest.Content.message([0x41])
    let root = world.trustedRoot()
    try write(root, to: "Genuine", "trusted_root.json")
    try write(root, "TrustRoot", "miniature")
    let key = SampleKey(.p256)
    try write(key.spki, to: "Genuine", "key")
    let logs: [(String, SigningRequest.Log)] = [("v1", .v1()), ("v2", .v2), ("witnessed", .v2witnessed)]
    for (name, log) in logs {
      try write(world.issue(SigningRequest(statement, log: log)).bundle(), "SignedBundle", "statement-\(name)")
      try write(world.issue(SigningRequest(artifact, log: log)).bundle(), "SignedBundle", "message-\(name)")
    }
    try write(world.issue(SigningRequest(artifact, as: .key(key))).bundle(), "SignedBundle", "message-key")
    let signed = world.issue(SigningRequest(statement, as: .key(key)))
    try write(signed.bundle(), "SignedBundle", "statement-key")
    if let envelope = signed.envelope {
      try write(envelope.payload, to: "Genuine", "statement")
      try write(envelope.json.bytes, "SignedBundle", "envelope-key")
    }
    let stranger = world.issue(SigningRequest(statement, as: .key(SampleKey(.p256))))
    try write(stranger.bundle(), "SignedBundle", "bad-stranger")
  }

  @Test func archives() throws {
    let plain = TarWriter.archive { tar in
      tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
      tar.header("blobs/", type: "5")
      tar.file("blobs/sha256/00", "{}")
      tar.file("blobs/sha512/00", "x")
      tar.end()
    }
    try write(plain, "Tar", "plain")
    let extended = TarWriter.archive { tar in
      tar.pax([("path", "long/\(String(repeating: "n", count: 120))"), ("mtime", "1.5")])
      tar.file("short", "contents")
      tar.extend("L", Array("gnu/name\0".utf8))
      tar.file("g", "more")
      tar.file("id/layer", "layer")
      tar.header("id2/layer", type: "2", link: "../id/layer")
      tar.end()
    }
    try write(extended, "Tar", "extended")
    try write(Array(extended.prefix(1800)), "Tar", "bad-cut")
    try write(plain + [1], "Tar", "bad-trailing")
  }
}
