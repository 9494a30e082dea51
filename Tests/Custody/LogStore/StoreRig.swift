import Cryptography
import Files
import LogHistory
import LogSnapshot
import LogStore
import Octets
import Reasons
import SignedNote
import SnapshotSketch
import TestSupport
import Testing

/// A store, and what a ledger would hold of one log.
struct LogStoreRig {
  let home: TemporaryFolder
  let store: LogStore
  var accepted: AcceptedLog?

  init() throws {
    home = try TemporaryFolder()
    store = LogStore(in: home.path)
  }

  static func policy(_ log: SketchedTlog) throws -> TLogPolicy {
    try TLogPolicy(
      parsing: Array("log \(String(decoding: log.verifierKey.serialized, as: UTF8.self))\nquorum none\n".utf8),
      named: "policy")
  }

  /// Verifies and keeps a snapshot, as an import does it.
  /// - Parameter finishing: false for an import that ends before its last step.
  @discardableResult
  mutating func take(_ snapshot: SketchedSnapshot, _ log: SketchedTlog, finishing: Bool = true) throws -> VerifiedLog {
    let opened = try SnapshotVerifier(trustRoots: [], policy: Self.policy(log)).open(snapshot.listing, in: snapshot)
    let signed = try #require(opened.first)
    let intake = try store.intake(of: signed.origin)
    let verified = try signed.verify(
      after: accepted, in: snapshot, beside: store.hashes(of: signed.origin), into: intake)
    guard finishing else { return verified }
    try intake.finish()
    // By way of the ledger's bytes.
    accepted = try AcceptedLog(
      note: verified.note, heads: LogHeads.serialized(verified.heads), named: "ledger")
    return verified
  }

  var log: KeptLog { store.log(accepted!) }

  func folder(_ log: SketchedTlog) -> String { store.folder(of: log.origin) }

  func names(_ log: SketchedTlog) throws -> [String] {
    let names = try Directory(path: folder(log)).names(atMost: 1000) ?? []
    return names.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension SketchedTlog {
  /// Rekor v1 entries about digests of 32 times their number.
  static func rekor(leaves: Int) throws -> SketchedTlog {
    var log = try SketchedTlog("rekor.example", .rekorVersion1)
    for number in 0..<leaves { log.append(leaf: hashedRekord(number)) }
    return log
  }

  static func digest(_ number: Int) -> ClaimedDigest {
    ClaimedDigest(.sha256, [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32))!
  }

  private static func hashedRekord(_ number: Int) -> [UInt8] {
    let key = base64(Array("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".utf8))
    return Array(
      """
      {"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256",\
      "value":"\(digest(number).hex)"}},"signature":{"content":"\(base64([UInt8(truncatingIfNeeded: number >> 8)]))",\
      "publicKey":{"content":"\(key)"}}}}
      """.utf8)
  }
}
