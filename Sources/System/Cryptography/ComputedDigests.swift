/// Many computed digests in one row of bytes: what was put in is what comes out.
package struct ComputedDigests: Sendable {
  /// Of each, its algorithm's place among all, and its bytes.
  private var row: [UInt8] = []

  package init() {}

  /// - Returns: where it stands, below 2³²−1.
  package mutating func add(_ digest: ComputedDigest) -> UInt32 {
    let place = UInt32(row.count)
    row.append(UInt8(HashAlgorithm.allCases.firstIndex(of: digest.algorithm)!))
    row += digest.bytes
    return place
  }

  /// - Precondition: `add` gave the place.
  package subscript(place: UInt32) -> ComputedDigest {
    let start = Int(place)
    let algorithm = HashAlgorithm.allCases[Int(row[start])]
    return ComputedDigest(handedOver: algorithm, Array(row[start + 1..<start + 1 + algorithm.size]))!
  }
}
