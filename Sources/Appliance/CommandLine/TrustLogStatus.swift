import ArgumentParser
import Octets
import Policy
import Roles
import Store
import Terminal

/// `assay trust log status`
struct TrustLogStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the accepted state of each log, and every log that was caught with two histories.",
    discussion: """
      For each log: size and root hash of the newest accepted state, since when, how many earlier states it is known \
      to continue, which witnesses of the installed policy cosigned it, how old it is, and what is carried of it. \
      The note's signatures are verified anew, by what is installed now. Two sites that see one root hash at one \
      size see one history.

      A fork is recorded for ever: no bundle takes it away. 0: no fork; 3: a log signed two histories.
      """)

  @OptionGroup var state: StateOptions
  @Flag(help: "Machine-readable (docs/formats/LogOutput.md).") var json = false

  func run() throws {
    let custodian = try state.running()
    let logs: AcceptedLogs
    do { logs = try AcceptedLogs(custodian) } catch {
      // Whatever else is wrong, a fork is said.
      for fork in AcceptedLogs.forks(custodian) { Voice.say(LogStatusText.headline(fork)) }
      throw error
    }
    let now = Keeper(custodian).effectiveTime(clock: UnixTime(wallClockSeconds()))
    if json {
      try Render.json(LogStatusText.json(logs, now))
    } else {
      try Render.write(LogStatusText.lines(logs, now).joined(separator: "\n"))
    }
    if !logs.forks.isEmpty { throw ExitCode(ExitStatus.of(.refuse)) }
  }
}
