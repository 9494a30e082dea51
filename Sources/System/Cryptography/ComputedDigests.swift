/// Computed digests of many things that are numbered. What was put in is what comes out.
///
/// Where somebody holds the same bytes anyway, as the name of a blob states its digest, nothing is held here but that
/// they were the same.
package struct ComputedDigests: Sendable {
  private var areHeldElsewhere: [Bool] = []
  /// Where the others begin in the row.
  private var places: [UInt32: UInt32] = [:]
  /// Of each of the others its algorithm's place among all, and its bytes.
  private var row: [UInt8] = []

  package init() {}

  /// - Parameters:
  ///   - number: one that was not given before, below 2³².
  ///   - held: bytes that may be the same.
  package mutating func set(_ number: Int, _ digest: ComputedDigest, orAs held: ArraySlice<UInt8>?) {
    if number >= areHeldElsewhere.count {
      areHeldElsewhere += repeatElement(false, count: number + 1 - areHeldElsewhere.count)
    }
    if digest.algorithm == .sha256, let held, held.elementsEqual(digest.bytes) {
      areHeldElsewhere[number] = true
      return
    }
    places[UInt32(number)] = UInt32(row.count)
    row.append(UInt8(HashAlgorithm.allCases.firstIndex(of: digest.algorithm)!))
    row += digest.bytes
  }

  package func has(_ number: Int) -> Bool {
    number < areHeldElsewhere.count && (areHeldElsewhere[number] || places[UInt32(number)] != nil)
  }

  /// - Parameter held: what was given with it.
  /// - Precondition: it was given.
  package func get(_ number: Int, orAs held: ArraySlice<UInt8>?) -> ComputedDigest {
    if areHeldElsewhere[number] { return ComputedDigest(handedOver: .sha256, Array(held!))! }
    let start = Int(places[UInt32(number)]!)
    let algorithm = HashAlgorithm.allCases[Int(row[start])]
    return ComputedDigest(handedOver: algorithm, Array(row[start + 1..<start + 1 + algorithm.size]))!
  }
}
