import TestSupport
import Testing

/// A result that nobody gets is a failure, and what was decided stands all the same.
@Suite struct LostOutputTests {
  /// How standard output is lost, in a shell's words before the command's own.
  enum Loss: String, CaseIterable {
    /// A disk that is full.
    case full = #""$@" > /dev/full"#
    /// A reader that has gone.
    case hungUp = #"{ sleep 1; "$@"; echo $? > "$status"; } | true; exit "$(cat "$status")""#
  }

  private func run(_ arguments: [String], of site: Site, losing loss: Loss) throws -> RunResult {
    try TestSupport.run(
      ["sh", "-c", loss.rawValue, "sh", Products.path("assay")] + arguments,
      environment: ["status": site.stick.path("status")])
  }

  @Test(arguments: Loss.allCases, [[], ["--json"]]) func aVerdictIsRecordedAllTheSame(_ loss: Loss, _ more: [String])
    throws
  {
    let site = try Site()
    let result = try run(
      ["verify", site.archive, "--key", site.key, "--state", site.store] + more, of: site, losing: loss)
    #expect(result.status == 1 && result.errors.contains("could not be written to standard output"), "\(result.errors)")
    #expect(try site.assay.run(["ledger", "list"]).output.contains("admit"))
    #expect(try site.assay.verify([site.archive, "--key", site.key]).answer.verdict == "admit")
  }

  @Test(arguments: Loss.allCases) func whatIsOnlySaidFailsToo(_ loss: Loss) throws {
    let site = try Site()
    for arguments in [["status"], ["ledger", "list"], ["report", "key"], ["quarantine", "list", "--json"]] {
      let result = try run(arguments + ["--state", site.store], of: site, losing: loss)
      #expect(result.status == 1 && result.errors.contains("could not be written"), "\(arguments) \(result.errors)")
    }
    for arguments in [["--help"], ["--version"]] {
      #expect(try run(arguments, of: site, losing: loss).status == 1, "\(arguments)")
    }
  }
}
