import Cryptography
package import MediaReader
import Octets
package import Reasons
import TUFMetadata
import UpdateFramework

/// A trust bundle as a medium carried it: a TUF repository, of which nothing is believed yet.
///
///     metadata/  N.root.json …, timestamp.json, N.snapshot.json, N.targets.json, N.ROLE.json
///     targets/   HASH.NAME
package struct TrustBundle: Sendable {
  private let files: [[UInt8]: [UInt8]]
  private let passed: [[UInt8]: PassedFile]
  private let source: MediaSource
  /// What errors call it.
  package let name: String

  /// - Throws: what is wrong with the medium, `trust-bundle.malformed` where anything else lies on it.
  package init(reading source: MediaSource) throws(Failure) {
    let medium = try MediaReader(limits: .trustBundle).read(source)
    if let failure = medium.failures.first { throw failure }
    var files: [[UInt8]: [UInt8]] = [:]
    var passed: [[UInt8]: PassedFile] = [:]
    for entry in medium.entries {
      let name = printable(entry.name, limit: 200)
      guard entry.name.starts(with: "metadata/".utf8) || entry.name.starts(with: "targets/".utf8) else {
        throw Failure(.trustBundleMalformed, name, "only metadata/ and targets/ belong on it")
      }
      if entry.alias == nil, MediaLimits.trustBundle.passingBy.map({ entry.name.starts(with: $0) }) == true {
        passed[entry.name] = PassedFile(name: entry.name, size: entry.size, digest: entry.digest)
        continue
      }
      guard entry.alias == nil, let contents = entry.contents else {
        throw Failure(
          .trustBundleMalformed, name, "a link, or more than \(MediaLimits.trustBundle.keptEntryBytes) bytes")
      }
      files[entry.name] = contents
    }
    guard !files.isEmpty || !passed.isEmpty else {
      throw Failure(.trustBundleMalformed, source.description, "there is nothing on it")
    }
    self.files = files
    self.passed = passed
    self.source = source
    name = source.description
  }

  func metadata(_ request: MetadataRequest) -> [UInt8]? { files[Array("metadata/\(request.fileName)".utf8)] }

  /// A file that was hashed, and is too large to keep.
  package struct PassedFile: Hashable, Sendable {
    package let name: [UInt8]
    package let size: UInt64
    let digest: ComputedDigest
  }

  /// The first of a target's stored names under which such a file is there.
  func passed(_ names: [[UInt8]]) -> PassedFile? {
    names.lazy.compactMap { passed[Array("targets/".utf8) + $0] }.first
  }

  /// Goes over the medium once more, for those files. What it gives may be other bytes than were hashed.
  func copy(_ files: [PassedFile], to sink: EntryCopy.Sink) throws {
    try EntryCopy(source, limits: .trustBundle).copy(Set(files.map(\.name)), to: sink)
  }

  /// The first of a target's stored names that is there.
  func target(_ names: [[UInt8]]) -> [UInt8]? { names.lazy.compactMap { files[Array("targets/".utf8) + $0] }.first }
}
