import Base64
package import Cryptography
package import LogSnapshot
import MerkleTree
import Octets
package import Reasons
import SignedNote

package func base64(_ bytes: [UInt8]) -> String { Base64.encode(bytes) }

/// The files of a log snapshot in memory, of which any can be changed.
package struct SketchedSnapshot: SnapshotFiles, Sendable {
  /// By path.
  package var files: [String: [UInt8]] = [:]
  /// The log that is written next.
  package var folder = "a"

  package init() {}

  /// Description and newest checkpoint.
  package init(of log: SketchedTlog, witnesses: [SketchedWitness] = [], at time: Int64 = 1_700_000_000) throws {
    self[.description] = Self.description(log)
    self[.checkpoint] = try log.checkpoint(witnesses: witnesses, at: time)
  }

  package subscript(path: SnapshotPath) -> [UInt8]? {
    get { files["\(folder)/\(path.text)"] }
    set { files["\(folder)/\(path.text)"] = newValue }
  }

  package static func description(_ log: SketchedTlog, kind: String? = nil, more: String = "") -> [UInt8] {
    Array(
      """
      {"format": "assay-log-snapshot/1", "origin": "\(String(decoding: log.origin, as: UTF8.self))",
       "kind": "\(kind ?? log.generation.rawValue)"\(more)}
      """.utf8)
  }

  package mutating func carry(checkpointOf size: UInt64, _ log: SketchedTlog, root: [UInt8]? = nil) throws {
    self[.earlierCheckpoint(size: size)] = try log.checkpoint(size, root: root)
  }

  /// All tiles of a tree of this size, or those that `isWanted`.
  package mutating func carry(
    tilesOf size: UInt64, _ log: SketchedTlog, where isWanted: (_ level: Int, TilePath) -> Bool = { _, _ in true }
  ) {
    var level = 0
    while size >> UInt64(8 * level) > 0 {
      let count = size >> UInt64(8 * level)
      for number in 0...count / 256 {
        let width = Int(min(256, count - number * 256))
        guard width > 0, isWanted(level, TilePath(number: number, width: width)) else { continue }
        self[.tile(level: level, TilePath(number: number, width: width))] =
          (0..<UInt64(width)).flatMap { log.tree.subtreeHash(level: 8 * level, index: number * 256 + $0)! }
      }
      level += 1
    }
  }

  package mutating func carry(bundle number: UInt64, width: Int, _ log: SketchedTlog) {
    self[.entryBundle(TilePath(number: number, width: width))] =
      log.leaves[Int(number) * 256..<Int(number) * 256 + width]
      .flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
  }

  package mutating func carry(pathFrom old: UInt64, to new: UInt64, _ log: SketchedTlog) {
    self[.consistency(from: old, to: new)] = Self.lines(log.tree.consistencyPath(from: old, to: new)!)
  }

  package static func lines(_ path: [[UInt8]]) -> [UInt8] { path.flatMap { Array("\(base64($0))\n".utf8) } }

  package mutating func carry(
    proofOf index: UInt64, in size: UInt64, _ log: SketchedTlog, checkpoint: [UInt8]? = nil
  ) throws {
    let path = log.tree.inclusionProof(of: index, inFirst: size)!.path
    self[.proof(index: index)] =
      try LogProof(index: index, path: path, checkpoint: checkpoint ?? log.checkpoint(size)).serialized()
  }

  /// Rekor v1's form, with a promise where `promisedAt` is given.
  package mutating func carry(
    entry index: UInt64, _ log: SketchedTlog, promisedAt time: Int64? = nil, signer: PrivateKey? = nil
  ) throws {
    let body = base64(log.leaves[Int(index)])
    let (id, global) = (Hex.encode(log.logID), index + 4_163_431)
    var promise = ""
    if let time {
      let signed = #"{"body":"\#(body)","integratedTime":\#(time),"logID":"\#(id)","logIndex":\#(global)}"#
      let signature = try (signer ?? log.key).sign(Array(signed.utf8))
      promise = #", "signedEntryTimestamp": "\#(base64(signature))""#
    }
    self[.entry(index: index)] = Array(
      #"{"body": "\#(body)", "integratedTime": \#(time ?? 0), "logID": "\#(id)", "logIndex": \#(global)\#(promise)}"#
        .utf8)
  }

  // MARK: Reading

  package var listing: SnapshotListing {
    get throws {
      var listing = SnapshotListing()
      for (name, contents) in files { try listing.add(Array(name.utf8), size: UInt64(contents.count), at: 0) }
      try listing.finish()
      return listing
    }
  }

  package func contents(
    of path: SnapshotPath, in folder: [UInt8], at position: UInt64, size: Int
  ) throws(Failure) -> [UInt8] {
    let name = "\(String(decoding: folder, as: UTF8.self))/\(path.text)"
    guard let contents = files[name], contents.count == size else {
      throw Failure(.archiveUnreadable, name, "the test has no such file")
    }
    return contents
  }
}
