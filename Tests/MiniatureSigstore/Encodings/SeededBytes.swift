/// Reproducible bytes that do not compress (SplitMix64). Never a source of keys.
package struct SeededBytes {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      var at = 0
      while at + 8 <= count {
        UnsafeMutableRawBufferPointer(buffer).storeBytes(of: next().littleEndian, toByteOffset: at, as: UInt64.self)
        at += 8
      }
      var rest = next()
      while at < count {
        buffer[at] = UInt8(truncatingIfNeeded: rest)
        rest >>= 8
        at += 1
      }
      initialized = count
    }
  }
}
