import Glibc
import Synchronization

/// How many cores there are to read and hash on, and no more than 16: a thread costs a buffer.
/// Counted once, which opens a file.
package let readingThreads = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 16)

/// Runs `body` on `count` threads at once, this one among them, and returns when all have returned. Where the system
/// gives fewer threads, fewer run: `body` takes work from a common list, so that nothing is left undone.
package func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let others = (1..<max(count, 1)).compactMap { _ in startThread(body) }
  body()
  for other in others { pthread_join(other, nil) }
}

/// Runs `body` on a thread that nobody waits for. Returns whether the system gave one.
package func onThreadOfItsOwn(_ body: @escaping @Sendable () -> Void) -> Bool {
  guard let thread = startThread(body) else { return false }
  pthread_detach(thread)
  return true
}

/// Runs both at once, the second on a thread of its own; where the system gives none, one after the other.
package func atOnce<First, Second: Sendable>(
  _ first: () -> First, _ second: @escaping @Sendable () -> Second
) -> (First, Second) {
  let place = Place<Second>()
  let thread = startThread { place.value.withLock { $0 = second() } }
  let one = first()
  if let thread { pthread_join(thread, nil) }
  return (one, place.value.withLock { $0 } ?? second())
}

private final class Place<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}

private final class Body: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(Body(body))
  let code = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
      return nil
    }, argument.toOpaque())
  guard code == 0 else {
    argument.release()
    return nil
  }
  return thread
}
