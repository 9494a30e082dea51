import TestSupport
import Testing

/// What a role must not do, and what it must be able to do, tried from inside: a process that confined itself by the row of
/// the role table. `RoleRows` has what roles differ in.
@Suite struct RoleProbeTests {
  typealias End = RoleBench.End

  static let readers = ["reader-of-file", "reader-of-folder", "reader-of-stream", "copier-of-file", "copier-of-folder"]
  static let starters = ["starter", "starter-of-copiers"]
  static let roles = readers + ["prover", "keeper", "keeper-with-socket", "caretaker"] + starters

  /// What the kernel ends in every role.
  static let forbiddenToAll = [
    "ptrace", "read-other-memory", "take-descriptor", "netlink", "link-layer-socket",
    "io-uring", "bpf", "keyctl", "mount", "namespace", "userfaultfd", "module", "reboot", "set-clock", "chroot",
    "memory-file", "exec-by-descriptor", "terminate-other",
    "open-by-handle", "link-of-empty-path", "change-mode-of-empty-path", "change-owner-of-empty-path",
    "choose-signal", "choose-receiver", "make-pipe", "make-device", "point", "change-owner", "change-attribute",
    "type", "pair-of-no-family",
  ]

  /// What a process can have of its own beside the machine's (`acts.c`).
  static let namespaces = ["mounts", "groups", "hosts", "messages", "users", "processes", "networks"]

  @Test(arguments: roles, [RoleBench.Kernel.usual, .withoutLandlock])
  func noRoleMay(_ role: String, _ kernel: RoleBench.Kernel) throws {
    let bench = try RoleBench()
    for act in Self.forbiddenToAll + Self.namespaces.map({ "thread-in-" + $0 }) {
      #expect(try bench.end(of: act, as: role, kernel: kernel) == End.killed.rawValue, "\(role) \(act)")
    }
    #if arch(x86_64)
      // The numbers of x32 and of i386, which mean other calls than ours.
      for act in ["foreign-number", "other-architecture"] {
        #expect(try bench.end(of: act, as: role, kernel: kernel) == End.killed.rawValue, "\(role) \(act)")
      }
    #endif
  }

  /// Only a keeper whose TPM is behind a socket opens one, whoever listens.
  @Test(arguments: roles.filter { $0 != "keeper-with-socket" }, [RoleBench.Kernel.usual, .withoutLandlock])
  func noOtherRoleConnects(_ role: String, _ kernel: RoleBench.Kernel) throws {
    let bench = try RoleBench()
    for (act, target) in [
      ("tcp", RoleBench.Target.inside), ("udp", .inside), ("unix", .socket), ("unix-abstract", .abstractSocket),
      ("raw-socket", .inside), ("packet-socket", .inside),
    ] {
      #expect(try bench.end(of: act, as: role, on: target, kernel: kernel) == End.killed.rawValue, "\(role) \(act)")
    }
  }

  /// A socket that has no file is in no place: Landlock denies it from version 6 on, and nothing does before.
  @Test func theKeeperIsKeptFromSocketsWithoutFiles() throws {
    let bench = try RoleBench()
    let version = try bench.landlock(of: "keeper-with-socket")
    let end = try bench.end(of: "unix-abstract", as: "keeper-with-socket", on: .abstractSocket)
    #expect(end == (version >= 6 ? End.notPermitted : .done).rawValue)
    let without = try bench.end(
      of: "unix-abstract", as: "keeper-with-socket", on: .abstractSocket, kernel: .withoutLandlock)
    #expect(without == End.done.rawValue)
  }

  /// What only the starter may, for the processes that it starts.
  @Test(arguments: roles.filter { !starters.contains($0) }, [RoleBench.Kernel.usual, .withoutLandlock])
  func noOtherProcessIsTouched(_ role: String, _ kernel: RoleBench.Kernel) throws {
    let bench = try RoleBench()
    for act in [
      "limit-other", "abort-other", "exec-nothing", "fork", "vfork-number", "kill-parent",
      "make-executable", "map-executable", "raise-limit", "unfilter",
    ] {
      #expect(try bench.end(of: act, as: role, kernel: kernel) == End.killed.rawValue, "\(role) \(act)")
    }
  }

  /// Memory that its limit does not count is none that a role can have.
  @Test(arguments: roles) func memoryIsWhatTheLimitCounts(_ role: String) throws {
    let bench = try RoleBench()
    for act in ["shared-memory", "growing-memory", "poison-memory"] {
      #expect(try bench.end(of: act, as: role) == End.notPermitted.rawValue, "\(role) \(act)")
    }
  }

  /// Whoever holds a machine's memory, addresses or processors for good holds the machine.
  @Test(arguments: roles.filter { !starters.contains($0) }) func noRoleTakesAllOfTheMachine(_ role: String) throws {
    let bench = try RoleBench()
    #expect(try bench.end(of: "all-memory", as: role) == End.noMemory.rawValue)
    guard !role.hasPrefix("keeper") else { return }
    #expect(try bench.end(of: "many-addresses", as: role) == End.noMemory.rawValue)
    guard role != "caretaker" else { return }
    // Of a file of six bytes, of nothing, and of what has no size that is known.
    let hours: Int32 = role.hasSuffix("-of-file") || role == "prover" ? 1 : 24
    #expect(try bench.end(of: "processor-hours", as: role) == hours)
  }

  /// Landlock binds one thread: whoever has another one does not confine itself, and does not run.
  @Test(arguments: roles) func noRoleConfinesOneThreadOfSeveral(_ role: String) throws {
    let end = try RoleBench().end(of: "confine-beside-thread", as: role)
    #expect(end == End.notConfined.rawValue, "\(role)")
  }

  @Test func eachRoleMayWhatItsRowSays() throws {
    for row in RoleRows.all {
      let end = try RoleBench().end(of: row.act, as: row.role, on: row.target)
      #expect(end == row.end.rawValue, "\(row.role) \(row.act) on \(row.target)")
    }
  }

  /// A role that cannot confine itself does not run.
  @Test(arguments: roles) func noRoleDoesWithoutSeccomp(_ role: String) throws {
    let end = try RoleBench().end(of: "nothing", as: role, kernel: .withoutSeccomp)
    #expect(end == End.notConfined.rawValue)
  }

  // MARK: Without Landlock

  /// A role runs where the kernel knows no Landlock, and says so.
  @Test(arguments: roles) func aRoleSaysThatThereIsNoLandlock(_ role: String) throws {
    #expect(try RoleBench().landlock(of: role, kernel: .withoutLandlock) == 0)
  }

  /// Then all that system calls hold still holds, and every file is open to a role that opens any
  /// (docs/threat-model.md).
  @Test func withoutLandlockSystemCallsHold() throws {
    for row in RoleRows.all {
      let end = try RoleBench().end(of: row.act, as: row.role, on: row.target, kernel: .withoutLandlock)
      #expect(end == row.end.withoutLandlock.rawValue, "\(row.role) \(row.act) on \(row.target)")
    }
  }
}
