import ApplianceIdentity
import ArgumentParser
import Attestation
import Base64
import Cryptography
import Files
import Octets
import Reasons
import Report
import Roles
import Store
import StrictJSON
import TPM
import TrustStore

/// `assay report`: read and check reports.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Read, check, and hand out the key of reports.",
    subcommands: [Show.self, VerifyReport.self, Receipt.self, Key.self])

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
      abstract: "Check a report from files alone. 0: authentic, whatever the verdict inside; 3: not authentic.",
      discussion: """
        With --appliance, all of it: the signature, the receipt that it was issued and anchored, the checkpoint, and \
        the TPM's quote. The receipt lies beside the report (….vsa.receipt.json) unless --receipt names it. With \
        --key, the signature alone.
        """)

    @Argument(help: .init("The report.", valueName: "FILE")) var file: String

    @Option(help: .init("The appliance's identity, from the desk that enrolled it.", valueName: "FILE"))
    var appliance: String?

    @Option(help: .init("The report's receipt.", valueName: "FILE")) var receipt: String?

    @Option(help: .init("The appliance's report key, from `assay report key`.", valueName: "PEM")) var key: String?

    func run() throws {
      switch (appliance, key) {
      case (let appliance?, nil): try verify(of: appliance)
      case (nil, let key?): try verify(by: key)
      default: throw UsageMistake("Give --appliance to check all of it, or --key to check the signature alone.")
      }
    }

    private func verify(of appliance: String) throws {
      let identity = try InputFile.identity(appliance)
      let bytes = try InputFile.read(file, upTo: InputFile.bundleLimit)
      let report = try ReportFile(parsing: bytes, named: file)
      try report.verify(identity)
      let receipt = try ReportReceipt(parsing: try receiptBytes(), named: receipt ?? receiptBeside)
      let proven = try receipt.verify(digest(bytes), of: identity)
      let verdict = try ReportText.verdict(report)
      var lines = [
        "authentic  \(printable(file)): its verdict is \(verdict)",
        "  appliance   \(Hex.encode(identity.storeID))\(identity.tpm == .software ? "  (software TPM: for trying out)" : "")",
        "  recorded    leaf \(proven.leafIndex) of \(proven.size), \(proven.recorded) by the machine's clock",
        "  TPM         clock \(proven.quote.clock.milliseconds / 1000) s, start \(proven.quote.clock.resets), "
          + "PCRs \(proven.quote.pcrs.numbers.map(String.init).joined(separator: " ")) quoted",
      ]
      if identity.enrolled == nil {
        lines.append("  enrolment   none: this is the appliance's own word about its keys")
      }
      try Render.write(lines.joined(separator: "\n"))
    }

    private func verify(by key: String) throws {
      guard receipt == nil else { throw UsageMistake("A receipt is checked with --appliance.") }
      let key = try SignerOptions.key(key)
      let report = try ReportCommand.read(file)
      try report.verify(key)
      let verdict = try ReportText.verdict(report)
      Voice.say("The signature alone was checked: give --appliance to check that the report was issued.")
      try Render.write(
        "authentic  \(printable(file)): signed by key \(ClaimedDigest(key.fingerprint)); its verdict is \(verdict)")
    }

    private var receiptBeside: String {
      let ending = ".sigstore.json"
      return (file.hasSuffix(ending) ? String(file.dropLast(ending.count)) : file) + ".receipt.json"
    }

    private func receiptBytes() throws -> [UInt8] {
      let path = receipt ?? receiptBeside
      guard receipt != nil || DurableFile.isTaken(path) else {
        throw Failure(.reportReceiptMissing, file, "there is no \(path), and --receipt names no other")
      }
      return try InputFile.read(path, upTo: ReportReceipt.limit)
    }
  }

  struct Receipt: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a report's receipt again, under the history's head of now.")

    @Argument(help: .init("The report's digest, sha256:…", valueName: "DIGEST")) var report: String
    @OptionGroup var state: StateOptions
    @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?

    func run() throws {
      guard let digest = try? ClaimedDigest(Array(report.utf8), in: "", malformed: .reportMalformed) else {
        throw UsageMistake("A report is named by sha256:…, not “\(report)”.")
      }
      let custodian = try state.running()
      guard let leaf = custodian.state.leaf(ofReport: digest) else {
        throw UsageMistake("The history holds no report \(digest).")
      }
      try OutputFile.write(try Receipts(custodian).receipt(for: digest, issuedAt: leaf).serialized(), to: output)
    }
  }

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the report key's public half, PEM.")

    @OptionGroup var state: StateOptions

    func run() throws {
      let key = try state.vouched().keys.report
      try Render.write(PEM.encode(key.spki, label: "PUBLIC KEY"))
    }
  }

  private static func read(_ path: String) throws -> ReportFile {
    try ReportFile(parsing: try InputFile.read(path, upTo: InputFile.bundleLimit), named: path)
  }
}
