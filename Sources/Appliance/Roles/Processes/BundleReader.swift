import Channel
package import MediaReader
import Octets
import Reasons
import RoleMessages

/// A trust bundle on a medium that a reader in a process of its own reads, and later once more, for what is too large to be
/// kept.
package final class BundleReader {
  private let process: RoleProcess

  package init(_ source: MediaSource, of crew: Crew) throws {
    process = try crew.bundleReader(of: source)
  }

  /// What lies on it. Once.
  func entries() throws -> [BundleEntry] {
    var entries: [BundleEntry] = []
    while true {
      let (message, content) = try process.receive()
      switch message {
      case .progress: break
      case .entry: entries.append(try BundleEntry(content))
      case .listed: return entries
      case .failed: throw try failure(content)
      default: throw process.failure(.forbidden("“\(message)” where files of a bundle are wanted"))
      }
    }
  }

  /// Hands on files piece by piece, in the medium's order. Once.
  func copy(_ names: [[UInt8]], to sink: (_ name: [UInt8], _ piece: ArraySlice<UInt8>) throws -> Void) throws {
    for name in names { try process.send(.name, name) }
    try process.send(.copy)
    while true {
      let (message, content) = try process.receive()
      switch message {
      case .piece:
        let (number, bytes) = try BundlePiece.piece(content, of: names.count)
        try sink(names[number], bytes)
      case .copied: return
      case .failed: throw try failure(content)
      default: throw process.failure(.forbidden("“\(message)” where contents are wanted"))
      }
    }
  }

  private func failure(_ content: [UInt8]) throws(Failure) -> Failure {
    try FailureMessage.failure(content, malformed: .readingMalformed)
  }
}
