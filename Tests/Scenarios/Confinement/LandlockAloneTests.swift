import TestSupport
import Testing

/// What Landlock and the limits hold by themselves: on a kernel that says that it filters system calls, and lets all of them
/// through. Beside a filter that kills, nobody would miss them.
@Suite struct LandlockAloneTests {
  private typealias End = RoleBench.End

  private static let starters = RoleProbeTests.starters
  private static let keepers = ["keeper", "keeper-with-socket"]
  /// Who starts no process, and has none started.
  private static let lonely = RoleProbeTests.readers + ["prover", "caretaker"]

  private func end(of act: String, as role: String, on target: RoleBench.Target = .inside) throws -> Int32 {
    try RoleBench().end(of: act, as: role, on: target, kernel: .lettingAllThrough)
  }

  /// Without it nothing below says anything.
  @Test(arguments: RoleProbeTests.roles) func everythingElseIsLetThrough(_ role: String) throws {
    #expect(try end(of: "netlink", as: role) == End.done.rawValue)
  }

  /// In no place, whatever it may write there.
  @Test(arguments: RoleProbeTests.roles) func noRoleMakesWhatIsNoFile(_ role: String) throws {
    for (act, target) in [("make-pipe", RoleBench.Target.newInside), ("make-device", .newInside), ("point", .inside)] {
      #expect(try end(of: act, as: role, on: target) == End.denied.rawValue, "\(act)")
    }
  }

  @Test(arguments: lonely + keepers) func onlyTheStarterExecutes(_ role: String) throws {
    #expect(try end(of: "exec", as: role) == End.denied.rawValue)
    #expect(try end(of: "exec-own", as: role) == End.denied.rawValue)
  }

  @Test(arguments: lonely) func nothingIsOpenedBeyondThePlaces(_ role: String) throws {
    for target in [RoleBench.Target.outside, .climbing] {
      #expect(try end(of: "open-read", as: role, on: target) == End.denied.rawValue, "\(target)")
    }
    for (act, target) in [("open-device", RoleBench.Target.inside), ("list", .home), ("make-folder", .new)] {
      #expect(try end(of: act, as: role, on: target) == End.denied.rawValue, "\(act)")
    }
  }

  /// From version 4 on: no port but those of its TPM is spoken to, and none is opened.
  @Test(arguments: RoleProbeTests.roles) func theNetworkIsTheTPMs(_ role: String) throws {
    guard try RoleBench().landlock(of: role) >= 4 else { return }
    let own = role == "keeper-with-socket"
    #expect(try end(of: "tcp", as: role) == (own ? End.done : .denied).rawValue)
    #expect(try end(of: "listen", as: role) == End.denied.rawValue)
  }

  /// From version 6 on.
  @Test(arguments: RoleProbeTests.roles) func othersAreOutOfReach(_ role: String) throws {
    guard try RoleBench().landlock(of: role) >= 6 else { return }
    #expect(try end(of: "unix-abstract", as: role, on: .abstractSocket) == End.notPermitted.rawValue)
    let ends = Self.lonely.contains(role) ? End.notPermitted : .done
    #expect(try end(of: "kill-parent", as: role) == ends.rawValue)
  }

  /// From version 3 on a file that may be read is not emptied by whoever opens it for that.
  @Test(arguments: ["copier-of-file", "copier-of-folder"]) func readingEmptiesNothing(_ role: String) throws {
    guard try RoleBench().landlock(of: role) >= 3 else { return }
    #expect(try end(of: "empty-by-reading", as: role, on: .contents) == End.denied.rawValue)
  }

  /// A limit that the kernel keeps for all but root.
  @Test(
    .enabled(if: OtherUser.isPossible, "root needs another user here that may run what was built"),
    arguments: ["prover", "reader-of-stream"])
  func noProcessIsGiven(_ role: String) throws {
    let end = try RoleBench().end(of: "fork", as: role, kernel: .lettingAllThrough, by: OtherUser.command)
    #expect(end == End.noMoreProcesses.rawValue)
  }
}
