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
  /// What errors call it.
  package let name: String

  /// - Throws: what is wrong with the medium, `trust-bundle.malformed` where anything else lies on it.
  package init(reading source: MediaSource) throws(Failure) {
    try self.init(try MediaReader(limits: .trustBundle).read(source), named: source.description)
  }

  /// A repository in a tar that a bundle carries as one of its files. Errors name what lies in it.
  package init(held tar: [UInt8], named name: String) throws(Failure) {
    try self.init(try MediaReader(limits: .trustBundle).read(held: tar), named: name)
  }

  private init(_ medium: Medium, named source: String) throws(Failure) {
    if let failure = medium.failures.first { throw failure }
    var files: [[UInt8]: [UInt8]] = [:]
    for entry in medium.entries {
      let name = printable(entry.name, limit: 200)
      guard entry.name.starts(with: "metadata/".utf8) || entry.name.starts(with: "targets/".utf8) else {
        throw Failure(.trustBundleMalformed, name, "only metadata/ and targets/ belong on it")
      }
      guard entry.alias == nil, let contents = entry.contents else {
        throw Failure(
          .trustBundleMalformed, name, "a link, or more than \(MediaLimits.trustBundle.keptEntryBytes) bytes")
      }
      files[entry.name] = contents
    }
    guard !files.isEmpty else { throw Failure(.trustBundleMalformed, source, "there is nothing on it") }
    self.files = files
    name = source
  }

  func metadata(_ request: MetadataRequest) -> [UInt8]? { metadata(request.fileName) }

  func metadata(_ fileName: String) -> [UInt8]? { files[Array("metadata/\(fileName)".utf8)] }

  /// Names below `metadata`.
  var metadataNames: [[UInt8]] {
    files.keys.filter { $0.starts(with: "metadata/".utf8) }.map { Array($0.dropFirst("metadata/".utf8.count)) }
  }

  /// The first of a target's stored names that is there.
  func target(_ names: [[UInt8]]) -> [UInt8]? { names.lazy.compactMap { files[Array("targets/".utf8) + $0] }.first }
}
