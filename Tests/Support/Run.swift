package import Glibc

/// What another program did.
package struct RunResult: Sendable {
  /// Exit status; 128 + the signal's number where a signal ended it, as shells have it.
  package let status: Int32
  package let stdout: [UInt8]
  package let stderr: [UInt8]

  package var output: String { String(decoding: stdout, as: UTF8.self) }
  package var errors: String { String(decoding: stderr, as: UTF8.self) }
}

/// A program that could not be started, or that ended badly where `runChecked` did not allow it.
package struct RunError: Error, CustomStringConvertible {
  package let description: String
  package init(description: String) { self.description = description }
}

/// Runs a program and waits for it.
///
/// - Parameters:
///   - program: the program, looked up in `PATH` unless it holds a slash, and its arguments.
///   - input: what it reads from standard input.
///   - environment: added to this process's environment.
package func run(
  _ program: [String], input: [UInt8] = [], environment: [String: String] = [:], in folder: String? = nil
) throws -> RunResult {
  // Files, not pipes: a program that fills one pipe while we write another would wait for ever.
  let stdin = try ScratchFile(input)
  let stdout = try ScratchFile()
  let stderr = try ScratchFile()
  let program = folder.map { ["env", "--chdir=\($0)"] + program } ?? program
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, stdin.descriptor, 0)
  posix_spawn_file_actions_adddup2(&actions, stdout.descriptor, 1)
  posix_spawn_file_actions_adddup2(&actions, stderr.descriptor, 2)
  // Tests run side by side: what another one holds open at this moment would stay open in the program.
  closeEverything(&actions)

  var variables = currentEnvironment()
  for (name, value) in environment { variables[name] = value }
  let arguments = program.map { strdup($0) } + [nil]
  let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
  defer { (arguments + settings).forEach { free($0) } }

  var child: pid_t = 0
  let code = posix_spawnp(&child, program[0], &actions, nil, arguments, settings)
  guard code == 0 else { throw RunError(description: "\(program[0]): \(String(cString: strerror(code)))") }
  var status: Int32 = 0
  while waitpid(child, &status, 0) == -1 {
    guard errno == EINTR else { throw RunError(description: "\(program[0]): lost") }
  }
  let signal = status & 0x7f
  return RunResult(
    status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, stdout: stdout.contents(), stderr: stderr.contents())
}

/// Lets a program that is started with `actions` inherit nothing but its three standard streams. Of a descriptor that is
/// not open, the C library makes nothing.
package func closeEverything(_ actions: inout posix_spawn_file_actions_t) {
  for descriptor in 3..<Int32(1024) { posix_spawn_file_actions_addclose(&actions, descriptor) }
}

/// Like `run`, and throws with the program's own words unless it ends with 0. Returns what it wrote.
@discardableResult
package func runChecked(
  _ program: [String], input: [UInt8] = [], environment: [String: String] = [:], in folder: String? = nil
) throws -> [UInt8] {
  let result = try run(program, input: input, environment: environment, in: folder)
  guard result.status == 0 else {
    throw RunError(description: "\(program.joined(separator: " ")): status \(result.status): \(result.errors)")
  }
  return result.stdout
}

/// Whether a program is to be found in `PATH`; for `.enabled(if:)`.
package func isInstalled(_ program: String) -> Bool {
  (currentEnvironment()["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}

private func currentEnvironment() -> [String: String] {
  var variables: [String: String] = [:]
  var next = environ
  while let entry = next.pointee {
    let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    next += 1
  }
  return variables
}

/// A file without a name.
private final class ScratchFile {
  let descriptor: Int32

  init(_ contents: [UInt8] = []) throws {
    var name = Array("/tmp/assay-run-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw RunError(description: "no scratch file: \(String(cString: strerror(errno)))") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(name)
    var written = 0
    while written < contents.count {
      let count = contents[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw RunError(description: "cannot write a scratch file") }
      written += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { close(descriptor) }

  func contents() -> [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let read = pread(descriptor, buffer.baseAddress! + count, size - count, off_t(count))
        guard read > 0 else { return }
        count += read
      }
    }
  }
}
