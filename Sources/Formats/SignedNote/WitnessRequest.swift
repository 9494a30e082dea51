import Base64
package import Reasons

/// What a log gives to a witness: the size that the witness saw last, the proof that the log continues it, and the log's
/// checkpoint of now (the body of add-checkpoint in C2SP tlog-witness v1.0.0). Inert: nothing in it is verified.
///
///     old 20852014
///     PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
///     jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
///
///     example.com/behind-the-sofa
///     20852163
///     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
///     — example.com/behind-the-sofa Az3grlgtzPICa5OS…
package struct WitnessRequest: Hashable, Sendable {
  /// Bytes of a whole request: those of a note, and 4 KiB for the lines before it.
  package static let mostBytes = SignedNote.mostBytes + 4096
  /// Hashes of a proof, as the specification bounds them.
  package static let mostHashes = 63

  /// Leaves that the witness saw last; 0 where it saw none.
  package let old: UInt64
  /// 32 bytes each (RFC 6962 §2.1.2); none from 0.
  package let path: [[UInt8]]
  package let checkpoint: Checkpoint

  /// - Parameter checkpoint: a signed note.
  /// - Throws: `witness.request-malformed`, `log.checkpoint-malformed`.
  package init(old: UInt64, path: [[UInt8]], checkpoint: [UInt8]) throws(Failure) {
    let subject = "witness request"
    try self.init(old, path, Checkpoint(parsing: checkpoint, named: "\(subject): checkpoint"), named: subject)
  }

  /// - Throws: `witness.request-malformed`, `log.checkpoint-malformed`.
  package init(parsing bytes: [UInt8], named subject: String = "witness request") throws(Failure) {
    func malformed(_ detail: String) -> Failure { Failure(.witnessRequestMalformed, subject, detail) }
    guard bytes.count <= Self.mostBytes else {
      throw malformed("\(bytes.count) bytes; at most \(Self.mostBytes) are read")
    }
    var rest = bytes[...]
    func line() throws(Failure) -> ArraySlice<UInt8> {
      guard let end = rest.firstIndex(of: 0x0a) else { throw malformed("a line without an end") }
      defer { rest = rest[(end + 1)...] }
      return rest[..<end]
    }
    let first = try line()
    guard first.starts(with: "old ".utf8), let old = Checkpoint.decimal(first.dropFirst(4)) else {
      throw malformed("the first line is not “old”, a space and a number of leaves")
    }
    var path: [[UInt8]] = []
    while true {
      let next = try line()
      if next.isEmpty { break }
      guard path.count < Self.mostHashes else { throw malformed("more than \(Self.mostHashes) hashes") }
      guard let hash = Base64.decode(Array(next)) else { throw malformed("a line that is no hash") }
      path.append(hash)
    }
    try self.init(
      old, path, Checkpoint(parsing: Array(rest), named: "\(subject): checkpoint"), named: subject)
  }

  private init(
    _ old: UInt64, _ path: [[UInt8]], _ checkpoint: Checkpoint, named subject: String
  ) throws(Failure) {
    func malformed(_ detail: String) -> Failure { Failure(.witnessRequestMalformed, subject, detail) }
    guard path.count <= Self.mostHashes, path.allSatisfy({ $0.count == 32 }) else {
      throw malformed("a proof is at most \(Self.mostHashes) hashes of 32 bytes")
    }
    guard old <= checkpoint.size else {
      throw malformed("the old size, \(old), is above the checkpoint's, \(checkpoint.size)")
    }
    guard old > 0 || path.isEmpty else { throw malformed("a proof from no leaves, which needs none") }
    self.old = old
    self.path = path
    self.checkpoint = checkpoint
  }

  package func serialized() -> [UInt8] {
    let hashes = path.map { Base64.encode($0) + "\n" }.joined()
    return Array("old \(old)\n\(hashes)\n".utf8) + checkpoint.note.serialized()
  }
}
