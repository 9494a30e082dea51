import Octets

/// A name as it is held. That of a blob, the one of which an archive has many, takes 33 bytes and not 77: a mark that no
/// name begins with, since they hold no control characters, and the digest. All others stand as they are.
enum PackedName {
  private static let mark: UInt8 = 1
  private static let folder = Array("blobs/sha256/".utf8)
  private static let digits = Array("0123456789abcdef".utf8)

  static func pack(_ name: [UInt8]) -> [UInt8] {
    guard name.count == folder.count + 64, name.starts(with: folder), let digest = Hex.decode(name[folder.count...])
    else { return name }
    return [mark] + digest
  }

  static func unpack(_ packed: ArraySlice<UInt8>) -> [UInt8] {
    guard packed.first == mark else { return Array(packed) }
    var name = folder
    name.reserveCapacity(folder.count + 64)
    for byte in packed.dropFirst() {
      name.append(digits[Int(byte >> 4)])
      name.append(digits[Int(byte & 15)])
    }
    return name
  }

  /// The SHA-256 that a blob's name states, whatever the blob is; nil for other names.
  static func digest(_ packed: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    packed.first == mark ? packed.dropFirst() : nil
  }

  /// Whether one name stands before the other in the order of their bytes; that of digests is that of their digits.
  static func precedes(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
    (one.first == mark) == (other.first == mark)
      ? one.lexicographicallyPrecedes(other) : unpack(one).lexicographicallyPrecedes(unpack(other))
  }
}
