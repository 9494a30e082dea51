import CLinux
package import Files
import Glibc

/// A process that this one started.
package struct ChildProcess: Sendable {
  package let id: Int32

  package init(id: Int32) { self.id = id }

  /// Starts this same program anew, with nothing of this process but the descriptors that are named.
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - descriptors: the first becomes 3 there, and so on; its standard streams lead nowhere.
  ///   - whenSpokenTo: not before something comes on the first of them: until then nothing is executed, and it costs
  ///     next to nothing.
  package static func startOurselves(
    _ arguments: [String], descriptors: [Int32], whenSpokenTo: Bool = false
  ) throws(FileError) -> ChildProcess {
    // Whatever is read or written there fails, or is nothing.
    let nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard nowhere >= 0 else { throw FileError("open /dev/null", code: errno) }
    defer { close(nowhere) }
    var child: pid_t = 0
    let places = [nowhere, nowhere, nowhere] + descriptors
    // A crash is told by the way in which it ends: what it would print is hostile text.
    let error = withCStrings(["assay"] + arguments) { arguments in
      withCStrings(["SWIFT_BACKTRACE=enable=no"]) { environment in
        whenSpokenTo
          ? assay_spawn_when_spoken_to("/proc/self/exe", arguments, environment, places, places.count, 3, &child)
          : assay_spawn("/proc/self/exe", arguments, environment, places, places.count, &child)
      }
    }
    guard error == 0 else { throw FileError("start", code: error) }
    return ChildProcess(id: child)
  }

  /// How a process ended.
  package enum End: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// Waits until it has ended. Once for each process.
  package func wait() throws(FileError) -> End {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard errno == EINTR else { throw FileError("wait", code: errno) }
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// Ends it at once; no error where it has ended already.
  package func kill() { _ = Glibc.kill(id, SIGKILL) }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return (copies + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}

/// What a process that was started by this same program does about itself.
package enum OwnProcess {
  /// Ends with the process that started it.
  package static func dieWithParent() { _ = assay_die_with_parent() }

  /// A file that would become larger than it may is an error of the write, and does not end the process.
  package static func outliveFileSize() { signal(SIGXFSZ, SIG_IGN) }

  /// Lets the C library read its time zone, for which it would open a file when a time is first broken down.
  package static func readTimeZone() { tzset() }

  /// Lets all threads share one heap (mallopt(3)). Of a heap that only some threads use, glibc gives memory back, and asks
  /// a file of /proc before it does so for the first time: in the middle of a large archive.
  package static func useOneHeap() { assay_use_one_heap() }

  /// Ends without running what was registered for the end.
  package static func end(_ status: Int32) -> Never { _exit(status) }
}
