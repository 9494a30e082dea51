import Base64
import Octets
package import Reasons

/// That an entry is in a log, with the checkpoint that says so (C2SP tlog-proof, read 2026-07). Inert: the checkpoint's
/// signature and the path are verified by whoever has the entry and the log's key.
///
///     c2sp.org/tlog-proof@v1
///     extra YWdlLXYxLjIuMQ==
///     index 73894
///     gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
///
///     example.com/fancylog
///     109482
///     sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
///
///     — example.com/fancylog hI2DJw…
package struct LogProof: Hashable, Sendable {
  /// Bytes of a whole proof: those of a note, and 64 KiB of extra data and hashes.
  package static let mostBytes = SignedNote.mostBytes + 64 << 10
  /// Hashes of a path: a tree of 2^63 leaves is 63 high.
  package static let mostHashes = 63
  private static let firstLine = Array("c2sp.org/tlog-proof@v1".utf8)

  /// Nobody's word: no signature covers it.
  package let extra: [UInt8]?
  package let index: UInt64
  /// 32 bytes each, from the leaf's sibling up.
  package let path: [[UInt8]]
  package let checkpoint: Checkpoint
  private let checkpointBytes: [UInt8]

  /// - Parameter checkpoint: a signed note; it is kept byte for byte.
  /// - Throws: `log.inclusion-proof-malformed` for what the format does not hold, `log.checkpoint-malformed`.
  package init(index: UInt64, path: [[UInt8]], checkpoint: [UInt8], extra: [UInt8]? = nil) throws(Failure) {
    guard path.count <= Self.mostHashes, path.allSatisfy({ $0.count == 32 }), extra?.isEmpty != true else {
      throw Failure(
        .logInclusionProofMalformed, "inclusion proof",
        "at most \(Self.mostHashes) hashes of 32 bytes, and extra data of a byte or more")
    }
    self.index = index
    self.path = path
    self.extra = extra
    self.checkpoint = try Checkpoint(parsing: checkpoint)
    checkpointBytes = checkpoint
  }

  /// - Throws: `log.inclusion-proof-malformed`, `log.checkpoint-malformed`.
  package init(parsing bytes: [UInt8], named subject: String = "inclusion proof") throws(Failure) {
    func malformed(_ detail: String) -> Failure { Failure(.logInclusionProofMalformed, subject, detail) }
    guard bytes.count <= Self.mostBytes else {
      throw malformed("\(bytes.count) bytes; at most \(Self.mostBytes) are read")
    }
    var rest = bytes[...]
    func line() throws(Failure) -> ArraySlice<UInt8> {
      guard let end = rest.firstIndex(of: 0x0a) else { throw malformed("a line without an end") }
      defer { rest = rest[(end + 1)...] }
      return rest[..<end]
    }
    guard try line() == Self.firstLine[...] else { throw malformed("the first line is not c2sp.org/tlog-proof@v1") }
    var next = try line()
    if let text = Self.value(next, of: "extra") {
      guard let decoded = Base64.decode(text), !decoded.isEmpty else { throw malformed("extra data that is no Base64") }
      extra = decoded
      next = try line()
    } else {
      extra = nil
    }
    guard let text = Self.value(next, of: "index"), let index = Self.decimal(text) else {
      throw malformed("no index")
    }
    self.index = index
    var path: [[UInt8]] = []
    while true {
      let next = try line()
      if next.isEmpty { break }
      guard path.count < Self.mostHashes else { throw malformed("more than \(Self.mostHashes) hashes") }
      guard let hash = Base64.decode(Array(next)), hash.count == 32 else { throw malformed("a line that is no hash") }
      path.append(hash)
    }
    self.path = path
    checkpointBytes = Array(rest)
    checkpoint = try Checkpoint(parsing: checkpointBytes, named: "\(subject): checkpoint")
  }

  /// The proof as a file, by convention named `….tlog-proof`.
  package func serialized() -> [UInt8] {
    var text = Self.firstLine + [0x0a]
    if let extra { text += Array("extra \(Base64.encode(extra))\n".utf8) }
    text += Array("index \(index)\n".utf8)
    for hash in path { text += Array("\(Base64.encode(hash))\n".utf8) }
    return text + [0x0a] + checkpointBytes
  }

  private static func value(_ line: ArraySlice<UInt8>, of name: String) -> [UInt8]? {
    let start = Array("\(name) ".utf8)
    return line.starts(with: start) ? Array(line.dropFirst(start.count)) : nil
  }

  private static func decimal(_ text: [UInt8]) -> UInt64? { Checkpoint.decimal(text[...]) }
}
