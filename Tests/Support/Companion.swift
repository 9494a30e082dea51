package import Glibc
import Synchronization

/// A program that runs until the last reference to it goes. Ends only what it started.
package final class Companion: Sendable {
  package let process: pid_t
  private let hasEnded = Atomic(false)

  /// - Parameters:
  ///   - program: the program, looked up in `PATH` unless it holds a slash, and its arguments.
  ///   - log: a file for all that it says; nil leaves it our own output.
  package init(_ program: [String], log: String? = nil) throws {
    let arguments = program.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    // A swtpm serves one connection at a time. Another test's connection, inherited here, would keep its TPM waiting
    // for this program's end; tpm2-tss does not mark its sockets as close-on-exec.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let log {
      posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    closeEverything(&actions)
    var child: pid_t = 0
    let code = posix_spawnp(&child, program[0], &actions, nil, arguments, environ)
    guard code == 0 else { throw RunError(description: "\(program[0]): error \(code)") }
    process = child
  }

  deinit { end() }

  /// Ends it now, where it has not ended, without a word.
  package func end() {
    guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  /// Waits, for five seconds, for what the program does soon after its start.
  package static func wait(for what: String, until done: () throws -> Bool) throws {
    for _ in 0..<1000 {
      if try done() { return }
      usleep(5000)
    }
    throw RunError(description: "waited in vain for \(what)")
  }
}
