import Cryptography

/// What hashing a file gave.
struct Hashed: Sendable {
  let digest: ComputedDigest
  /// As many bytes as the file has; nil where they are not kept.
  let contents: [UInt8]?
}

/// The same of many files, by their places in the inventory.
struct HashedContents: Sendable {
  private var digests = ComputedDigests()
  /// Where contents are, of the files of which they are kept.
  private var places: [UInt32: ByteStore.Place] = [:]
  private var bytes = ByteStore()

  /// Of a file that was not given before.
  /// - Parameter name: as it is held.
  mutating func set(_ index: Int, _ hashed: Hashed, named name: ArraySlice<UInt8>) {
    digests.set(index, hashed.digest, orAs: PackedName.digest(name))
    if let contents = hashed.contents { places[UInt32(index)] = bytes.add(contents) }
  }

  func has(_ index: Int) -> Bool { digests.has(index) }

  /// - Parameter name: the one that it was given with.
  /// - Precondition: it was given.
  func digest(_ index: Int, named name: ArraySlice<UInt8>) -> ComputedDigest {
    digests.get(index, orAs: PackedName.digest(name))
  }

  /// - Parameter size: as many bytes as the file has.
  /// - Precondition: it was given.
  func contents(_ index: Int, size: UInt64) -> [UInt8]? {
    places[UInt32(index)].map { bytes.bytes($0, Int(size)) }
  }
}
