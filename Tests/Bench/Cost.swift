import Glibc
import TestSupport

/// What running a program once took.
struct Cost {
  /// Seconds.
  var wall: Double
  /// Seconds of all its threads, in user and kernel.
  var processor: Double
  /// Bytes resident at the most.
  var peak: Double
}

extension Cost {
  /// Runs a program to its end, its output thrown away, and reads what the kernel counted.
  ///
  /// The kernel takes over into a child's peak what its parent held when it started it. So an errand of ours, which
  /// holds little, starts the program.
  static func of(_ program: [String], status: Int32 = 0) throws -> Cost {
    let output = try runChecked([CommandLine.arguments[0], "measure", String(status)] + program)
    let numbers = String(decoding: output, as: UTF8.self).split { $0.isWhitespace }.compactMap { Double($0) }
    guard numbers.count == 3 else { throw BenchFailure("no figures of \(program[0])") }
    return Cost(wall: numbers[0], processor: numbers[1], peak: numbers[2])
  }

  /// Runs several programs in turn, so that what disturbs the machine disturbs each of them; the costs of each.
  static func inTurns(_ programs: [[String]], rounds: Int) throws -> [[Cost]] {
    // What the first run loads from the disk, later ones find in memory.
    for program in programs { _ = try of(program) }
    var costs = [[Cost]](repeating: [], count: programs.count)
    for _ in 0..<rounds {
      for (index, program) in programs.enumerated() { costs[index].append(try of(program)) }
    }
    return costs
  }
}

/// The middle one of an odd number of values, the upper of the two middle ones of an even number.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

extension [Cost] {
  func median(_ part: KeyPath<Cost, Double>) -> Double { bench.median(map { $0[keyPath: part] }) }
}

/// What the bench program does in processes of its own.
enum Errand {
  /// Starts the program, waits for it, prints seconds, seconds of processor, bytes.
  static func measure(_ arguments: [String]) throws {
    guard let wanted = arguments.first.flatMap({ Int32($0) }) else { exit(64) }
    let program = arguments.dropFirst().map { strdup($0) } + [nil]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    var child: pid_t = 0
    var status: Int32 = 0
    var usage = rusage()
    let start = seconds(CLOCK_MONOTONIC)
    let code = posix_spawnp(&child, program[0]!, &actions, nil, program, environ)
    guard code == 0, wait4(child, &status, 0, &usage) == child, status == wanted << 8 else {
      throw BenchFailure("\(arguments.dropFirst().joined(separator: " ")): status \(status >> 8)")
    }
    let wall = seconds(CLOCK_MONOTONIC) - start
    print(wall, seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss << 10)
  }
}

/// Seconds on one of the kernel's clocks.
func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
