import Glibc
import Synchronization

/// Threads that wait for work: for a process that will be allowed to start none.
final class ThreadsAhead: Sendable {
  private let orders: Handoff<Order>
  private let idle: Mutex<Int>

  /// What one of them is to do, and the end of it.
  final class Order: Sendable {
    fileprivate let body: @Sendable () -> Void
    fileprivate let end = Handoff<Void>(capacity: 1)

    fileprivate init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func wait() { end.take() }
  }

  /// Fewer, where the system gives fewer.
  init(_ count: Int) {
    let orders = Handoff<Order>(capacity: max(count, 1))
    self.orders = orders
    idle = Mutex(0)
    for _ in 0..<count {
      let thread = newThread { [self] in
        while let order = orders.take() { perform(order) }
      }
      guard let thread else { break }
      pthread_detach(thread)
      idle.withLock { $0 += 1 }
    }
  }

  /// Nil where all are at work.
  func run(_ body: @escaping @Sendable () -> Void) -> Order? {
    let isFree = idle.withLock { count in
      guard count > 0 else { return false }
      count -= 1
      return true
    }
    guard isFree else { return nil }
    let order = Order(body)
    return orders.give(order) ? order : nil
  }

  /// They end when they have done what they do.
  func close() { orders.close() }

  private func perform(_ order: Order) {
    order.body()
    // Before anybody hears of it: whoever does may order again at once.
    idle.withLock { $0 += 1 }
    order.end.close()
  }
}
