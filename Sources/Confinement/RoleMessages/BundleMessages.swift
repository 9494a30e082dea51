import Channel
import Cryptography
package import Octets
package import Reasons

/// A file of a trust bundle, as a reader hands it over: the length of its name in four bytes and the name, what it is in
/// one byte, its size in eight, its SHA-256, and its contents where they were kept.
///
/// Nothing of it is believed: what the bundle's own metadata say of a file is compared with what is computed again.
package struct BundleEntry {
  package enum Kind: UInt8 {
    /// The contents follow.
    case kept
    /// It was hashed, and its contents are asked for with `copy`.
    case passed
    /// A link, or more than is kept: no bundle has it.
    case strange
  }

  package let name: [UInt8]
  package let kind: Kind
  package let size: UInt64
  package let digest: ClaimedDigest
  package let contents: [UInt8]

  package var bytes: [UInt8] {
    BigEndian.bytes(UInt64(name.count), count: 4) + name + [kind.rawValue] + BigEndian.bytes(size, count: 8)
      + digest.bytes + contents
  }

  package init(name: [UInt8], kind: Kind, size: UInt64, digest: ClaimedDigest, contents: [UInt8]) {
    self.name = name
    self.kind = kind
    self.size = size
    self.digest = digest
    self.contents = contents
  }

  /// - Throws: `reading.malformed`.
  package init(_ bytes: [UInt8]) throws(Failure) {
    func malformed(_ words: String) -> Failure { Failure(.readingMalformed, "entry", words) }
    guard bytes.count >= 45 else { throw malformed("\(bytes.count) bytes are no entry") }
    let length = Int(BigEndian.number(bytes[..<4]))
    guard length <= bytes.count - 45 else { throw malformed("a name of \(length) bytes") }
    let rest = bytes[(4 + length)...]
    guard let kind = Kind(rawValue: rest.first ?? .max) else { throw malformed("no kind of entry") }
    name = Array(bytes[4..<4 + length])
    self.kind = kind
    size = BigEndian.number(rest.dropFirst().prefix(8))
    guard let digest = ClaimedDigest(.sha256, Array(rest.dropFirst(9).prefix(32))) else {
      throw malformed("no digest")
    }
    self.digest = digest
    contents = Array(rest.dropFirst(41))
    guard kind == .kept ? UInt64(contents.count) == size : contents.isEmpty else {
      throw malformed("\(contents.count) bytes of contents, and \(size) stated")
    }
  }
}

/// A piece of a file that is copied: which of those that were asked for, in four bytes, and bytes of it, in order.
package struct BundlePiece {
  package static let mostBytes = 1 << 20

  package static func bytes(_ number: Int, _ piece: ArraySlice<UInt8>) -> [UInt8] {
    BigEndian.bytes(UInt64(number), count: 4) + piece
  }

  /// - Throws: `reading.malformed`.
  package static func piece(_ bytes: [UInt8], of count: Int) throws(Failure) -> (number: Int, bytes: ArraySlice<UInt8>)
  {
    let number = Int(BigEndian.number(bytes.prefix(4)))
    guard bytes.count >= 4, number < count else {
      throw Failure(.readingMalformed, "piece", "of a file that nobody asked for")
    }
    return (number, bytes[4...])
  }
}
