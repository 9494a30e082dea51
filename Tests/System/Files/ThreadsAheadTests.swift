import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Files

struct ThreadsAheadTests {
  private final class Seen: Sendable {
    let threads = Mutex<Set<UInt>>([])
    func note() { _ = threads.withLock { $0.insert(UInt(pthread_self())) } }
    var count: Int { threads.withLock { $0.count } }
  }

  /// Each at its own work, none of them the one that orders.
  @Test func workIsDoneAtOnce() throws {
    let ahead = ThreadsAhead(3)
    defer { ahead.close() }
    let (seen, gate) = (Seen(), Handoff<Void>(capacity: 1))
    defer { gate.close() }
    seen.note()
    let orders = try (0..<3).map { _ in
      try #require(
        ahead.run {
          seen.note()
          gate.take()
        })
    }
    try Companion.wait(for: "three threads beside this one") { seen.count == 4 }
    // All wait for the gate: nobody is left.
    #expect(ahead.run {} == nil)
    gate.close()
    for order in orders { order.wait() }
  }

  /// Whoever has waited finds them free, however often.
  @Test func theyAreFreeWhenTheirWorkIsDone() throws {
    let ahead = ThreadsAhead(1)
    defer { ahead.close() }
    let done = Mutex(0)
    for _ in 0..<1000 { try #require(ahead.run { done.withLock { $0 += 1 } }).wait() }
    #expect(done.withLock { $0 } == 1000)
  }

  @Test func whereThereIsNoneNothingIsBegun() { #expect(ThreadsAhead(0).run {} == nil) }
}
