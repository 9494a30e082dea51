package import Cryptography
import Files
import Glibc
package import Ledger

/// An NV index of type EXTEND in a file: no file is no index, an empty one was never written. It outlives its process, as
/// a TPM does.
package final class FileAnchor: Anchor, @unchecked Sendable {
  package struct Broken: Error {
    package init() {}
  }

  package struct Moved: Error, CustomStringConvertible {
    package init() {}
    package var description: String { "The anchor moved meanwhile." }
  }

  package let path: String
  /// Run before each reading, and on either side of each extension.
  package var onRead: () throws -> Void = {}
  package var beforeExtend: () throws -> Void = {}
  package var afterExtend: () throws -> Void = {}
  package private(set) var extensions = 0

  package init(_ path: String) { self.path = path }

  /// Defines the index, or defines it anew.
  package func define() throws { try DurableFile.write([], to: path) }

  package func delete() { unlink(path) }

  package func read() throws -> AnchorReading {
    try onRead()
    guard let bytes = try DurableFile.read(path, atMost: 32) else { return .missing }
    return bytes.isEmpty ? .unwritten : .value(bytes)
  }

  package func extend(_ digest: ComputedDigest, from current: [UInt8]) throws -> [UInt8] {
    guard try value() == current else { throw Moved() }
    try beforeExtend()
    guard let bytes = try DurableFile.read(path, atMost: 32) else { throw Broken() }
    let old = bytes.isEmpty ? [UInt8](repeating: 0, count: 32) : bytes
    try DurableFile.write(Cryptography.digest(old + digest.bytes).bytes, to: path)
    extensions += 1
    try afterExtend()
    return try value()
  }

  private func value() throws -> [UInt8] {
    switch try read() {
    case .missing: throw Broken()
    case .unwritten: [UInt8](repeating: 0, count: 32)
    case .value(let bytes): bytes
    }
  }
}
