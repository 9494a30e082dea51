/// Computed digests of many things that are numbered. What was put in is what comes out.
///
/// Where somebody holds the same bytes anyway, as the name of a blob states its digest, no more is held here than what
/// tells those bytes from others by.
package struct ComputedDigests: Sendable {
  /// Of each that somebody else holds a mark of its bytes; 0 of the others.
  private var marks: [UInt32] = []
  /// Where the others begin in the row.
  private var places: [UInt32: UInt32] = [:]
  /// Of each of the others its algorithm's place among all, and its bytes.
  private var row: [UInt8] = []

  package init() {}

  /// - Parameters:
  ///   - number: one that was not given before, below 2³².
  ///   - held: bytes that may be the same.
  package mutating func set(_ number: Int, _ digest: ComputedDigest, orAs held: ArraySlice<UInt8>?) {
    if number >= marks.count { marks += repeatElement(0, count: number + 1 - marks.count) }
    if digest.algorithm == .sha256, let held, held.elementsEqual(digest.bytes) {
      marks[number] = Self.mark(held)
      return
    }
    places[UInt32(number)] = UInt32(row.count)
    row.append(UInt8(HashAlgorithm.allCases.firstIndex(of: digest.algorithm)!))
    row += digest.bytes
  }

  package func has(_ number: Int) -> Bool {
    number < marks.count && (marks[number] != 0 || places[UInt32(number)] != nil)
  }

  /// - Parameter held: what was given with it. Other bytes end the program: a digest that nobody computed must not come out.
  /// - Precondition: it was given.
  package func get(_ number: Int, orAs held: ArraySlice<UInt8>?) -> ComputedDigest {
    if marks[number] != 0 {
      precondition(held.map(Self.mark) == marks[number], "other bytes than were given")
      return ComputedDigest(handedOver: .sha256, Array(held!))!
    }
    let start = Int(places[UInt32(number)]!)
    let algorithm = HashAlgorithm.allCases[Int(row[start])]
    return ComputedDigest(handedOver: algorithm, Array(row[start + 1..<start + 1 + algorithm.size]))!
  }

  /// Of a seed that is new in each process; never 0.
  private static func mark(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return UInt32(truncatingIfNeeded: hasher.finalize()) | 1
  }
}
