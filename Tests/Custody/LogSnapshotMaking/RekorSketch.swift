import Base64
import Cryptography
import LogSnapshotMaking
import MerkleTree
import Octets
import Reasons
import SignedNote
import StrictJSON
import TestSupport

/// A tree of Rekor v1 in memory, and what the log's API would answer about it.
struct RekorSketch {
  let treeID: UInt64
  let key: PrivateKey
  private(set) var tree = GrowingTree()
  private(set) var bodies: [[UInt8]] = []

  /// - Parameter fork: the entry from which on the log tells another story than without.
  init(_ count: Int, treeID: UInt64 = 7000, key: PrivateKey? = nil, fork: Int = .max) throws {
    self.treeID = treeID
    self.key = try key ?? .generate(.p256)
    for index in 0..<count {
      let body = Array(#"{"number":\#(index),"story":"\#(index < fork ? "one" : "other")"}"#.utf8)
      bodies.append(body)
      tree.append(body)
    }
  }

  var origin: String { "rekor.example - \(treeID)" }
  var logID: [UInt8] { digest(key.publicKey.spki).bytes }

  func note(_ size: UInt64) throws -> [UInt8] {
    let text = Checkpoint.text(origin: Array(origin.utf8), size: size, root: tree.root(ofFirst: size) ?? [])
    let line = (Array("rekor.example".utf8), NoteKeyID.ecdsa(spki: key.publicKey.spki), try key.sign(text))
    return SignedNote.serialized(text: text, signatures: [line])
  }

  func uuid(_ index: Int) -> String {
    let tree = (0..<8).map { UInt8(truncatingIfNeeded: treeID >> (56 - 8 * $0)) }
    return Hex.encode(tree + leafHash(bodies[index]))
  }

  /// The answer about one entry, from a time when the tree had so many.
  func answer(_ index: Int, in size: UInt64) throws -> [UInt8] {
    let text = Base64.encode(bodies[index])
    let promise =
      #"{"body":"\#(text)","integratedTime":1700000000,"logID":"\#(Hex.encode(logID))","logIndex":\#(index + 100)}"#
    let path = tree.inclusionProof(of: UInt64(index), inFirst: size)?.path ?? []
    let proof: JSON = [
      "checkpoint": .string(try note(size)), "hashes": .array(path.map { .text(Hex.encode($0)) }),
      "logIndex": .integer(Int64(index)), "rootHash": .text(Hex.encode(tree.root(ofFirst: size) ?? [])),
      "treeSize": .integer(Int64(size)),
    ]
    let verification: JSON = [
      "inclusionProof": proof, "signedEntryTimestamp": .text(Base64.encode(try key.sign(Array(promise.utf8)))),
    ]
    let entry: JSON = [
      "body": .text(text), "integratedTime": 1_700_000_000, "logID": .text(Hex.encode(logID)),
      "logIndex": .integer(Int64(index + 100)), "verification": verification,
    ]
    var object = JSONObject()
    object.append(uuid(index), entry)
    return JSON.object(object).serialized()
  }

  /// The answer to `GET /api/v1/log/proof`.
  func consistency(_ old: UInt64, _ new: UInt64) -> [UInt8] {
    let path = tree.consistencyPath(from: old, to: new) ?? []
    let answer: JSON = [
      "hashes": .array(path.map { .text(Hex.encode($0)) }), "rootHash": .text(Hex.encode(tree.root)),
    ]
    return answer.serialized()
  }

  /// The answer to `GET /api/v1/log`, with shards that no longer grow.
  func state(_ size: UInt64, inactive: [[UInt8]] = []) throws -> [UInt8] {
    let shards = inactive.map { note -> JSON in ["signedTreeHead": .string(note), "treeSize": 1] }
    let answer: JSON = [
      "inactiveShards": .array(shards), "rootHash": "", "signedTreeHead": .string(try note(size)),
      "treeID": .text(String(treeID)), "treeSize": .integer(Int64(size)),
    ]
    return answer.serialized()
  }

  /// A trust root that names this log.
  var trustRoot: [UInt8] {
    var sketch = TrustRootSketch()
    sketch.transparencyLogs = [TrustRootSketch.Log(spki: key.publicKey.spki, identifier: logID)]
    return sketch.json
  }
}

/// The snapshot under a script that shares no code with Assay; what it says of each log.
func checkedInPython(_ snapshot: String) throws -> [String] {
  let script = Products.package + "/Tests/Interop/check_snapshot.py"
  let said = try runChecked(["python3", script, snapshot], environment: ["PYTHONDONTWRITEBYTECODE": "1"])
  return String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
}

extension SnapshotError {
  var wanted: Wanted? { if case .wanted(let wanted) = self { wanted } else { nil } }
  var refusal: Failure? { if case .refused(let failure) = self { failure } else { nil } }
  var mistake: String? { if case .mistake(let words) = self { words } else { nil } }
}
