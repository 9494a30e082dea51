import Base64
import ArgumentParser
import Cryptography
import Octets
import Reasons
import Report
import Store
import StrictJSON
import TPM

/// `assay report`: read and check reports.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Read, check, and hand out the key of reports.",
    subcommands: [Show.self, VerifyReport.self, Key.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a report in words. Says what it claims; `report verify` says whether to believe it.")

    @Argument(help: .init("The report.", valueName: "FILE")) var file: String

    @Flag(help: "The statement as JSON.") var json = false

    func run() throws {
      let report = try ReportCommand.read(file)
      if json { return try Render.json(report.statement.value) }
      try Render.write(try ReportText.lines(report).joined(separator: "\n"))
    }
  }

  struct VerifyReport: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Check a report's signature. 0: authentic, whatever the verdict inside; 3: not authentic.")

    @Argument(help: .init("The report.", valueName: "FILE")) var file: String

    @Option(help: .init("The appliance's report key, from `assay report key`.", valueName: "PEM")) var key: String

    func run() throws {
      let key = try SignerOptions.key(self.key)
      let report = try ReportCommand.read(file)
      try report.verify(key)
      let verdict = try ReportText.verdict(report)
      try Render.write(
        "authentic  \(printable(file)): signed by key \(ClaimedDigest(key.fingerprint)); its verdict is \(verdict)")
    }
  }

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the report key's public half, PEM.")

    @OptionGroup var state: StateOptions

    func run() throws {
      let key = try Store.open(at: state.path).reportKey
      try Render.write(PEM.encode(key.spki, label: "PUBLIC KEY"))
    }
  }

  private static func read(_ path: String) throws -> ReportFile {
    try ReportFile(parsing: try InputFile.read(path, upTo: InputFile.bundleLimit), named: path)
  }
}
