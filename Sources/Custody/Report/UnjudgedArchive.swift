import Cryptography
package import Octets

/// What a report names where no image could be judged (docs/formats/Report.md). A refusal leaves a record whatever it is
/// about; of what no bytes are known, the record says so.
package enum UnjudgedArchive: Hashable, Sendable {
  /// A file, by the SHA-256 of all its bytes.
  case file(ClaimedDigest)
  /// What was read to its end, by the SHA-256 of its inventory.
  case inventory(ClaimedDigest)
  /// What could not be read, and cannot be read again: by what the operator called it.
  case unread(String)

  package var kind: String {
    switch self {
    case .file: "archive"
    case .inventory: "medium"
    case .unread: "unread"
    }
  }

  package var digest: ClaimedDigest {
    switch self {
    case .file(let digest): digest
    // What was read is a reader's word. It can make a line of it that is nobody's image.
    case .inventory(let digest): ClaimedDigest(Cryptography.digest(Array("inventory \(digest)\n".utf8)))
    // No inventory begins so, and no other name makes the same line.
    case .unread(let name): ClaimedDigest(Cryptography.digest(Array("unread \(name.utf8.count) \(name)\n".utf8)))
    }
  }
}
