import Glibc
import TestSupport
import Testing

/// What the kernel says of roles at work: what they gave up that no act shows.
@Suite(.enabled(if: OtherUser.isPossible, "root needs another user here that may run what was built"))
struct RoleStateTests {
  /// Of each: who owns what /proc says of it, and what that is. The shell, to which nothing is done, says it too.
  private static let script =
    #"ulimit -S -c "$(ulimit -H -c)""# + "\n"
    + RolesAtWork.script(
      saying: #"""
        sed -n 's/^Seccomp:\t/seccomp /p; s/^NoNewPrivs:\t/privileges /p' /proc/$process/status | tr '\n' ' '
        sed -n 's/^Max core file size *\([^ ]*\) *\([^ ]*\).*/core \1 \2/p' /proc/$process/limits | tr '\n' ' '
        stat -c 'owner %u' /proc/$process/status | tr '\n' ' '
        echo threads $(ls /proc/$process/task | wc -l) $(grep -a -o -e '--role=[a-z]*' /proc/$process/cmdline)
        """#, untilThreeSay: "seccomp 2", ofAlso: "$$")

  @Test func whatRolesGaveUpIsGone() throws {
    let site = try Site(initialising: nil)
    try runChecked(["chmod", "755", site.stick.path])
    let folder = try site.stick.makeFolder("pipes")
    try runChecked(["chmod", "777", folder])
    let said = try run(
      OtherUser.command + ["sh", "-c", Self.script, Products.path("assay"), site.key, folder + "/pipe"],
      environment: ["HOME": folder, "XDG_STATE_HOME": folder]
    ).output
    let lines = said.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func value(_ line: [String], _ name: String, _ place: Int = 1) throws -> String {
      line[try #require(line.firstIndex(of: name)) + place]
    }
    // Keeper, starter and reader; a fourth may just be starting.
    let roles = try lines.filter { try value($0, "seccomp") == "2" }
    try #require(roles.count >= 3, "\(said)")
    // The shell, to which nothing was done.
    #expect(try value(lines[0], "seccomp") == "0" && value(lines[0], "privileges") == "0")
    #expect(try value(lines[0], "core") != "0" && value(lines[0], "owner") != "0", "\(said)")
    for line in roles {
      // No program that it might execute gives it more.
      #expect(try value(line, "privileges") == "1", "\(said)")
      // Its memory is written nowhere, whatever ends it.
      #expect(try value(line, "core") == "0" && value(line, "core", 2) == "0", "\(said)")
      // Nor read by others of its user: the kernel hands what is hidden to root.
      #expect(try value(line, "owner") == "0", "\(said)")
    }
    // A reader has the threads that it will ever have: one more than there are cores, beside its first.
    let reader = try #require(roles.first { $0.contains("--role=reader") })
    #expect(try value(reader, "threads") == "\(min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 16) + 2)", "\(said)")
  }
}

/// The keeper is confined before it hears a word of whoever reads hostile bytes.
@Suite struct EarlyKeeperTests {
  /// What it waits for says nothing meanwhile.
  private static let waiting = #"""
    keeper=$!
    for i in $(seq 160); do
      grep -q '^Seccomp:.2' /proc/$keeper/status && seen=confined && break
      sleep 0.05
    done
    kill -9 $keeper
    echo "$seen"
    """#

  @Test func itIsBeforeANamedBundleIsRead() throws {
    let site = try Site()
    let script =
      #"mkfifo "$4/pipe"; exec 9<> "$4/pipe"; "$0" verify "$1" --key "$2" --state "$3" --bundle "$4/pipe" > /dev/null &"#
      + "\n" + Self.waiting
    let said = try run([
      "sh", "-c", script, Products.path("assay"), site.archive, site.key, site.store, site.stick.path,
    ]).output
    #expect(said == "confined\n", "\(said)")
  }

  @Test func itIsBeforeWhatIsInspected() throws {
    let site = try Site(initialising: nil)
    let script =
      #"mkfifo "$1/pipe"; exec 9<> "$1/pipe"; "$0" inspect - < "$1/pipe" > /dev/null &"# + "\n" + Self.waiting
    let said = try run(["sh", "-c", script, Products.path("assay"), site.stick.path]).output
    #expect(said == "confined\n", "\(said)")
  }

  @Test func itIsBeforeAStickIsLookedOver() throws {
    let site = try Site()
    let stick = try site.stick.makeFolder("stick")
    let script = #""$0" import "$1" --key "$2" --state "$3" --patience 20 > /dev/null &"# + "\n" + Self.waiting
    let said = try run([
      "sh", "-c", script, try LyingRoleTests.liar("reader-hang", in: site.stick), stick, site.key, site.store,
    ]).output
    #expect(said == "confined\n", "\(said)")
  }
}

/// Roles go on as long as their keeper does.
@Suite struct HangUpTests {
  /// `nohup assay verify … &`, and whoever started it logs out: the terminal's hang-up reaches every process.
  @Test func rolesSurviveAHangUpThatTheirKeeperIgnores() throws {
    let site = try Site()
    let script = #"""
      trap "" HUP
      mkfifo "$4/pipe"
      # The second one's roles are started by a starter that slept meanwhile.
      "$0" verify - "$1" --key "$2" --state "$3" --fresh --json < "$4/pipe" > "$4/said" 2>&1 &
      keeper=$!
      exec 9> "$4/pipe"
      children() { cat /proc/$keeper/task/$keeper/children; }
      for i in $(seq 200); do [ "$(children | wc -w)" -ge 3 ] && break; sleep 0.05; done
      [ "$(children | wc -w)" -ge 3 ] || exit 90
      kill -HUP $keeper $(children)
      cat "$1" >&9
      exec 9>&-
      wait $keeper
      """#
    let told = try run([
      "sh", "-c", script, Products.path("assay"), site.archive, site.key, site.store, site.stick.path,
    ])
    let said = (try? readFile(site.stick.path("said"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(told.status == 0 && said.contains("admit"), "\(told) \(said)")
  }
}
