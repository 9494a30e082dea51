import Cryptography
package import MediaReader
import Octets
package import Reasons
import RoleMessages
import TUFMetadata
import UpdateFramework

/// A trust bundle as a medium carried it: a TUF repository, of which nothing is believed yet.
///
///     metadata/  N.root.json …, timestamp.json, N.snapshot.json, N.targets.json, N.ROLE.json
///     targets/   HASH.NAME
package struct TrustBundle {
  private let files: [[UInt8]: [UInt8]]
  private let passed: [[UInt8]: PassedFile]
  /// Nil for a repository that is in memory, of which nothing is passed by.
  private let reader: BundleReader?
  /// What errors call it.
  package let name: String

  /// - Throws: what is wrong with the medium, `trust-bundle.malformed` where anything else lies on it.
  package init(reading source: MediaSource, by crew: Crew) throws {
    let reader = try BundleReader(source, of: crew)
    try self.init(reader.entries(), from: reader, named: source.description)
  }

  /// A repository in a tar that a bundle carries as one of its files. Errors name what lies in it.
  package init(held tar: [UInt8], named name: String) throws(Failure) {
    var limits = MediaLimits.trustBundle
    limits.passingBy = nil
    let medium = try MediaReader(limits: limits).read(held: tar)
    if let failure = medium.failures.first { throw failure }
    try self.init(medium.entries.map { BundleEntry($0, passingBy: nil) }, from: nil, named: name)
  }

  private init(_ entries: [BundleEntry], from reader: BundleReader?, named description: String) throws(Failure) {
    var files: [[UInt8]: [UInt8]] = [:]
    var passed: [[UInt8]: PassedFile] = [:]
    for entry in entries {
      let name = printable(entry.name, limit: 200)
      guard entry.name.starts(with: "metadata/".utf8) || entry.name.starts(with: "targets/".utf8) else {
        throw Failure(.trustBundleMalformed, name, "only metadata/ and targets/ belong on it")
      }
      if entry.kind == .passed, reader != nil {
        passed[entry.name] = PassedFile(name: entry.name, size: entry.size, digest: entry.digest)
        continue
      }
      guard entry.kind == .kept else {
        throw Failure(
          .trustBundleMalformed, name, "a link, or more than \(MediaLimits.trustBundle.keptEntryBytes) bytes")
      }
      files[entry.name] = entry.contents
    }
    guard !files.isEmpty || !passed.isEmpty else {
      throw Failure(.trustBundleMalformed, description, "there is nothing on it")
    }
    self.files = files
    self.passed = passed
    self.reader = reader
    name = description
  }

  func metadata(_ request: MetadataRequest) -> [UInt8]? { metadata(request.fileName) }

  func metadata(_ fileName: String) -> [UInt8]? { files[Array("metadata/\(fileName)".utf8)] }

  /// That no root is left out between one and the newest that is carried. It would end the chain at the one before, which
  /// may still authorise all the rest: the newer ones would be passed over without a word.
  /// - Parameter version: of the root in force; what lies before it is old.
  /// - Throws: `tuf.file-missing`.
  func verifyRoots(behind version: Int64) throws(Failure) {
    let (start, end) = (Array("metadata/".utf8), Array(".root.json".utf8))
    let carried = files.keys.filter { $0.starts(with: start) && $0.reversed().starts(with: end.reversed()) }
      .compactMap { Int64(String(decoding: $0.dropFirst(start.count).dropLast(end.count), as: UTF8.self)) }
    var last = version
    for later in carried.sorted() where later > version {
      guard later - 1 == last else {
        throw Failure(.tufFileMissing, "root.json", "root \(later) is carried without all between it and \(last)")
      }
      last = later
    }
  }

  /// A file that was hashed, and is too large to keep.
  package struct PassedFile: Hashable, Sendable {
    package let name: [UInt8]
    package let size: UInt64
    /// SHA-256, as the reader says.
    let digest: ClaimedDigest
  }

  /// The first of a target's stored names under which such a file is there.
  func passed(_ names: [[UInt8]]) -> PassedFile? {
    names.lazy.compactMap { passed[Array("targets/".utf8) + $0] }.first
  }

  /// Goes over the medium once more, for those files. What it gives may be other bytes than were hashed.
  func copy(_ files: [PassedFile], to sink: EntryCopy.Sink) throws {
    try reader?.copy(files.map(\.name), to: sink)
  }

  /// The first of a target's stored names that is there.
  func target(_ names: [[UInt8]]) -> [UInt8]? { names.lazy.compactMap { files[Array("targets/".utf8) + $0] }.first }
}
