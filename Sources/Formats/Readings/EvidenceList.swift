import Cryptography
package import OCIImage
import Octets
package import Reasons
package import StrictJSON

/// Pieces of evidence as they pass between processes (docs/formats/Readings.md): records, and the bytes that they name
/// beside them, each once.
package struct EvidenceList: Sendable {
  package static let format = "assay-evidence/1"
  /// A record has 20 values at the most. Its annotations may be as large as the evidence of one archive.
  package static let limits = JSONLimits(bytes: 128 << 20, depth: 8, values: 2_000_000)
  package static let most = 50_000
  /// Bytes of one object: nobody keeps larger files of a medium.
  package static let mostObjectBytes = 16 << 20
  /// Bytes of all objects: a medium's kept files, and as much again that the operator brought along.
  package static let mostObjectBytesTogether = 128 << 20
  /// Bytes that there are to prove, with annotations, counted for each piece: one object may hang on many images.
  package static let mostProvenBytes = ArchiveReach.evidenceBytes + mostObjectBytesTogether
  /// Bytes of names and media types.
  package static let mostTextBytes = 64 << 10

  package let evidence: [Evidence]
  package let records: JSON
  /// In the order in which records first name them.
  package let objects: [[UInt8]]

  package init(_ evidence: [Evidence]) {
    var seen: Set<ComputedDigest> = []
    var (records, objects): ([JSON], [[UInt8]]) = ([], [])
    for piece in evidence {
      let bytes = piece.bytes
      let digest = bytes.map { Cryptography.digest($0) }
      if let bytes, let digest, seen.insert(digest).inserted { objects.append(bytes) }
      records.append(EvidenceRecord.recorded(piece, object: digest.map { ClaimedDigest($0) }))
    }
    self.evidence = evidence
    self.records = .array(records)
    self.objects = objects
  }

  /// Records within another document.
  /// - Parameter objects: each that they name and no other, in the order of first use. All are hashed here.
  /// - Throws: the node's reason.
  package init(_ node: JSONNode, objects: [[UInt8]]) throws(Failure) {
    if let excess = Self.excess(of: objects) { throw node.failure(excess) }
    let nodes = try node.elements()
    guard nodes.count <= Self.most else { throw node.failure("more than \(Self.most) pieces of evidence") }
    var handed = HandedObjects(objects)
    var evidence: [Evidence] = []
    var provenBytes = 0
    for record in nodes {
      let piece = try EvidenceRecord.handedOver(record, &handed)
      if let excess = Self.excess(of: piece, &provenBytes) { throw node.failure(excess) }
      let object = piece.bytes == nil ? nil : try record.required("object").digest()
      try record.verifyWritten(EvidenceRecord.recorded(piece, object: object))
      evidence.append(piece)
    }
    guard handed.areAllNamed else { throw node.failure("objects that no record names") }
    self.evidence = evidence
    records = node.value
    self.objects = objects
  }

  // MARK: A document of its own

  /// The records, canonical JSON (RFC 8785).
  /// - Throws: `archive.limit-exceeded` where they are more than is read again.
  package func document() throws(Failure) -> [UInt8] {
    func tooMuch(_ words: String) -> Failure { Failure(.archiveLimitExceeded, "evidence", words) }
    if let excess { throw tooMuch(excess) }
    let document: JSON = ["format": .text(Self.format), "evidence": records]
    let bytes = try document.canonical()
    guard bytes.count <= Self.limits.bytes else { throw tooMuch("records of more than \(Self.limits.bytes) bytes") }
    return bytes
  }

  /// - Throws: `reading.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8], objects: [[UInt8]]) throws(Failure) {
    let root = try JSONNode(parsing: bytes, named: "evidence", malformed: .readingMalformed, limits: Self.limits)
    try root.verifyMembers(["format", "evidence"])
    try root.verifyFormat(Self.format)
    try self.init(root.required("evidence"), objects: objects)
    try root.verifyCanonical(bytes)
  }

  // MARK: Bounds

  /// What is more than is handed over; nil where nothing is.
  var excess: String? {
    if evidence.count > Self.most { return "more than \(Self.most) pieces of evidence" }
    if let excess = Self.excess(of: objects) { return excess }
    var provenBytes = 0
    return evidence.lazy.compactMap { Self.excess(of: $0, &provenBytes) }.first
  }

  /// - Parameter provenBytes: of the pieces so far.
  private static func excess(of piece: Evidence, _ provenBytes: inout Int) -> String? {
    if piece.hasLongText { return "a name or type of more than \(mostTextBytes) bytes" }
    provenBytes += piece.provenBytes
    return provenBytes > mostProvenBytes ? "more than \(mostProvenBytes) bytes of evidence" : nil
  }

  static func excess(of objects: [[UInt8]]) -> String? {
    if objects.count > most { return "more than \(most) objects" }
    if objects.contains(where: { $0.count > mostObjectBytes }) {
      return "an object of more than \(mostObjectBytes) bytes"
    }
    guard objects.reduce(0, { $0 + $1.count }) <= mostObjectBytesTogether else {
      return "objects of more than \(mostObjectBytesTogether) bytes together"
    }
    return nil
  }
}

extension Evidence {
  /// What there is to prove of it.
  package var provenBytes: Int {
    switch form {
    case .sigstoreBundle(let bytes): bytes.count
    case .simpleSigning(let bytes, let annotations), .dsseEnvelope(let bytes, let annotations):
      bytes.count + annotations.byteCount
    case .unsupported: 0
    }
  }

  fileprivate var hasLongText: Bool {
    let mediaType = if case .unsupported(let mediaType) = form { mediaType } else { "" }
    return [carrier.name, mediaType].contains { $0.utf8.count > EvidenceList.mostTextBytes }
  }
}
