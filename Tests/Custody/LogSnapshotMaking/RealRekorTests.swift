import Base64
import LogSnapshotMaking
import MerkleTree
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing
import TrustRoot

/// Entries of the public-good Rekor v1, with real proofs, promises and checkpoints: what its API answered, made again from
/// the bundles that kept it.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct RealRekorTests {
  static func answer(_ name: String) throws -> [UInt8] {
    let bundle = try JSONNode(
      parsing: Corpus.bytes("sigstore-conformance/\(name)/bundle.sigstore.json"), named: name,
      malformed: .bundleMalformed)
    let entry = try bundle.required("verificationMaterial").required("tlogEntries").elements()[0]
    let proof = try entry.required("inclusionProof")
    let body = try entry.required("canonicalizedBody")
    func hex(_ node: JSONNode) throws -> JSON { .text(Hex.encode(try node.base64())) }
    let answered: JSON = [
      "checkpoint": try proof.required("checkpoint").required("envelope").value,
      "hashes": .array(try proof.required("hashes").elements().map(hex)),
      "logIndex": .integer(try proof.required("logIndex").integerOrString()),
      "rootHash": try hex(proof.required("rootHash")),
      "treeSize": .integer(try proof.required("treeSize").integerOrString()),
    ]
    var object = JSONObject()
    object.append(
      "24296fb24b8ad77a" + Hex.encode(leafHash(try body.base64())),
      [
        "attestation": [:], "body": body.value,
        "integratedTime": .integer(try entry.required("integratedTime").integerOrString()),
        "logID": try hex(entry.required("logId").required("keyId")),
        "logIndex": .integer(try entry.required("logIndex").integerOrString()),
        "verification": [
          "inclusionProof": answered,
          "signedEntryTimestamp": try entry.required("inclusionPromise").required("signedEntryTimestamp").value,
        ],
      ])
    return JSON.object(object).serialized()
  }

  static func trustRoot() throws -> TrustRoot {
    try TrustRoot(parsing: Corpus.bytes("trust/sigstore-public-good.trusted_root.json"), named: "root")
  }

  @Test(arguments: [("happy-path-v0.2", 23_083_062), ("happy-path-v0.3", 75_408_393)])
  func isCarried(_ name: String, _ size: Int) throws {
    let home = try TemporaryFolder()
    var snapshot = RekorSnapshot()
    snapshot.entries = [try home.write("answer.json", Self.answer(name))]
    snapshot.trustRoot = try Self.trustRoot()
    #expect(try snapshot.write(to: home.path("out.tar")).logs.map(\.size) == [UInt64(size)])
    #expect(
      try checkedInPython(home.path("out.tar")) == [
        "rekor.sigstore.dev - 2605736670972794746: \(size), earlier [], tiles 0, entries 1"
      ])
  }

  /// Both were answered by one tree, and no proof that joins them was kept.
  @Test func bothWantAProof() throws {
    let home = try TemporaryFolder()
    var snapshot = RekorSnapshot()
    for name in ["happy-path-v0.2", "happy-path-v0.3"] {
      snapshot.entries.append(try home.write(name, Self.answer(name)))
    }
    let error = #expect(throws: SnapshotError.self) { try snapshot.write(to: home.path("out.tar")) }
    let wanted = try #require(error?.wanted)
    #expect(
      wanted.commands == [
        "curl -fsS -o 23083062-75408393.json 'https://rekor.sigstore.dev/api/v1/log/proof?firstSize=23083062"
          + "&lastSize=75408393&treeID=2605736670972794746'"
      ])
  }

  @Test func aPromiseOfAnotherTimeIsRefused() throws {
    let home = try TemporaryFolder()
    let text = String(decoding: try Self.answer("happy-path-v0.3"), as: UTF8.self)
    var snapshot = RekorSnapshot()
    snapshot.entries = [try home.write("answer.json", Array(text.replacing("1710869186", with: "1710869187").utf8))]
    snapshot.trustRoot = try Self.trustRoot()
    let error = #expect(throws: SnapshotError.self) { try snapshot.write(to: home.path("out.tar")) }
    let failure = try #require(error?.refusal)
    #expect(failure.reason == .logPromiseInvalid)
  }
}
