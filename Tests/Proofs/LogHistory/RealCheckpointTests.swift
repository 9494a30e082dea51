import LogHistory
import Reasons
import SignedNote
import StrictJSON
import TestSupport
import Testing
import TrustRoot

/// Real checkpoints of both generations by themselves, without the entries that they came with.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct RealCheckpointTests {
  static func note(_ name: String) throws -> [UInt8] {
    let bundle = try JSONNode(
      parsing: Corpus.bytes("sigstore-conformance/\(name)/bundle.sigstore.json"), named: name,
      malformed: .bundleMalformed)
    return try bundle.required("verificationMaterial").required("tlogEntries").elements()[0]
      .required("inclusionProof").required("checkpoint").required("envelope").bytes()
  }

  static func known(_ name: String) throws -> [KnownLog] {
    let isVersion2 = name.hasPrefix("rekor2")
    let path =
      isVersion2 ? "sigstore-conformance/\(name)/trusted_root.json" : "trust/sigstore-public-good.trusted_root.json"
    return try TrustRoot(parsing: Corpus.bytes(path), named: "root").transparencyLogs.map { KnownLog($0) }
  }

  static let names = ["happy-path-v0.2", "happy-path-v0.3", "rekor2-happy-path", "rekor2-dsse-happy-path"]

  @Test(arguments: names) func verifies(_ name: String) throws {
    let checkpoint = try Checkpoint(parsing: Self.note(name))
    let signers = try checkpoint.signers(among: Self.known(name), named: "checkpoint")
    #expect(signers.count == 1)
    #expect(signers.allSatisfy { checkpoint.origin.starts(with: $0.name.utf8) })
  }

  /// One bit of the root, or of the size.
  @Test(arguments: names) func refusesAnotherText(_ name: String) throws {
    let note = String(decoding: try Self.note(name), as: UTF8.self)
    let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
    for line in [1, 2] {
      var changed = lines.map(String.init)
      changed[line] = (changed[line].first == "1" ? "2" : "1") + changed[line].dropFirst()
      let bytes = Array(changed.joined(separator: "\n").utf8)
      let failure = #expect(throws: Failure.self) {
        try Checkpoint(parsing: bytes).signers(among: Self.known(name), named: "checkpoint")
      }
      #expect(failure?.reason == .logCheckpointInvalid)
    }
  }

  @Test func strangersAreUnknown() throws {
    let checkpoint = try Checkpoint(parsing: Self.note("rekor2-happy-path"))
    let failure = #expect(throws: Failure.self) {
      try checkpoint.signers(among: Self.known("happy-path-v0.3"), named: "checkpoint")
    }
    #expect(failure?.reason == .logUnknown)
  }
}
