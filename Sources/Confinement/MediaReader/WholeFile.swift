package import Cryptography
package import Files

extension MediaReader {
  /// SHA-256 of a regular file as it lies on the medium, read once more from its start; nil for anything else.
  package static func digest(of source: MediaSource) throws(FileError) -> ComputedDigest? {
    guard case .path(let path) = source else { return nil }
    return try digest(of: try OpenFile(path: path))
  }

  /// The same of what somebody else has opened; it need not stand at its start.
  package static func digest(of file: OpenFile) throws(FileError) -> ComputedDigest? {
    guard try file.status().kind == .regular else { return nil }
    try file.rewind()
    var digester = Digester(.sha256)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try file.readOn(into: &buffer, 0..<buffer.count)
      guard count > 0 else { return digester.finish() }
      digester.update(buffer[..<count])
    }
  }
}
