import Base64
package import Reasons

/// `consistency/<old>-<new>`: one hash a line in Base64 (the path of RFC 6962 §2.1.2).
package enum ConsistencyFile {
  /// Hashes of a path between trees of at most 2^63 leaves: one for each level, and the one that it starts from.
  package static let mostHashes = 64
  /// Each is 44 characters and a newline.
  package static let mostBytes = mostHashes * 45

  /// - Throws: `log-snapshot.malformed`.
  package static func path(parsing bytes: [UInt8], named subject: String) throws(Failure) -> [[UInt8]] {
    func malformed(_ detail: String) -> Failure { Failure(.logSnapshotMalformed, subject, detail) }
    guard bytes.count <= mostBytes else { throw malformed("more than \(mostHashes) hashes") }
    guard bytes.isEmpty || bytes.last == 0x0a else { throw malformed("the last line has no end") }
    var path: [[UInt8]] = []
    for (number, line) in bytes.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
    where !bytes.isEmpty {
      guard let hash = Base64.decode(Array(line)), hash.count == 32 else {
        throw malformed("line \(number + 1) is not 32 bytes in Base64")
      }
      path.append(hash)
    }
    return path
  }
}
