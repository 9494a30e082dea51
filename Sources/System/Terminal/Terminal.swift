import Glibc

/// The process's own streams: what a person sees, and what a pipe gets.
package enum Terminal {
  /// Whether standard error is a screen: only then progress is drawn.
  package static var errorIsScreen: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether standard output is a screen that wants colour (https://no-color.org).
  package static var outputIsColourful: Bool {
    isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
  }

  /// Lets a write to a pipe whose reader is gone fail, in place of ending the process by a signal: who has
  /// more to do than to write goes on, and the exit status stays one that means something.
  package static func outliveReaders() { signal(SIGPIPE, SIG_IGN) }

  /// Lets a stream that whoever started us closed lead nowhere. Otherwise the next file that is opened would take its place,
  /// and be read or written as that stream.
  package static func holdStreams() {
    var descriptor: Int32
    repeat { descriptor = open("/dev/null", O_RDWR) } while (0...2).contains(descriptor)
    if descriptor > 2 { close(descriptor) }
  }

  package static func writeError(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

  /// Writes the result.
  /// - Returns: whether all of it arrived; a result that was cut short must not end in success.
  package static func writeOutput(_ text: String) -> Bool { write(Array(text.utf8), to: STDOUT_FILENO) }

  /// Asks at the controlling terminal, without showing what is typed: one line, without its end.
  /// - Returns: nil where there is no terminal, or the line is longer than 1,024 bytes.
  package static func readSecret(_ prompt: String) -> [UInt8]? {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var shown = termios()
    guard tcgetattr(terminal, &shown) == 0 else { return nil }
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 else { return nil }
    defer {
      tcsetattr(terminal, TCSAFLUSH, &shown)
      _ = write([0x0a], to: terminal)
    }
    _ = write(Array(prompt.utf8), to: terminal)
    var line: [UInt8] = []
    line.reserveCapacity(1025)
    var byte: UInt8 = 0
    while read(terminal, &byte, 1) == 1, byte != 0x0a {
      line.append(byte)
      if line.count > 1024 { return nil }
    }
    return line
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(written)
    }
    return true
  }
}

/// Seconds on a clock that only runs forward.
package func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// This machine's clock, in seconds since 1970. A claim, no proof.
package func wallClockSeconds() -> Int64 { Int64(time(nil)) }

/// Ends the process.
package func exitProcess(_ status: Int32) -> Never { exit(status) }
