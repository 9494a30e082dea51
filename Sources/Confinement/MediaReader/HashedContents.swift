import Cryptography

/// What hashing a file gave.
struct Hashed: Sendable {
  let digest: ComputedDigest
  /// As many bytes as the file has; nil where they are not kept.
  let contents: [UInt8]?
}

/// The same of many files, by their places in the inventory.
struct HashedContents: Sendable {
  /// Where they are.
  private struct Found {
    var digest = UInt32.max
    var contents = ByteStore.Place.max
  }

  private var found: [Found] = []
  private var digests = ComputedDigests()
  private var bytes = ByteStore()

  /// Of a file that was not given before.
  mutating func set(_ index: Int, _ hashed: Hashed) {
    if index >= found.count { found += repeatElement(Found(), count: index + 1 - found.count) }
    found[index].digest = digests.add(hashed.digest)
    if let contents = hashed.contents { found[index].contents = bytes.add(contents) }
  }

  func has(_ index: Int) -> Bool { index < found.count && found[index].digest != .max }

  /// - Precondition: it was given.
  func digest(_ index: Int) -> ComputedDigest { digests[found[index].digest] }

  /// - Parameter size: as many bytes as the file has.
  /// - Precondition: it was given.
  func contents(_ index: Int, size: UInt64) -> [UInt8]? {
    found[index].contents == .max ? nil : bytes.bytes(found[index].contents, Int(size))
  }
}
