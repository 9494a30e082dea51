import Glibc
import Synchronization

/// How many cores there are to read and hash on, and no more than 16: a thread costs a buffer.
/// Counted once, which opens a file.
package let readingThreads = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 16)

/// Starts threads now: from here on work is done on these, and where all are at work, on fewer. Once in a process.
package func startThreadsAhead(_ count: Int) {
  guard count > 0 else { return }
  let started = ThreadsAhead(count)
  ahead.withLock { $0 = started }
}

private let ahead = Mutex<ThreadsAhead?>(nil)

/// Runs `body` on `count` threads at once, this one among them, and returns when all have returned. Where the system
/// gives fewer threads, fewer run: `body` takes work from a common list, so that nothing is left undone.
package func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let others = (1..<max(count, 1)).compactMap { _ in startThread(body) }
  body()
  for other in others { other.wait() }
}

/// Runs `body` on a thread that nobody waits for. Returns whether the system gave one.
package func onThreadOfItsOwn(_ body: @escaping @Sendable () -> Void) -> Bool {
  guard let thread = startThread(body) else { return false }
  if case .own(let thread) = thread { pthread_detach(thread) }
  return true
}

/// Runs both at once, the second on a thread of its own; where the system gives none, one after the other.
package func atOnce<First, Second: Sendable>(
  _ first: () -> First, _ second: @escaping @Sendable () -> Second
) -> (First, Second) {
  let place = Place<Second>()
  let thread = startThread { place.value.withLock { $0 = second() } }
  let one = first()
  thread?.wait()
  return (one, place.value.withLock { $0 } ?? second())
}

private final class Place<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}

private final class Body: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private enum StartedThread {
  case own(pthread_t)
  case ahead(ThreadsAhead.Order)

  func wait() {
    switch self {
    case .own(let thread): pthread_join(thread, nil)
    case .ahead(let order): order.wait()
    }
  }
}

private func startThread(_ body: @escaping @Sendable () -> Void) -> StartedThread? {
  if let ahead = ahead.withLock({ $0 }) { return ahead.run(body).map { .ahead($0) } }
  return newThread(body).map { .own($0) }
}

func newThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(Body(body))
  // Not what a shell's limit says, which may be more than a role may have in all.
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setstacksize(&attributes, 8 << 20)
  let code = pthread_create(
    &thread, &attributes,
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
