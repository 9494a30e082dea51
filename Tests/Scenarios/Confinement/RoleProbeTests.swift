import TestSupport
import Testing

/// What a role must not do, tried from inside: a process that confined itself by the row of the role table.
@Suite struct RoleProbeTests {
  /// How an attempt ends.
  enum End: Int32, CustomStringConvertible {
    case done = 0
    /// EPERM, EACCES, EMFILE, ENOMEM as the kernel gives them.
    case notPermitted = 1
    case noMemory = 12
    case denied = 13
    case tooManyOpen = 24
    /// ENOSYS: seccomp's answer for clone3.
    case unknownCall = 38
    /// Killed by seccomp.
    case killed = 159

    var description: String { "\(rawValue)" }
  }

  static let roles = ["reader-of-file", "reader-of-folder", "prover", "keeper", "starter"]

  /// What the kernel ends in every role.
  static let forbiddenToAll = [
    "ptrace", "read-other-memory", "take-descriptor", "netlink", "raw-socket", "tcp", "udp", "unix",
    "io-uring", "bpf", "keyctl", "mount", "namespace", "userfaultfd", "module", "reboot", "set-clock", "chroot",
    "memory-file", "exec-by-descriptor", "terminate-parent",
    "choose-signal", "choose-receiver",
  ]

  @Test(arguments: roles) func noRoleMay(_ role: String) throws {
    let bench = try Bench()
    for act in Self.forbiddenToAll {
      #expect(try bench.end(of: act, as: role) == End.killed.rawValue, "\(role) \(act)")
    }
    #if arch(x86_64)
      #expect(try bench.end(of: "foreign-number", as: role) == End.killed.rawValue, "\(role)")
    #endif
  }

  /// What only the starter may, for the processes that it starts.
  @Test(arguments: roles.dropLast()) func noOtherProcessIsTouched(_ role: String) throws {
    let bench = try Bench()
    for act in ["limit-other", "abort-other"] {
      #expect(try bench.end(of: act, as: role) == End.killed.rawValue, "\(role) \(act)")
    }
  }

  /// Memory that its limit does not count is none that a role can have.
  @Test(arguments: roles) func memoryIsWhatTheLimitCounts(_ role: String) throws {
    let bench = try Bench()
    for act in ["shared-memory", "growing-memory", "poison-memory"] {
      #expect(try bench.end(of: act, as: role) == End.notPermitted.rawValue, "\(role) \(act)")
    }
  }

  /// What roles differ in.
  static let rows: [(role: String, act: String, target: Target, end: End)] = [
    // A reader has what it was handed, and makes memory of its own up to its bound.
    ("reader-of-file", "nothing", .inside, .done), ("reader-of-file", "open-read", .inside, .killed),
    ("reader-of-file", "open-read", .outside, .killed), ("reader-of-file", "open-write", .inside, .killed),
    ("reader-of-file", "make-file", .new, .killed), ("reader-of-file", "open-tpm", .inside, .killed),
    ("reader-of-file", "exec", .inside, .killed), ("reader-of-file", "fork", .inside, .killed),
    ("reader-of-file", "thread-in-namespace", .inside, .killed),
    ("reader-of-file", "kill-parent", .inside, .killed), ("reader-of-file", "unlink", .inside, .killed),
    ("reader-of-file", "map-executable", .inside, .killed), ("reader-of-file", "make-executable", .inside, .killed),
    ("reader-of-file", "some-memory", .inside, .done), ("reader-of-file", "much-memory", .inside, .noMemory),
    ("reader-of-file", "raise-limit", .inside, .killed), ("reader-of-file", "unfilter", .inside, .killed),
    // A folder is read, and nothing beside it.
    ("reader-of-folder", "open-read", .inside, .done), ("reader-of-folder", "open-read", .outside, .denied),
    ("reader-of-folder", "open-read", .climbing, .denied), ("reader-of-folder", "open-write", .inside, .killed),
    ("reader-of-folder", "make-file", .new, .killed), ("reader-of-folder", "rename", .inside, .killed),
    ("reader-of-folder", "many-descriptors", .inside, .tooManyOpen), ("reader-of-folder", "exec", .inside, .killed),
    ("reader-of-folder", "open-tpm", .inside, .killed), ("reader-of-folder", "much-memory", .inside, .noMemory),
    // A prover has nothing.
    ("prover", "nothing", .inside, .done), ("prover", "open-read", .inside, .killed),
    ("prover", "open-write", .inside, .killed), ("prover", "open-tpm", .inside, .killed),
    ("prover", "make-file", .new, .killed), ("prover", "exec", .inside, .killed), ("prover", "fork", .inside, .killed),
    ("prover", "kill-parent", .inside, .killed), ("prover", "make-executable", .inside, .killed),
    ("prover", "map-executable", .inside, .killed), ("prover", "some-memory", .inside, .done),
    ("prover", "much-memory", .inside, .noMemory), ("prover", "raise-limit", .inside, .killed),
    // The keeper writes its store, and opens no medium.
    ("keeper", "open-read", .inside, .done), ("keeper", "open-write", .inside, .done),
    ("keeper", "make-file", .newInside, .done), ("keeper", "open-read", .outside, .denied),
    ("keeper", "open-write", .outside, .denied), ("keeper", "make-file", .new, .denied),
    ("keeper", "unlink", .outside, .denied), ("keeper", "exec", .inside, .killed), ("keeper", "fork", .inside, .killed),
    ("keeper", "kill-parent", .inside, .killed), ("keeper", "make-executable", .inside, .killed),
    ("keeper", "map-executable", .inside, .killed), ("keeper", "unfilter", .inside, .killed),
    // The starter opens media, starts this program alone, and writes nowhere.
    ("starter", "open-read", .outside, .done), ("starter", "open-write", .outside, .killed),
    ("starter", "make-file", .new, .killed), ("starter", "unlink", .outside, .killed),
    ("starter", "kill-parent", .inside, .killed),
  ]

  /// What an act is tried on.
  enum Target {
    /// In the folder that the role has, or beside it.
    case inside, outside
    /// Beside it, on a way through it.
    case climbing
    /// Not there yet: beside the folder, and in it.
    case new, newInside
  }

  @Test func eachRoleMayWhatItsRowSays() throws {
    for row in Self.rows {
      let bench = try Bench()
      let end = try bench.end(of: row.act, as: row.role, on: row.target)
      #expect(end == row.end.rawValue, "\(row.role) \(row.act) on \(row.target)")
    }
  }

  /// Landlock lets it execute this program alone; which programs lie in the system's library folders is not its concern.
  @Test func theStarterExecutesNothingElse() throws {
    #expect(try Bench().end(of: "exec", as: "starter") == End.denied.rawValue)
  }

  /// A folder that a role has, and a file beside it.
  private struct Bench {
    let home = try! TemporaryFolder()
    let folder: String

    init() throws {
      folder = try home.makeFolder("folder")
      _ = try home.write("folder/inside", Array("inside".utf8))
      _ = try home.write("outside", Array("outside".utf8))
    }

    func end(of act: String, as role: String, on target: Target = .inside) throws -> Int32 {
      let path =
        switch target {
        case .inside: folder + "/inside"
        case .outside: home.path("outside")
        case .climbing: folder + "/../outside"
        case .new: home.path("new")
        case .newInside: folder + "/new"
        }
      return try run([Products.path("role-probe"), role, act, path, folder]).status
    }
  }
}
