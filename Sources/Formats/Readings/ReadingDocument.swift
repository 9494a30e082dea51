import Compression
import Cryptography
import Findings
import OCIImage
import Octets
package import Reasons
package import StrictJSON

/// A reading as bytes, to pass from the reader's process to the keeper's (docs/formats/Readings.md): a document, and the
/// bytes of the images' own documents and of evidence beside it, as objects that it names by digest.
///
///     {"archiveFailures":[],"compression":"gzip","entries":"12","evidence":[…],"failures":[],"format":"assay-reading/2",
///      "images":[…],"inventory":"sha256:…","notes":[],"shape":"oci-layout","size":"20480"}
///
/// Canonical JSON (RFC 8785): a reading has these bytes and no others. Hostile bytes may have taken the reader's process
/// over, and whoever reads this believes it in nothing but this: that a medium was read on which this stood. Evidence is
/// hashed again here and proven elsewhere, and contents are hashed again before they are used. What images consist of is
/// read here again, from the bytes of their manifests, indexes and configurations: a signature covers that, and would cover
/// whatever a reader says stands there.
extension Reading {
  package static let format = "assay-reading/2"
  /// All that the bounds allow has fewer values; in bytes, 20,000 images of ten layers take less than half of this.
  package static let limits = JSONLimits(bytes: 128 << 20, depth: 12, values: 6_000_000)

  /// - Returns: `objects` in the order in which the document first names them, the images' documents before
  ///   evidence.
  /// - Throws: `archive.limit-exceeded` where it is more than is read again.
  package func serialized() throws(Failure) -> (document: [UInt8], objects: [[UInt8]]) {
    func tooMuch(_ words: String) -> Failure { Failure(.archiveLimitExceeded, "archive", words) }
    if let excess { throw tooMuch(excess) }
    let evidence = EvidenceList(archive.evidence)
    if let excess = evidence.excess { throw tooMuch(excess) }
    let document: JSON = [
      "format": .text(Self.format), "shape": .text(archive.shape.rawValue),
      "compression": compression.map { .text($0.rawValue) } ?? .null, "entries": .text("\(entries)"),
      "size": .text("\(size)"), "inventory": "\(ClaimedDigest(inventory))",
      "images": .array(archive.images.map(ImageRecord.json)), "evidence": evidence.records,
      "archiveFailures": .array(archive.failures.map(FailureRecord.json)),
      "notes": .array(archive.notes.map(FailureRecord.json)), "failures": .array(failures.map(FailureRecord.json)),
    ]
    let bytes = try document.canonical()
    guard bytes.count <= Self.limits.bytes else {
      throw tooMuch("its structure takes more than \(Self.limits.bytes) bytes")
    }
    return (bytes, archive.documents.map(\.bytes) + evidence.objects)
  }

  /// - Parameter objects: each that the document names, and no other, in the order of first use: the images' documents, then
  ///   evidence.
  /// - Throws: `reading.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8], objects: [[UInt8]]) throws(Failure) {
    let root = try JSONNode(parsing: bytes, named: "reading", malformed: .readingMalformed, limits: Self.limits)
    try root.verifyMembers([
      "archiveFailures", "compression", "entries", "evidence", "failures", "format", "images", "inventory", "notes",
      "shape", "size",
    ])
    try root.verifyFormat(Self.format)
    var images: [Image] = []
    for node in try root.required("images").elements() {
      let image = try ImageRecord.image(node)
      try node.verifyWritten(ImageRecord.json(image))
      images.append(image)
    }
    let documents = try Self.documents(of: images, objects, root)
    let inventory = try root.required("inventory")
    let claimed = try inventory.digest()
    guard claimed.algorithm == .sha256, let digest = ComputedDigest(handedOver: claimed.algorithm, claimed.bytes) else {
      throw inventory.failure("no SHA-256")
    }
    self.init(
      archive: ImageArchive(
        handedOver: try root.required("shape").oneOf(ImageArchive.Shape.self), images: images,
        documents: documents,
        evidence: try EvidenceList(
          root.required("evidence"), objects: Array(objects.dropFirst(documents.count))
        ).evidence,
        failures: try root.failures("archiveFailures"), notes: try root.failures("notes")),
      failures: try root.failures("failures"), entries: try root.number("entries"), size: try root.number("size"),
      compression: try root.optional("compression").map { (node) throws(Failure) in
        try node.oneOf(Compression.self)
      }, inventory: digest)
    if let wrong = excess ?? contradiction { throw root.failure(wrong) }
    // `compression` is the one member that may be null, and must be there all the same.
    _ = try root.required("compression")
    try root.verifyCanonical(bytes)
  }

  /// The first objects, as the documents that parts name.
  private static func documents(
    of images: [Image], _ objects: [[UInt8]], _ root: JSONNode
  ) throws(Failure) -> [ImageDocument] {
    let names = ImageDocument.names(in: images)
    guard names.count <= objects.count else { throw root.failure("a part whose document is absent") }
    var documents: [ImageDocument] = []
    for (name, bytes) in zip(names, objects) {
      let document = ImageDocument(bytes, name.algorithm)
      guard name == document.digest else { throw root.failure("an object that is not the document \(name)") }
      documents.append(document)
    }
    return documents
  }
}

extension JSONNode {
  /// Decimal text, as it would be written.
  fileprivate func number<Number: FixedWidthInteger>(_ key: String) throws(Failure) -> Number {
    let node = try required(key)
    guard let number = Number(try node.string()), number >= 0 else { throw node.failure("no number") }
    try node.verifyWritten(.text("\(number)"))
    return number
  }

  fileprivate func failures(_ key: String) throws(Failure) -> [Failure] {
    var failures: [Failure] = []
    for node in try required(key).elements() {
      let failure = try FailureRecord.failure(node)
      try node.verifyWritten(FailureRecord.json(failure))
      failures.append(failure)
    }
    return failures
  }
}
