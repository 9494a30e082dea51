import Glibc

/// Passes values from one thread to another, at most `capacity` at a time: the faster side waits.
package final class Handoff<Element: Sendable>: @unchecked Sendable {
  private let capacity: Int
  private var waiting: [Element] = []
  private var isClosed = false
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// - Precondition: capacity ≥ 1.
  package init(capacity: Int) {
    self.capacity = max(capacity, 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  /// Waits for room. Returns false where the other side has closed: the value is dropped, stop producing.
  package func give(_ element: sending Element) -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while waiting.count >= capacity, !isClosed { pthread_cond_wait(changed, lock) }
    if isClosed { return false }
    waiting.append(element)
    pthread_cond_broadcast(changed)
    return true
  }

  /// Waits for a value. Returns nil when closed and empty.
  package func take() -> Element? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while waiting.isEmpty, !isClosed { pthread_cond_wait(changed, lock) }
    guard !waiting.isEmpty else { return nil }
    let element = waiting.removeFirst()
    pthread_cond_broadcast(changed)
    return element
  }

  /// No more values will be given or wanted. What is waiting may still be taken.
  package func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }
}
