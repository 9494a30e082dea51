import Cryptography
package import OCIImage
import Octets
package import Reasons
package import StrictJSON

/// Pieces of evidence as they pass between processes: records, and the bytes that they name beside them, each once.
package struct EvidenceList: Sendable {
  package static let format = "assay-evidence/1"
  package static let limits = JSONLimits(bytes: 64 << 20, depth: 8, values: 1_000_000)

  package let evidence: [Evidence]
  package let records: JSON
  /// In the order in which records first name them.
  package let objects: [[UInt8]]

  package init(_ evidence: [Evidence]) {
    self.evidence = evidence
    records = .array(evidence.map(EvidenceRecord.recorded))
    var seen: Set<ComputedDigest> = []
    objects = evidence.compactMap(\.bytes).filter { seen.insert(digest($0)).inserted }
  }

  /// Hashes every object.
  /// - Throws: the node's reason.
  package init(_ node: JSONNode, objects: [[UInt8]]) throws(Failure) {
    var found: [ClaimedDigest: [UInt8]] = [:]
    for object in objects { found[ClaimedDigest(digest(object))] = object }
    var evidence: [Evidence] = []
    for record in try node.elements() {
      do {
        evidence.append(
          try EvidenceRecord.handedOver(record) { name in
            guard let object = found[name] else { throw record.failure("\(name) was not handed over") }
            return object
          })
      } catch {
        throw error as? Failure ?? record.failure("\(error)")
      }
    }
    self.init(evidence)
    guard self.objects == objects else { throw node.failure("objects that no record names, or in another order") }
  }

  /// The records as a document of their own.
  package func document() throws(Failure) -> [UInt8] {
    let document: JSON = ["format": .text(Self.format), "evidence": records]
    return try document.canonical()
  }

  /// - Throws: `reading.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8], objects: [[UInt8]]) throws(Failure) {
    let root = try JSONNode(parsing: bytes, named: "evidence", malformed: .readingMalformed, limits: Self.limits)
    guard try root.required("format").bytes() == Array(Self.format.utf8) else {
      throw root.failure("the format is not \(Self.format), which this version reads")
    }
    try self.init(root.required("evidence"), objects: objects)
    guard try document() == bytes else { throw root.failure("not as it would be written") }
  }
}
