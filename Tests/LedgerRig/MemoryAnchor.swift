package import Cryptography
package import Ledger
import Synchronization

/// An anchor that costs nothing and lasts as long as its process: for measuring the disk alone.
package final class MemoryAnchor: Anchor {
  private let value = Mutex([UInt8](repeating: 0, count: 32))

  package init() {}

  package func read() -> AnchorReading { .value(value.withLock { $0 }) }

  package func extend(_ digest: ComputedDigest, from current: [UInt8]) throws -> [UInt8] {
    try value.withLock { value throws(FileAnchor.Moved) in
      guard value == current else { throw FileAnchor.Moved() }
      value = Cryptography.digest(value + digest.bytes).bytes
      return value
    }
  }
}
