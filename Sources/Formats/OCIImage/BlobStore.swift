import Cryptography
package import Octets
import Reasons

/// The archive's files by what their bytes hash to. A look-up by digest can only find bytes that were hashed.
package struct BlobStore: Sendable {
  private var files: [ClaimedDigest: StoredFile] = [:]

  private let altered: [ClaimedDigest: Failure]

  /// - Parameter unnamed: a file that is found although no name states its digest.
  init(_ addressed: ContentAddresses, and unnamed: StoredFile? = nil) {
    altered = addressed.altered
    for file in addressed.matching + (unnamed.map { [$0] } ?? [])
    where files[ClaimedDigest(file.digest)]?.contents == nil {
      files[ClaimedDigest(file.digest)] = file
    }
  }

  /// - Parameter documents: all that there is.
  init(_ documents: [ImageDocument]) {
    altered = [:]
    for document in documents {
      files[ClaimedDigest(document.digest)] = StoredFile(
        name: [], size: UInt64(document.bytes.count), digest: document.digest, contents: document.bytes, isAlias: false,
        offset: 0)
    }
  }

  package subscript(digest: ClaimedDigest) -> StoredFile? { files[digest] }

  /// The file that a descriptor means.
  /// - Throws: `blob.missing` (or `blob.foreign-not-carried`) where it was not carried, `blob.digest-mismatch` where
  ///   other bytes stand under its name, `blob.size-mismatch`.
  func find(_ descriptor: Descriptor) throws(Failure) -> StoredFile {
    if let failure = altered[descriptor.digest] { throw failure }
    guard let file = files[descriptor.digest] else {
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
      throw Failure(.imageManifestMalformed, "\(descriptor.digest)", "\(file.size) bytes that are no JSON document")
    }
    return contents
  }
}
