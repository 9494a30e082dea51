import OCIImage
import Reasons

/// What readings hold at the most: all that a reader makes of media that any tool writes. Of an archive that was made to hold
/// more its own reader says so.
extension Reading {
  package static let mostImages = ArchiveReach.images
  /// Of all images together, like what follows.
  package static let mostParts = ArchiveReach.parts
  package static let mostLayers = 400_000
  package static let mostNames = 100_000
  package static let mostProblems = 100_000
  /// Of one part.
  package static let mostLayersOfPart = ArchiveReach.layers
  package static let mostAncestors = ArchiveReach.ancestors
  /// Of an archive's own failures, and of its notes.
  package static let mostArchiveFailures = ArchiveReach.failures
  /// Those, and a hundred of the medium.
  package static let mostFailures = 100 + mostArchiveFailures
  /// Bytes of any text, save for evidence's annotations.
  package static let mostTextBytes = EvidenceList.mostTextBytes
  /// Bytes of manifests, indexes and configurations together: of 10,000 images of ten layers, less than this. A reader keeps
  /// half of it, and the few files beside that describe a layout.
  package static let mostDocumentBytes = 128 << 20
  /// Files and links: as many as a medium may have.
  package static let mostEntries = 1_000_000
  /// Bytes of a medium.
  package static let mostSize = UInt64(Int64.max)

  /// What is more than is handed over; nil where nothing is.
  var excess: String? {
    let tally = Tally(archive.images)
    let counts: [(count: Int, most: Int, what: String)] = [
      (archive.images.count, Self.mostImages, "images"),
      (tally.parts, Self.mostParts, "parts of images"),
      (tally.layers, Self.mostLayers, "layers"),
      (tally.layersOfPart, Self.mostLayersOfPart, "layers of one part"),
      (tally.ancestors, Self.mostAncestors, "indexes above a part"),
      (tally.names, Self.mostNames, "names"),
      (tally.problems, Self.mostProblems, "problems of parts"),
      (archive.failures.count, Self.mostArchiveFailures, "failures of the archive"),
      (archive.notes.count, Self.mostArchiveFailures, "notes"),
      (failures.count, Self.mostFailures, "failures"),
      (entries, Self.mostEntries, "entries"),
      (max(tally.longest, longestWords), Self.mostTextBytes, "bytes of one text"),
    ]
    if let found = counts.first(where: { $0.count > $0.most }) { return "more than \(found.most) \(found.what)" }
    if archive.documents.contains(where: { $0.bytes.count > EvidenceList.mostObjectBytes }) {
      return "a manifest or configuration of more than \(EvidenceList.mostObjectBytes) bytes"
    }
    guard archive.documents.reduce(0, { $0 + $1.bytes.count }) <= Self.mostDocumentBytes else {
      return "manifests and configurations of more than \(Self.mostDocumentBytes) bytes together"
    }
    return size > Self.mostSize ? "more than \(Self.mostSize) bytes" : nil
  }

  /// Bytes of the longest text of a failure.
  private var longestWords: Int {
    var longest = 0
    for failure in archive.failures + archive.notes + failures { longest = max(longest, failure.longest) }
    return longest
  }

  /// What no reader says; nil where it may be a reader's word.
  var contradiction: String? {
    guard archive.images.map(\.digest).areUnique else { return "one image twice" }
    guard archive.images.allSatisfy({ $0.parts.map(\.digest).areUnique }) else { return "one part twice in an image" }
    var structure = ImageStructure(archive.documents)
    for image in archive.images {
      do throws(Failure) {
        if let contradiction = try structure.contradiction(in: image, of: archive.shape) { return contradiction }
      } catch {
        return "a document that none is read from: \(error.detail)"
      }
    }
    return structure.failures.isEmpty || !failures.isEmpty ? nil : "nothing wrong where its documents show it"
  }
}

/// How much images hold.
private struct Tally {
  private(set) var parts = 0
  private(set) var layers = 0
  private(set) var layersOfPart = 0
  private(set) var ancestors = 0
  private(set) var names = 0
  private(set) var problems = 0
  /// Bytes of the longest text.
  private(set) var longest = 0

  init(_ images: [Image]) {
    for image in images {
      names += image.names.count + image.tags.count
      parts += image.parts.count
      for name in image.names + image.tags { add(name) }
      for part in image.parts { add(part) }
    }
  }

  private mutating func add(_ part: Part) {
    layers += part.layers.count
    layersOfPart = max(layersOfPart, part.layers.count)
    ancestors = max(ancestors, part.ancestors.count)
    problems += part.problems.count
    for layer in part.layers { add(layer.mediaType) }
    for problem in part.problems { longest = max(longest, problem.longest) }
    for platform in [part.platform, part.configuredPlatform].compactMap(\.self) {
      for text in [platform.os, platform.architecture, platform.variant, platform.osVersion] { add(text ?? "") }
    }
  }

  private mutating func add(_ text: String) { longest = max(longest, text.utf8.count) }
}

extension Failure {
  fileprivate var longest: Int { max(subject.utf8.count, detail.utf8.count) }
}

extension Array where Element: Hashable {
  fileprivate var areUnique: Bool { Set(self).count == count }
}
