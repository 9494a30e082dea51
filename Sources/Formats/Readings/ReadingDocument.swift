import Compression
import Cryptography
import Findings
import OCIImage
import Octets
package import Reasons
package import StrictJSON

/// A reading as bytes, to pass from the reader's process to the keeper's (docs/formats/Readings.md): a document, and the
/// bytes of the evidence beside it, as objects that it names by digest.
///
/// Whoever reads it believes the reader's process, which hostile bytes may have taken over, in nothing but this: that a
/// medium was read on which this stood. Evidence is hashed again here and proven elsewhere, and contents are hashed again
/// before they are used.
extension Reading {
  package static let format = "assay-reading/1"
  /// Of the document. An index of 20,000 images with ten layers each takes a third of it.
  package static let limits = JSONLimits(bytes: 128 << 20, depth: 16, values: 8_000_000)
  /// Failures: a medium's, and its layout's.
  package static let mostFailures = 200

  /// - Throws: `archive.limit-exceeded` where it is more than is read again.
  package func serialized() throws(Failure) -> (document: [UInt8], objects: [[UInt8]]) {
    let evidence = EvidenceList(archive.evidence)
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
      throw Failure(.archiveLimitExceeded, "archive", "its structure takes more than \(Self.limits.bytes) bytes")
    }
    return (bytes, evidence.objects)
  }

  /// - Parameter objects: each that the document names, and no other.
  /// - Throws: `reading.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8], objects: [[UInt8]]) throws(Failure) {
    let root = try JSONNode(parsing: bytes, named: "reading", malformed: .readingMalformed, limits: Self.limits)
    guard try root.required("format").bytes() == Array(Self.format.utf8) else {
      throw root.failure("the format is not \(Self.format), which this version reads")
    }
    func word<Word: RawRepresentable>(_ node: JSONNode) throws(Failure) -> Word where Word.RawValue == String {
      guard let word = Word(rawValue: try node.string()) else { throw node.failure("no word that is known") }
      return word
    }
    func number<Number: FixedWidthInteger>(_ key: String) throws(Failure) -> Number {
      let node = try root.required(key)
      guard let number = Number(try node.string()), number >= 0 else { throw node.failure("no number") }
      return number
    }
    func failures(_ key: String) throws(Failure) -> [Failure] {
      var failures: [Failure] = []
      for node in try root.required(key).elements(atMost: Self.mostFailures) {
        failures.append(try FailureRecord.failure(node))
      }
      return failures
    }
    var images: [Image] = []
    for node in try root.required("images").elements() { images.append(try ImageRecord.image(node)) }
    let evidence = try EvidenceList(root.required("evidence"), objects: objects)
    let inventory = try root.required("inventory")
    let claimed = try inventory.digest()
    guard claimed.algorithm == .sha256, let digest = ComputedDigest(handedOver: claimed.algorithm, claimed.bytes) else {
      throw inventory.failure("no SHA-256")
    }
    self.init(
      archive: ImageArchive(
        handedOver: try word(root.required("shape")), images: images, evidence: evidence.evidence,
        failures: try failures("archiveFailures"), notes: try failures("notes")),
      failures: try failures("failures"), entries: try number("entries"), size: try number("size"),
      compression: try root.optional("compression").map { (node) throws(Failure) in try word(node) }, inventory: digest)
    // Written again it is the same: nothing was passed over, and no value has a second form.
    guard try serialized().document == bytes else { throw root.failure("not as it would be written") }
  }
}
