import Cryptography
import MediumRecord
import OCIImage
import Octets
import ProofRequests
import Readings
import Reasons
import StrictJSON

/// What crosses from one role to another, or lies on a disk that others may write to: taken, it is written again as the
/// same bytes.
enum HandedOverInvariant {
  /// The first line is the document, each that follows an object: canonical JSON has no line feed.
  static func checkReading(_ bytes: [UInt8]) throws -> Bool {
    var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map(Array.init)
    let document = lines.removeFirst()
    let objects = lines
    let list = try reading(document) { bytes throws(Failure) in try EvidenceList(parsing: bytes, objects: objects) }
    if let list {
      try hold((try? list.document()) == document && list.objects == objects, "a list is written as other bytes")
      try check(list.evidence)
    }
    guard
      let taken = try reading(
        document, { bytes throws(Failure) in try Reading(parsing: bytes, objects: objects) })
    else { return list != nil }
    guard let again = try? taken.serialized() else { throw Broken("a reading that was taken is not written") }
    try hold(again.document == document && again.objects == objects, "a reading is written as other bytes")
    try hold(taken.archive.images.count <= Reading.mostImages && taken.size <= Reading.mostSize, "bounds")
    try check(taken.archive.evidence)
    try checkCover(taken.archive)
    return true
  }

  /// Bytes that are to be proven are those that the record names, whoever said so; two forms say nothing of the bytes.
  private static func check(_ evidence: [Evidence]) throws {
    for piece in evidence {
      guard let bytes = piece.bytes, !bytes.isEmpty else { continue }
      if case .skopeoSignature = piece.carrier { continue }
      try hold(digest(bytes, piece.digest.algorithm) == piece.digest, "evidence under another digest than its own")
    }
  }

  /// A signature covers what its document says. So what a reader says of an image must stand in the bytes that have the
  /// part's digest, as JSON has them and not as the reader has them: who lists whom, and which layers there are.
  private static func checkCover(_ archive: ImageArchive) throws {
    var documents: [ClaimedDigest: JSONNode] = [:]
    for document in archive.documents {
      try hold(
        digest(document.bytes, document.digest.algorithm) == document.digest, "a document that hashes to something else"
      )
      documents[ClaimedDigest(document.digest)] = try? JSONNode(
        parsing: document.bytes, named: "document", malformed: .readingMalformed)
    }
    func digests(_ document: JSONNode?, _ key: String) -> [String] {
      ((try? document?.required(key).elements()) ?? []).compactMap { try? $0.required("digest").string() }
    }
    for image in archive.images {
      try hold(image.parts.first?.ancestors.isEmpty == true, "an image that stands under something")
      for (place, part) in image.parts.enumerated() {
        try hold(place == 0 || part.ancestors.first == image.parts[0].digest, "a part of another image")
        for (above, below) in zip(part.ancestors, part.ancestors.dropFirst() + [part.digest]) {
          let isListed = digests(documents[above], "manifests").contains("\(below)")
          try hold(isListed, "\(below) is not listed by \(above)")
        }
        guard !part.isAbsent, archive.shape != .dockerArchive else { continue }
        let layers = digests(documents[part.digest], "layers")
        try hold(part.layers.map { "\($0.digest)" } == layers, "\(part.digest) has other layers")
        // Nothing that an index lists is left out.
        let listed = Set(digests(documents[part.digest], "manifests"))
        try hold(listed.isSubset(of: image.parts.map { "\($0.digest)" }), "a part was left out of \(part.digest)")
      }
    }
  }

  static func checkRequest(_ bytes: [UInt8]) throws -> Bool {
    guard let request = try reading(bytes, { bytes throws(Failure) in try ProofRequest(parsing: bytes) }) else {
      return false
    }
    try hold((try? request.serialized()) == bytes, "a request is written as other bytes")
    try hold(Set(request.roots.map { Array($0.name.utf8) }).count == request.roots.count, "roots of one name")
    return true
  }

  static func checkRecord(_ bytes: [UInt8]) throws -> Bool {
    var isTaken = try checkList(bytes)
    let record = try reading(bytes) { bytes throws(Failure) in try MediumRecord(parsing: bytes, named: "i") }
    if let record {
      try hold((try? record.serialized()) == bytes, "a record is written as other bytes")
      try hold(record.images.isEmpty || record.state == .judged, "verdicts of what was not judged")
      try hold(record.failures.count <= MediumRecord.mostFailures && MediumRecord.isID(record.id), "bounds")
      isTaken = true
    }
    return isTaken
  }

  /// A list is the same in whatever pieces it comes.
  private static func checkList(_ bytes: [UInt8]) throws -> Bool {
    let whole = Files(bytes, by: max(bytes.count, 1))
    try hold(whole == Files(bytes, by: 7), "a list of files depends on the pieces")
    guard whole.reason == nil else { return false }
    let written = whole.files.compactMap { try? $0.line() }.flatMap { $0 }
    try hold(written == bytes, "a list is written as other bytes")
    return !whole.files.isEmpty
  }

  private struct Files: Equatable {
    private(set) var files: [MediumFile] = []
    private(set) var reason: Reason?

    init(_ bytes: [UInt8], by step: Int) {
      var list = MediumFileList(named: "list")
      do throws(Failure) {
        for start in stride(from: 0, to: bytes.count, by: step) {
          try list.take(bytes[start..<min(start + step, bytes.count)]) { file throws(Failure) in files.append(file) }
        }
        try list.finish()
      } catch { reason = error.reason }
    }
  }
}
