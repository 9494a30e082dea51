package import Octets
package import Reasons
import StrictJSON

/// A file of a medium as its list has it: one line, so that a list is written as the files come, and a medium of a
/// million files is read without holding a document of it.
///
///     {"alias":null,"digest":"sha256:…","modified":null,"name":"oci-layout","offset":"512","size":"30"}
package struct MediumFile: Hashable, Sendable {
  /// Bytes of a line: two names of 4096 bytes, each escaped, and the rest.
  package static let mostLineBytes = 32 << 10

  package let name: [UInt8]
  package let digest: ClaimedDigest
  package let size: UInt64
  package let offset: UInt64
  /// The file of the list that a symbolic link means.
  package let alias: [UInt8]?
  /// Of a file in a folder, while it is copied: it tells whether it is still the same.
  package let modified: MediumRecord.Moment?

  package init(
    name: [UInt8], digest: ClaimedDigest, size: UInt64, offset: UInt64, alias: [UInt8]? = nil,
    modified: MediumRecord.Moment? = nil
  ) {
    self.name = name
    self.digest = digest
    self.size = size
    self.offset = offset
    self.alias = alias
    self.modified = modified
  }

  /// The line with its line feed.
  /// - Throws: `json.malformed` for a name that is no UTF-8, which no medium's reader lets pass.
  package func line() throws(Failure) -> [UInt8] {
    let members: JSON = [
      "alias": alias.map { .string($0) } ?? .null, "digest": .text("\(digest)"),
      "modified": modified.map { .text($0.text) } ?? .null, "name": .string(name), "offset": .text("\(offset)"),
      "size": .text("\(size)"),
    ]
    return try members.canonical() + [0x0a]
  }

  /// - Parameter line: without its line feed.
  package init(parsing line: [UInt8], named subject: String) throws(Failure) {
    let root = try JSONNode(parsing: line, named: subject, malformed: .quarantineMalformed)
    try root.verifyMembers(["alias", "digest", "modified", "name", "offset", "size"])
    name = try root.required("name").bytes()
    digest = try root.required("digest").digest()
    size = try root.required("size").count()
    offset = try root.required("offset").count()
    alias = try root.optional("alias").map { (node) throws(Failure) in try node.bytes() }
    modified = try root.optional("modified").map { (node) throws(Failure) in try node.moment() }
    guard try self.line() == line + [0x0a] else { throw root.failure("not in the canonical form") }
  }
}

/// Reads a list of files piece by piece.
package struct MediumFileList {
  private let subject: String
  private var torn: [UInt8] = []
  /// Lines read.
  package private(set) var count: UInt64 = 0

  package init(named subject: String) { self.subject = subject }

  /// Takes the next bytes and gives each file whose line they end.
  /// - Throws: `quarantine.malformed`, and what JSON refuses.
  package mutating func take(
    _ bytes: ArraySlice<UInt8>, _ body: (MediumFile) throws(Failure) -> Void
  ) throws(Failure) {
    var rest = bytes
    while let end = rest.firstIndex(of: 0x0a) {
      let line = torn + rest[..<end]
      torn = []
      rest = rest[(end + 1)...]
      count += 1
      try verify(line.count)
      try body(try MediumFile(parsing: line, named: "\(subject) line \(count)"))
    }
    torn += rest
    try verify(torn.count)
  }

  /// The list has ended.
  /// - Throws: `quarantine.malformed` where its last line has no end.
  package func finish() throws(Failure) {
    guard torn.isEmpty else { throw Failure(.quarantineMalformed, subject, "its last line has no end") }
  }

  private func verify(_ length: Int) throws(Failure) {
    guard length <= MediumFile.mostLineBytes else {
      throw Failure(.quarantineMalformed, subject, "a line of more than \(MediumFile.mostLineBytes) bytes")
    }
  }
}
