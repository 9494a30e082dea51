package import Findings
package import OCIImage
import Readings
package import Reasons
import StrictJSON

/// All that a policy judges an archive by, without the archive: its images as they were read, what was wrong with its
/// bytes, and what was proven of its evidence (docs/formats/Findings.md). Whoever reads it believes who wrote it: it serves
/// to try a policy, and no report is made from it.
package struct SavedFacts: Sendable {
  package static let format = "assay-facts/2"
  package static let mostBytes = FindingsDocument.limits.bytes

  package let images: [Image]
  /// Wrong bytes in the archive.
  package let archiveFailures: [Failure]
  package let findings: [Finding]
  /// Of the images, where they were just read; none are saved.
  package let documents: [ImageDocument]

  package init(images: [Image], archiveFailures: [Failure], findings: [Finding], documents: [ImageDocument] = []) {
    self.images = images
    self.archiveFailures = archiveFailures
    self.findings = findings
    self.documents = documents
  }

  /// Canonical JSON.
  /// - Throws: `findings.malformed` where it is more than is read again.
  package func serialized() throws(Failure) -> [UInt8] {
    let document: JSON = [
      "format": .text(Self.format), "images": .array(images.map(ImageRecord.json)),
      "archiveFailures": .array(archiveFailures.map(FailureRecord.json)),
      "findings": try FindingsDocument.json(findings),
    ]
    let bytes = try document.canonical()
    guard bytes.count <= FindingsDocument.limits.bytes else {
      throw Failure(.findingsMalformed, "facts", "more than \(FindingsDocument.limits.bytes) bytes")
    }
    return bytes
  }

  /// - Throws: `findings.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8], named subject: String = "facts") throws(Failure) {
    let root = try JSONNode(
      parsing: bytes, named: subject, malformed: .findingsMalformed, limits: FindingsDocument.limits)
    try root.verifyMembers(["format", "images", "archiveFailures", "findings"])
    try root.verifyFormat(Self.format)
    var images: [Image] = []
    for node in try root.required("images").elements() {
      let image = try ImageRecord.image(node)
      try node.verifyWritten(ImageRecord.json(image))
      images.append(image)
    }
    var archiveFailures: [Failure] = []
    for node in try root.required("archiveFailures").elements() {
      let failure = try FailureRecord.failure(node)
      try node.verifyWritten(FailureRecord.json(failure))
      archiveFailures.append(failure)
    }
    self.init(
      images: images, archiveFailures: archiveFailures,
      findings: try FindingsDocument.findings(in: root.required("findings")))
    try root.verifyCanonical(bytes)
  }
}
