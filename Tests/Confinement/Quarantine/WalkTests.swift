import Cryptography
import MediumRecord
import MiniatureSigstore
import Octets
import Quarantine
import Reasons
import TestSupport
import Testing

@testable import MediaReader

/// The walk's own bounds, and what is asked of names.
struct WalkTests {
  private func blob(_ bytes: [UInt8]) -> (entry: MediumEntry, digest: ClaimedDigest) {
    let digest = ClaimedDigest(Cryptography.digest(bytes))
    return (MediumEntry("blobs/sha256/\(digest.hex)", bytes), digest)
  }

  private func reason(_ entries: [MediumEntry], _ root: ClaimedDigest) throws -> Reason? {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(entries, to: path, style: .plain)
    let id = try rig.take(path).record.id
    do { _ = try rig.quarantine.rehash(root, of: id) } catch QuarantineError.input(let failure) {
      return failure.reason
    }
    return nil
  }

  /// Eight indexes inside one are read, as the reading that judges does, and nine are not.
  @Test(arguments: [(8, nil), (9, Reason.imageNestingTooDeep)]) func indexesNestSoDeep(depth: Int, reason: Reason?)
    throws
  {
    var (entry, digest) = blob(Array(#"{"schemaVersion":2,"layers":[]}"#.utf8))
    var entries = [entry]
    for _ in 0..<depth {
      let size = if case .file(let bytes) = entry.kind { bytes.count } else { 0 }
      (entry, digest) = blob(
        Array(#"{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"\#(digest)","size":\#(size)}]}"#.utf8))
      entries.append(entry)
    }
    #expect(try self.reason(entries, digest) == reason)
  }

  @Test func aDocumentIsNoLargerThanOneThatIsKept() throws {
    let large = blob(Array(#"{"schemaVersion":2,"layers":[]}"#.utf8) + [UInt8](repeating: 0x20, count: 16 << 20))
    #expect(try reason([large.entry], large.digest) == .blobMissing)
  }

  @Test func whatIsNoManifestIsNoImage() throws {
    let other = blob(Array(#"{"schemaVersion":2}"#.utf8))
    #expect(try reason([other.entry], other.digest) == .imageManifestMalformed)
  }

  /// Where to look first; what is found there is hashed.
  @Test func namesSayWhereToLook() {
    let short = String(repeating: "ab", count: 32)
    let long = String(repeating: "cd", count: 64)
    for name in [
      "blobs/sha256/\(short)", short, "\(short).tar", "\(short).json", "sha256:\(short)", "x/\(short).tar.gz",
    ] {
      #expect(ContentName.claimed(Array(name.utf8))?.description == "sha256:\(short)", "\(name)")
    }
    #expect(ContentName.claimed(Array("blobs/sha512/\(long)".utf8))?.description == "sha512:\(long)")
    for name in ["index.json", "blobs/sha512/\(short)", "blobs/sha256/\(short.dropLast())", "", "/"] {
      #expect(ContentName.claimed(Array(name.utf8)) == nil, "\(name)")
    }
  }
}
