package import Cryptography
package import Ledger
import Synchronization

/// An anchor that costs nothing and lasts as long as its process: for measuring the disk alone.
package final class MemoryAnchor: Anchor {
  private let value = Mutex([UInt8](repeating: 0, count: 32))

  package init() {}

  package func read() -> AnchorReading { .value(value.withLock { $0 }) }

  package func extend(_ digest: ComputedDigest) { value.withLock { $0 = Cryptography.digest($0 + digest.bytes).bytes } }
}
