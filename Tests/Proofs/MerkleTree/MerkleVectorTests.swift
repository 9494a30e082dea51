import MerkleTree
import Reasons
import StrictJSON
import TestSupport
import Testing

/// transparency-dev/merkle: 518 proofs, of which all but the happy paths have one thing wrong.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct MerkleVectorTests {
  static func vectors(in folder: String) -> [String] {
    guard Corpus.root != nil, let names = try? Corpus.names(in: folder) else { return [] }
    return names.flatMap { name in
      name.hasSuffix(".json") ? ["\(folder)/\(name)"] : vectors(in: "\(folder)/\(name)")
    }
  }

  struct Vector {
    let node: JSONNode

    init(_ path: String) throws {
      node = try JSONNode(parsing: try Corpus.bytes(path), named: path, malformed: .jsonMalformed)
    }

    /// The vectors use all 64 bits, which no signed integer holds.
    func number(_ key: String) throws -> UInt64 {
      guard case .number(let text) = try node.required(key).value,
        let number = UInt64(String(decoding: text, as: UTF8.self))
      else { throw try node.required(key).failure("no number") }
      return number
    }

    func hash(_ key: String) throws -> [UInt8] { try node.optional(key)?.base64() ?? [] }
    func proof() throws -> [[UInt8]] { try node.optional("proof")?.elements().map { try $0.base64() } ?? [] }
    func wantsError() throws -> Bool { try node.required("wantErr").bool() }

    func check(_ reason: Reason, _ verify: () throws -> Void) throws {
      if try wantsError() {
        #expect((#expect(throws: Failure.self, performing: verify))?.reason == reason)
      } else {
        #expect(throws: Never.self, performing: verify)
      }
    }
  }

  @Test func corpusIsWhole() throws {
    let counts = ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"].map {
      Self.vectors(in: "merkle/\($0)").count
    }
    #expect(counts == [98, 98, 204, 118])
  }

  @Test(arguments: vectors(in: "merkle/inclusion"))
  func inclusion(_ path: String) throws {
    let vector = try Vector(path)
    let (index, size) = (try vector.number("leafIdx"), try vector.number("treeSize"))
    let (leaf, root, proof) = (try vector.hash("leafHash"), try vector.hash("root"), try vector.proof())
    try vector.check(.logInclusionProofMismatch) {
      try verifyInclusion(leafHash: leaf, index: index, size: size, path: proof, root: root)
    }
  }

  @Test(arguments: vectors(in: "merkle/subtreeinclusion"))
  func subtreeInclusion(_ path: String) throws {
    let vector = try Vector(path)
    let (index, start, end) = (try vector.number("leafIdx"), try vector.number("start"), try vector.number("end"))
    let (leaf, root, proof) = (try vector.hash("leafHash"), try vector.hash("root"), try vector.proof())
    try vector.check(.logInclusionProofMismatch) {
      try verifySubtreeInclusion(leafHash: leaf, index: index, start: start, end: end, path: proof, root: root)
    }
  }

  @Test(arguments: vectors(in: "merkle/consistency"))
  func consistency(_ path: String) throws {
    let vector = try Vector(path)
    let from = (try vector.number("size1"), try vector.hash("root1"))
    let to = (try vector.number("size2"), try vector.hash("root2"))
    let proof = try vector.proof()
    try vector.check(.logConsistencyProofMismatch) { try verifyConsistency(from: from, to: to, path: proof) }
  }

  @Test(arguments: vectors(in: "merkle/subtreeconsistency"))
  func subtreeConsistency(_ path: String) throws {
    let vector = try Vector(path)
    let (start, end) = (try vector.number("start"), try vector.number("end"))
    let to = (try vector.number("size"), try vector.hash("root2"))
    let (hash, proof) = (try vector.hash("root1"), try vector.proof())
    try vector.check(.logConsistencyProofMismatch) {
      try verifySubtreeConsistency(start: start, end: end, hash: hash, to: to, path: proof)
    }
  }
}
