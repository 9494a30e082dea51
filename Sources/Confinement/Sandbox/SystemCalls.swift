import Glibc

/// A family of system calls: what a process that computes, reads, writes or speaks needs of the kernel. What no family of
/// a role has kills the process.
package enum SystemCalls: Sendable, CaseIterable {
  /// Memory, time, what threads need that are there, and what is open already: what every role needs.
  case computing
  /// Threads beside the first.
  case threads
  /// Opening files and folders for reading.
  case reading
  /// Making files below folders that are open, and changing them: what Landlock holds to a place, and nothing beside it.
  case copying
  /// Whatever else a database does with its files.
  case writing
  /// A socket to a TPM that is not a device.
  case connecting
  /// Starting processes, waiting for them, and ending them.
  case starting
  /// Having a process started by another one: a channel to it, its end, and learning how it ended.
  case commanding
  /// Asking at a terminal.
  case asking
  /// Mapping libraries that are loaded late.
  case loading

  /// A call that is allowed, or answered with an error.
  struct Rule {
    var name: String
    /// Only where `argument & mask == value`.
    var condition: (argument: Int32, mask: UInt32, value: UInt32)?
    var error: Int32 = 0
    /// Whether the argument is one of 64 bits, all of which must be as `value` says.
    var isPointer = false

    init(_ name: String) { self.name = name }
    init(_ name: String, argument: Int32, mask: UInt32, is value: UInt32) {
      self.name = name
      condition = (argument, mask, value)
    }
    init(_ name: String, argument: Int32, mask: UInt32, is value: UInt32, fails error: Int32) {
      self.init(name, argument: argument, mask: mask, is: value)
      self.error = error
    }
    /// Only where a pointer is NULL.
    init(_ name: String, withoutPointer argument: Int32) {
      self.init(name, argument: argument, mask: .max, is: 0)
      isPointer = true
    }
    init(_ name: String, fails error: Int32) {
      self.name = name
      self.error = error
    }
  }

  var rules: [Rule] {
    switch self {
    case .computing:
      [
        // What no limit of memory counts: MAP_SHARED | MAP_ANONYMOUS, MAP_GROWSDOWN. EPERM.
        Rule("mmap", argument: 3, mask: 0x21, is: 0x21, fails: 1),
        Rule("mmap", argument: 3, mask: 0x100, is: 0x100, fails: 1),
        // Memory of the whole machine, which root may declare broken: MADV_HWPOISON, MADV_SOFT_OFFLINE.
        Rule("madvise", argument: 2, mask: .max, is: 100, fails: 1),
        Rule("madvise", argument: 2, mask: .max, is: 101, fails: 1),
      ]
        + Self.rules(
          "read", "write", "readv", "writev", "pread64", "lseek", "close", "fstat", "fadvise64", "poll", "ppoll",
          "munmap", "mremap", "madvise", "brk", "futex", "rseq", "set_robust_list", "sched_yield", "sched_getaffinity",
          "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "restart_syscall",
          "getrandom", "getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "uname", "rt_sigaction",
          "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "exit", "exit_group", "membarrier")
        + [
          // AT_EMPTY_PATH, by which the C library asks about what is open. Whoever gives a path all the same learns
          // whether a file is there, how large, and when it was written.
          Rule("newfstatat", argument: 3, mask: 0x1000, is: 0x1000),
          // Memory is never made executable: PROT_EXEC.
          Rule("mmap", argument: 2, mask: 4, is: 0), Rule("mprotect", argument: 2, mask: 4, is: 0),
          // Its limits may be asked for, not changed: the new ones are NULL.
          Rule("prlimit64", withoutPointer: 2),
          // abort() signals the thread that calls it, and so do the traps of the Swift runtime; no other process.
          Rule("tgkill", argument: 0, mask: .max, is: UInt32(bitPattern: getpid())),
        ]
        // F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Not F_SETOWN and F_SETSIG, by which the kernel
        // sends any signal to any process of this user.
        + Self.fileControls(0, 1, 2, 3, 4, 1030)
    case .threads:
      // CLONE_THREAD: no process of its own, and no namespace (CLONE_NEW…). The C library falls back to it where clone3,
      // whose flags no filter can see, does not exist: ENOSYS.
      [Rule("clone", argument: 0, mask: 0x7e03_0000, is: 0x10000), Rule("clone3", fails: 38)]
    case .reading:
      // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC.
      [Rule("openat", argument: 2, mask: 0o1103, is: 0)]
        + Self.rules("getdents64", "newfstatat", "statx", "readlinkat", "dup", "dup3", "fstatfs")
    case .copying:
      // O_TRUNC of what is opened for reading: Landlock before version 3 takes it for reading. EPERM.
      [Rule("openat", argument: 2, mask: 0o1003, is: 0o1000, fails: 1)]
        + Self.rules(
          "openat", "getdents64", "newfstatat", "statx", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlinkat",
          "renameat", "renameat2", "flock", "fstatfs", "dup", "dup3")
        + Self.fileLocks
    case .writing:
      Self.rules(
        "openat", "getdents64", "newfstatat", "statx", "pwrite64", "fsync", "fdatasync", "syncfs", "ftruncate",
        "mkdirat", "unlinkat", "renameat", "renameat2", "flock", "fchmod", "fchown", "fstatfs", "statfs", "readlinkat",
        "faccessat", "faccessat2", "dup", "dup3", "open", "stat", "lstat", "access", "readlink", "mkdir", "unlink",
        "rmdir", "rename", "getcwd", "getdents", "sysinfo")
        + Self.fileLocks
    case .connecting:
      // No SOCK_RAW, and none of the types behind it. ESOCKTNOSUPPORT.
      [3, 4, 5, 6, 10].map { Rule("socket", argument: 1, mask: 0xf, is: $0, fails: 94) }
        // AF_UNIX, AF_INET, AF_INET6: no netlink or packet sockets.
        + [1, 2, 10].map { Rule("socket", argument: 0, mask: .max, is: $0) }
        + Self.rules(
          "connect", "sendto", "recvfrom", "sendmsg", "recvmsg", "shutdown", "getsockopt", "setsockopt", "getsockname",
          "getpeername")
    case .starting:
      // CLONE_NEW…: no namespaces.
      [Rule("clone", argument: 0, mask: 0x7e02_0000, is: 0), Rule("ioctl", argument: 1, mask: .max, is: Self.TCGETS)]
        + Self.rules(
          "execve", "recvmsg", "dup2", "prctl", "seccomp", "capget", "capset", "arch_prctl", "set_tid_address",
          "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "close_range", "prlimit64",
          "access", "faccessat", "faccessat2", "readlink", "statfs", "tgkill")
        + [Rule("clone3", fails: 38)] + Self.ending
    case .commanding:
      // AF_UNIX.
      [Rule("socketpair", argument: 0, mask: .max, is: 1)] + Self.rules("sendmsg") + Self.ending
    case .asking:
      // TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ.
      [Self.TCGETS, 0x5402, 0x5403, 0x5404, 0x5413].map { Rule("ioctl", argument: 1, mask: .max, is: $0) }
    case .loading:
      // Executable, and never writable as well.
      [Rule("mmap", argument: 2, mask: 2, is: 0)]
    }
  }

  /// Whether a descriptor is a terminal, which the C library asks of what it writes to.
  private static let TCGETS: UInt32 = 0x5401

  /// Of processes that were started: SIGKILL alone, and learning how they ended.
  private static var ending: [Rule] { [Rule("kill", argument: 1, mask: .max, is: 9), Rule("wait4")] }

  /// F_GETLK, F_SETLK, F_SETLKW, and the same for an open file.
  private static var fileLocks: [Rule] { fileControls(5, 6, 7, 36, 37, 38) }

  private static func fileControls(_ commands: UInt32...) -> [Rule] {
    commands.map { Rule("fcntl", argument: 1, mask: .max, is: $0) }
  }

  private static func rules(_ names: String...) -> [Rule] { names.map { Rule($0) } }
}
