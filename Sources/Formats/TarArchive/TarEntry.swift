/// What an archive says about one of its members. Names are as written: nothing about them is checked yet.
package struct TarEntry: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case regular
    case directory
    case symbolicLink(target: [UInt8])
    /// Something that an image never needs; what it is, for people.
    case forbidden(String)
  }

  package let name: [UInt8]
  package let kind: Kind
  /// Bytes of contents that follow the header, without padding; at most 2⁶³−1.
  package let size: UInt64
  /// Where its header begins in the archive, in bytes.
  package let offset: UInt64

  /// - Precondition: size ≤ 2⁶³−1.
  package init(name: [UInt8], kind: Kind, size: UInt64, offset: UInt64) {
    self.name = name
    self.kind = kind
    self.size = size
    self.offset = offset
  }

  /// Bytes from the end of the header to the next one. Never overflows.
  package var paddedSize: UInt64 { size + TarBlock.padding(after: size) }
}
