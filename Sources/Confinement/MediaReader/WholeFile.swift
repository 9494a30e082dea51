package import Cryptography
package import Files

extension MediaReader {
  /// SHA-256 of a regular file, read from its start, wherever it stands; nil for anything else.
  package static func digest(of file: OpenFile, progress: Progress? = nil) throws(FileError) -> ComputedDigest? {
    let status = try file.status()
    guard status.kind == .regular else { return nil }
    try file.rewind()
    let meter = ProgressMeter(total: status.size, progress)
    var digester = Digester(.sha256)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try file.readOn(into: &buffer, 0..<buffer.count)
      guard count > 0 else { return digester.finish() }
      digester.update(buffer[..<count])
      meter.advance(count)
    }
  }
}
