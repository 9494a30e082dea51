import Channel
import Glibc
import Processes
import Reasons
import RoleMessages
import Testing

@testable import Roles

/// What the keeper makes of a role's words, without a process.
@Suite struct RoleProcessTests {
  private struct Nobody: Endable {
    func end() -> ChildProcess.End? { nil }
  }

  private static func role(
    _ role: Role, atMost longest: Duration = RoleProcess.usualLongest
  ) throws -> (RoleProcess, Channel) {
    let (near, far) = try Socket.pair()
    let speaker = Channel(far, own: role, other: .keeper)
    try speaker.send(.ready, [1, 7])
    return (
      RoleProcess(
        role, Channel(near, own: .keeper, other: role, patience: 30), Nobody(), about: "archive", atMost: longest),
      speaker
    )
  }

  private static func reason(_ body: () throws -> Void) -> Reason? {
    do { try body() } catch { return (error as? Failure)?.reason }
    return nil
  }

  /// However lively it seems.
  @Test(arguments: [(Role.reader, Reason.readerTimeout), (.prover, .proverTimeout)])
  func endsWhatIsNeverDone(_ role: Role, _ reason: Reason) throws {
    let (busy, speaker) = try Self.role(role, atMost: .milliseconds(50))
    try speaker.send(.progress, ProgressMessage(1, 2).bytes)
    try speaker.send(.progress, ProgressMessage(2, 2).bytes)
    _ = try busy.receive()
    usleep(60_000)
    #expect(Self.reason { _ = try busy.receive() } == reason)
  }

  /// Where nobody knows how it ended, whoever started it is gone: that is no reason against an archive.
  @Test func aLostStarterIsNoVerdict() throws {
    let (reader, _) = try Self.role(.reader)
    #expect { _ = try reader.receive() } throws: { $0 is RoleTrouble && "\($0)".contains("Run the command again") }
  }

  @Test(arguments: [[1, 1], [2, 1], [0]]) func takesNoNewsForNone(_ steps: [UInt64]) throws {
    let (still, speaker) = try Self.role(.reader)
    for step in steps { try speaker.send(.progress, ProgressMessage(step, nil).bytes) }
    for _ in steps.dropLast() { _ = try still.receive() }
    #expect(Self.reason { _ = try still.receive() } == .readerForbiddenMessage)
  }

  @Test func takesGrowingProgress() throws {
    let (reader, speaker) = try Self.role(.reader)
    for step in [UInt64(1), 2, .max] {
      try speaker.send(.progress, ProgressMessage(step, nil).bytes)
      #expect(try reader.receive().message == .progress)
    }
  }
}
