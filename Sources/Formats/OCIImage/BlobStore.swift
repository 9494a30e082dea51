import Cryptography
package import Octets
import Reasons

/// The archive's files by what their bytes hash to. A look-up by digest can only find bytes that were hashed.
package struct BlobStore: Sendable {
  private let files: StoredFiles
  /// Of one file of each digest.
  private var places = PlaceTable()
  private let altered: [ClaimedDigest: Failure]

  /// - Parameter unnamed: a file that is found although no name states its digest.
  init(_ addressed: ContentAddresses, and unnamed: StoredFile? = nil) {
    self.init(unnamed.map(addressed.matching.and) ?? addressed.matching, altered: addressed.altered)
  }

  /// - Parameter documents: all that there is.
  init(_ documents: [ImageDocument]) {
    self.init(
      StoredFiles(
        documents.map {
          StoredFile(
            name: [], size: UInt64($0.bytes.count), digest: $0.digest, contents: $0.bytes, isAlias: false, offset: 0)
        }), altered: [:])
  }

  private init(_ files: StoredFiles, altered: [ClaimedDigest: Failure]) {
    (self.files, self.altered) = (files, altered)
    for place in files.indices {
      let digest = ClaimedDigest(files[place].digest)
      guard let known = self.place(of: digest) else {
        places.insert(place) { ClaimedDigest(files[$0].digest).hashValue }
        continue
      }
      if files[known].contents == nil { places.replace(known, with: place, digest.hashValue) }
    }
  }

  package subscript(digest: ClaimedDigest) -> StoredFile? { place(of: digest).map { files[$0] } }

  private func place(of digest: ClaimedDigest) -> Int? {
    places.find(digest.hashValue) { digest == files[$0].digest }
  }

  /// The file that a descriptor means.
  /// - Throws: `blob.missing` (or `blob.foreign-not-carried`) where it was not carried, `blob.digest-mismatch` where
  ///   other bytes stand under its name, `blob.size-mismatch`.
  func find(_ descriptor: Descriptor) throws(Failure) -> StoredFile {
    if let failure = altered[descriptor.digest] { throw failure }
    guard let file = self[descriptor.digest] else {
      let kind = printable(descriptor.mediaType.isEmpty ? "blob" : descriptor.mediaType)
      throw Failure(
        descriptor.isForeign ? .blobForeignNotCarried : .blobMissing, "\(descriptor.digest)",
        "\(kind) of \(descriptor.size) bytes was not carried")
    }
    guard file.size == descriptor.size else {
      throw Failure(
        .blobSizeMismatch, "\(descriptor.digest)",
        "the descriptor says \(descriptor.size) bytes, the blob has \(file.size)")
    }
    return file
  }

  /// The JSON document that a descriptor means.
  func document(_ descriptor: Descriptor) throws(Failure) -> [UInt8] {
    let file = try find(descriptor)
    guard let contents = file.contents else {
      throw Failure(
        .imageManifestMalformed, "\(descriptor.digest)",
        "\(file.size) bytes that are no JSON document, or more than is kept")
    }
    return contents
  }
}
