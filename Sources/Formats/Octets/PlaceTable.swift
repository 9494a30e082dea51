/// A hash table of places in a list that its owner holds: four bytes a slot, and nothing of what stands in the list.
///
/// The owner says what a place hashes to, and what it is equal to. It hashes with `Hasher`, whose seed is new in each
/// process: nobody can choose names that all fall into one slot.
package struct PlaceTable: Sendable {
  /// Place + 1, so that 0 is free. A power of two of them, of which a quarter at least is free.
  private var slots = [UInt32](repeating: 0, count: 16)
  private var count = 0

  package init() {}

  /// The place among those inserted with this hash for which `isMeant` holds.
  package func find(_ hash: Int, where isMeant: (Int) -> Bool) -> Int? {
    var slot = start(hash)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if isMeant(place) { return place }
      slot = next(slot)
    }
    return nil
  }

  /// - Parameters:
  ///   - place: below 2³²−1, and equal to none that is there.
  ///   - hash: of any place that is there, and of this one.
  package mutating func insert(_ place: Int, hash: (Int) -> Int) {
    if 4 * (count + 1) > 3 * slots.count {
      let old = slots
      slots = [UInt32](repeating: 0, count: 2 * old.count)
      for held in old where held != 0 { put(held, hash(Int(held) - 1)) }
    }
    put(UInt32(place + 1), hash(place))
    count += 1
  }

  /// Puts a place where an equal one is.
  package mutating func replace(_ old: Int, with place: Int, _ hash: Int) {
    var slot = start(hash)
    while slots[slot] != UInt32(old + 1) { slot = next(slot) }
    slots[slot] = UInt32(place + 1)
  }

  private mutating func put(_ held: UInt32, _ hash: Int) {
    var slot = start(hash)
    while slots[slot] != 0 { slot = next(slot) }
    slots[slot] = held
  }

  private func start(_ hash: Int) -> Int { hash & (slots.count - 1) }
  private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }
}

extension PlaceTable {
  /// Of bytes, for places that bytes name.
  package static func hash(_ bytes: ArraySlice<UInt8>) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}
