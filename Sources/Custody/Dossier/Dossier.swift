package import Cryptography
package import Findings
package import OCIImage
package import Octets
package import Policy
import Readings
package import Reasons
import SignedNote
import StrictJSON
package import Verification

/// What one verdict can be proven from again, years later and by other code: the image's structure as it was read, and
/// the documents that it was read from, the evidence about it, the policy with what it was told, and what its authorities
/// stood on (docs/formats/Dossier.md). Kept under its digest, which the verdict's leaf names; documents, evidence, keys and
/// trust roots are objects beside it.
package struct Dossier: Sendable {
  package static let format = "assay-dossier/4"
  /// Bytes of a whole dossier: what is not read again is not kept.
  package static let mostBytes = JSONLimits.usual.bytes

  /// A trust root under the name by which findings say that they were proven against it.
  package struct Root: Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// What the policy was asked with.
  package struct Question: Sendable {
    package let policy: Policy
    /// What each authority's evidence was proven against, in the policy's order; nil where nothing was at hand.
    package let anchors: [Finding.Anchor?]
    /// Of those that the policy names, the ones that were at hand.
    package let keys: [PublicKey]
    package let trustRoots: [Root]
    /// A witness policy in a file; nil where the installed one counted, or none.
    package let witnessPolicy: [UInt8]?
    /// What the operator said, and what time it was, for every check of expiry. Ages are not kept.
    package let occasion: Occasion

    package init(
      policy: Policy, anchors: [Finding.Anchor?], keys: [PublicKey], trustRoots: [Root], witnessPolicy: [UInt8]?,
      occasion: Occasion
    ) {
      self.policy = policy
      self.anchors = anchors
      self.keys = keys
      self.trustRoots = trustRoots
      self.witnessPolicy = witnessPolicy
      self.occasion = occasion
    }
  }

  package let shape: ImageArchive.Shape
  package let image: Image
  /// Of all parts that were carried, in the order of `ImageDocument.names`.
  package let documents: [ImageDocument]
  /// The parts that were judged.
  package let parts: [Part]
  /// Wrong bytes elsewhere in the archive, and names that were ambiguous.
  package let archiveFailures: [Failure]
  package let evidence: [Evidence]
  package let question: Question
  /// Log entries that came out of log snapshots.
  package let entries: [SnapshotEntry]
  /// As it is kept: made once, for it is measured, named and written.
  package let bytes: [UInt8]
  package let digest: ComputedDigest

  /// - Parameter documents: the image's, and others beside them.
  package init(
    _ shape: ImageArchive.Shape, image: Image, documents: [ClaimedDigest: ImageDocument], parts: [Part],
    archiveFailures: [Failure], evidence: [Evidence], asking question: Question, entries: [SnapshotEntry] = []
  ) {
    let documents = ImageDocument.names(in: [image]).compactMap { documents[$0] }
    self.shape = shape
    self.image = image
    self.documents = documents
    self.parts = parts
    self.archiveFailures = archiveFailures
    self.evidence = evidence
    self.question = question
    self.entries = entries
    bytes = Self.serialized(shape, image, documents, parts, archiveFailures, evidence, question, entries)
    digest = Cryptography.digest(bytes)
  }

  /// The dossier itself, and every object that it names: what is kept.
  package var objects: [[UInt8]] {
    [bytes] + documents.map(\.bytes) + evidence.compactMap(\.bytes) + question.objects
      + entries.flatMap { [$0.body, $0.proof.serialized()] }
  }

  private static func serialized(
    _ shape: ImageArchive.Shape, _ image: Image, _ documents: [ImageDocument], _ parts: [Part],
    _ archiveFailures: [Failure], _ evidence: [Evidence], _ question: Question, _ entries: [SnapshotEntry]
  ) -> [UInt8] {
    let document: JSON = [
      "format": .text(format), "shape": .text(shape.rawValue), "image": ImageRecord.json(image),
      "documents": .array(documents.map { "\(ClaimedDigest(Cryptography.digest($0.bytes)))" }),
      "judged": .array(parts.map { "\($0.digest)" }),
      "archiveFailures": .array(archiveFailures.map(FailureRecord.json)),
      "evidence": .array(evidence.map(EvidenceRecord.recorded)), "question": question.json,
      "snapshotEntries": .array(entries.map(SnapshotEntryRecord.json)),
    ]
    return document.serialized() + [0x0a]
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  /// - Throws: `dossier.malformed`, and what `read` throws.
  package init(parsing bytes: [UInt8], _ read: (ClaimedDigest) throws -> [UInt8]) throws {
    let root = try Self.root(bytes)
    (image, parts) = try Self.judged(root)
    shape = try root.required("shape").oneOf(ImageArchive.Shape.self)
    documents = try Self.documents(of: image, in: shape, root.required("documents"), read)
    archiveFailures = try root.required("archiveFailures").elements().map { try FailureRecord.failure($0) }
    evidence = try root.required("evidence").elements().compactMap { try EvidenceRecord.evidence($0, read) }
    question = try Question(root.required("question"), read)
    entries = try root.required("snapshotEntries").elements().map { try SnapshotEntryRecord.entry($0, read) }
    self.bytes = bytes
    self.digest = Cryptography.digest(bytes)
  }

  /// What the image's parts are read from again.
  /// - Throws: `dossier.malformed` where they are not as it says, and what `read` throws.
  private static func documents(
    of image: Image, in shape: ImageArchive.Shape, _ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws -> [ImageDocument] {
    let (names, nodes) = (ImageDocument.names(in: [image]), try node.elements())
    guard names.count == nodes.count else { throw node.failure("\(nodes.count), of \(names.count) parts") }
    let documents = try zip(names, nodes).map { name, node in
      let document = ImageDocument(try read(try node.digest()), name.algorithm)
      guard name == document.digest else { throw node.failure("it is not \(name)") }
      return document
    }
    var structure = ImageStructure(documents)
    if let contradiction = try structure.contradiction(in: image, of: shape) { throw node.failure(contradiction) }
    return documents
  }

  /// The image, and where it was read, if all its parts were judged; nil where some were left out.
  /// - Throws: `dossier.malformed`, and `json.…`.
  package static func judgedWhole(
    _ bytes: [UInt8]
  ) throws(Failure) -> (image: Image, shape: ImageArchive.Shape)? {
    let root = try root(bytes)
    let (image, judged) = try judged(root)
    guard judged.map(\.digest) == image.parts.map(\.digest) else { return nil }
    return (image, try root.required("shape").oneOf(ImageArchive.Shape.self))
  }

  private static func root(_ bytes: [UInt8]) throws(Failure) -> JSONNode {
    let root = try JSONNode(parsing: bytes, named: "dossier", malformed: .dossierMalformed)
    try root.verifyFormat(format)
    return root
  }

  private static func judged(_ root: JSONNode) throws(Failure) -> (Image, [Part]) {
    let image = try ImageRecord.image(root.required("image"))
    let known = Dictionary(image.parts.map { ($0.digest, $0) }) { first, _ in first }
    var parts: [Part] = []
    for node in try root.required("judged").elements() {
      guard let part = known[try node.digest()] else { throw node.failure("it is no part of the image") }
      parts.append(part)
    }
    guard !parts.isEmpty else { throw root.failure("nothing was judged") }
    return (image, parts)
  }
}
