import Cryptography
import Octets
package import Reasons
import StrictJSON

/// An archive, understood: its images, and everything in it that may prove who vouches for them.
///
/// Nothing is believed that was not hashed: a blob is found by the digest that we computed, never by its name.
package struct ImageArchive: Sendable {
  package enum Shape: String, CaseIterable, Sendable {
    case ociLayout = "oci-layout"
    case dockerArchive = "docker-archive"
    /// Docker 25 and later write both into one tar.
    case dockerWithLayout = "docker-archive with oci-layout"
    case skopeoDirectory = "skopeo dir"
  }

  package let shape: Shape
  package let images: [Image]
  package let evidence: [Evidence]
  /// Manifests, indexes and configurations of the images, in the order in which parts first name them
  /// (`ImageDocument.names`).
  package let documents: [ImageDocument]
  /// Wrong bytes anywhere in the archive: each refuses everything in it.
  package let failures: [Failure]
  /// What was listed and not carried, beside the images themselves.
  package let notes: [Failure]

  /// - Throws: `archive.not-recognised` and whatever makes the whole archive unreadable; failures of single parts are
  ///   kept in `failures` and in the parts.
  package init(_ files: StoredFiles) throws(Failure) {
    let top = try TopFiles(files)
    switch (top.layout, top.index, top.manifest) {
    case (let marker?, let index?, let docker):
      try Self.refuseAliases(files)
      if docker == nil, let legacy = top.repositories {
        // Docker before version 28 reads it where there is no manifest.json, and would load images that nobody judged.
        throw Failure(
          .imageViewsDiffer, "repositories", at: legacy.offset, "describes images to old versions of Docker alone")
      }
      var layout = try OCILayout(files, marker: marker, index: index)
      if let docker { layout.images = try DockerArchive.verifySameImages(docker, as: layout.images, in: files) }
      self.init(docker == nil ? .ociLayout : .dockerWithLayout, layout)
    case (nil, nil, let manifest?):
      let node = try JSONNode(
        parsing: try Self.contents(manifest), named: "manifest.json", malformed: .imageIndexMalformed)
      if case .array = node.value {
        self.init(.dockerArchive, try DockerArchive(node, files))
      } else {
        try Self.refuseAliases(files)
        self.init(.skopeoDirectory, try SkopeoDirectory(manifest, files))
      }
    case (nil, .some, _):
      throw Failure(.archiveNotRecognised, "index.json", "an OCI layout needs a file `oci-layout` beside index.json")
    default:
      throw Failure(
        .archiveNotRecognised, "archive", "neither index.json with oci-layout nor manifest.json stands at the top")
    }
  }

  private init(_ shape: Shape, _ reading: some ArchiveReading) {
    self.shape = shape
    images = reading.images
    evidence = reading.evidence
    documents = ImageDocument.names(in: reading.images).compactMap { reading.documents[$0] }
    failures = reading.failures.bounded
    notes = reading.notes.bounded
  }

  /// Of another process, which says that it read this: a claim, as everything that crosses from there is. `Readings` alone
  /// may use it.
  package init(
    handedOver shape: Shape, images: [Image], documents: [ImageDocument], evidence: [Evidence], failures: [Failure],
    notes: [Failure]
  ) {
    self.shape = shape
    self.images = images
    self.documents = documents
    self.evidence = evidence
    self.failures = failures
    self.notes = notes
  }

  static func contents(_ file: StoredFile) throws(Failure) -> [UInt8] {
    guard let contents = file.contents else {
      throw Failure(.imageIndexMalformed, printable(file.name), at: file.offset, "is no JSON document")
    }
    return contents
  }

  /// Links are aliases in a docker-archive only: no other writer makes them.
  private static func refuseAliases(_ files: StoredFiles) throws(Failure) {
    if let alias = files.first(where: \.isAlias) {
      throw Failure(
        .archiveForbiddenEntry, printable(alias.name), at: alias.offset,
        "a symbolic link; only docker-archives hold them")
    }
  }
}

/// The files that make a layout.
private struct TopFiles {
  private(set) var layout: StoredFile?
  private(set) var index: StoredFile?
  private(set) var manifest: StoredFile?
  private(set) var repositories: StoredFile?

  init(_ files: StoredFiles) throws(Failure) {
    let names = ["oci-layout", "index.json", "manifest.json", "repositories"].map { Array($0.utf8) }
    for file in files where file.name.count <= 16 {
      if FieldNames.topFiles.isLookalike(file.name) {
        throw Failure(
          .archiveForbiddenEntry, printable(file.name), at: file.offset,
          "describes other images to systems that ignore letter case")
      }
      if file.name == names[0] { layout = file }
      if file.name == names[1] { index = file }
      if file.name == names[2] { manifest = file }
      if file.name == names[3] { repositories = file }
    }
  }
}

/// What each layout's reader finds.
protocol ArchiveReading {
  var images: [Image] { get }
  var evidence: [Evidence] { get }
  var documents: [ClaimedDigest: ImageDocument] { get }
  var failures: FailureList { get }
  var notes: FailureList { get }
}
