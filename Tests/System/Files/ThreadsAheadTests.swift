import Glibc
import Synchronization
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
    let (seen, gate, arrived) = (Seen(), Handoff<Void>(capacity: 1), Handoff<Void>(capacity: 3))
    seen.note()
    let orders = try (0..<3).map { _ in
      try #require(
        ahead.run {
          seen.note()
          _ = arrived.give(())
          gate.take()
        })
    }
    for _ in orders { arrived.take() }
    // All wait for the gate: nobody is left.
    #expect(ahead.run {} == nil)
    gate.close()
    for order in orders { order.wait() }
    #expect(seen.count == 4)
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
