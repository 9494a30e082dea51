import Channel
import MediaReader
import Octets
import Quarantine
package import Reasons

/// Something that lies on a medium, as a reader says it: its kind in one byte, the length of its path in two and the path,
/// and what its kind has to say. Of Sigstore bundles it is their number, in four bytes; they follow as objects.
package struct SurveyedItem: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A file, or a folder that is a layout.
    case archive
    case sigstoreBundles(Int)
    case trustBundle
    /// Left where it is, and why.
    case other(String)
    /// Left where it is, and what it holds is not known: why.
    case unseen(String)
  }

  /// Bytes of a path below the medium: one that leads no further down than a survey goes.
  package static let mostPathBytes = (Survey.depth + 2) * 256

  /// Below what was named; empty for that itself.
  package let path: [UInt8]
  package let kind: Kind

  package init(path: [UInt8], kind: Kind) {
    self.path = path
    self.kind = kind
  }

  package var bytes: [UInt8] {
    let (number, rest): (UInt8, [UInt8]) =
      switch kind {
      case .archive: (0, [])
      case .sigstoreBundles(let count): (1, BigEndian.bytes(UInt64(count), count: 4))
      case .trustBundle: (2, [])
      case .other(let why): (3, Array(why.utf8.prefix(1024)))
      case .unseen(let why): (4, Array(why.utf8.prefix(1024)))
      }
    return [number] + BigEndian.bytes(UInt64(path.count), count: 2) + path + rest
  }

  /// - Throws: `reading.malformed`; for a path, too, that leads out of the medium.
  package init(_ bytes: [UInt8]) throws(Failure) {
    var cursor = ByteCursor(bytes, of: "item", failing: .readingMalformed)
    let number = try cursor.byte()
    path = Array(try cursor.take(Int(try cursor.bigEndian(2))))
    // What is left there may be called as it likes.
    let isUsed = number < 3
    guard path.count <= Self.mostPathBytes, !isUsed || path.isEmpty || MediaReader.unsafety(ofName: path) == nil else {
      throw cursor.failure("no path below the medium")
    }
    switch number {
    case 0: kind = .archive
    case 1: kind = .sigstoreBundles(Int(try cursor.bigEndian(4)))
    case 2: kind = .trustBundle
    case 3: kind = .other(printable(try cursor.take(cursor.remaining), limit: 1024))
    case 4: kind = .unseen(printable(try cursor.take(cursor.remaining), limit: 1024))
    default: throw cursor.failure("no kind of item")
    }
    guard cursor.isAtEnd else { throw cursor.failure("\(cursor.remaining) bytes behind it") }
  }
}
