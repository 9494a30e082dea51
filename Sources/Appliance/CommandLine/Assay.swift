import ArgumentParser
import Terminal

/// The command line as a whole: one file per verb.
struct Assay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Verify container images on a machine without a network.",
    discussion: """
      Give it whatever archive arrived on the stick. It hashes every byte, checks every signature, and answers \
      with a verdict, reasons, and a signed report.

        assay inspect image.tar                       what is in there
        assay verify image.tar --key signer.pub       judge it by a public key
        assay import /media/stick --key signer.pub    let out what is admitted
        assay verify image.tar --trusted-root trusted_root.json \\
            --certificate-identity WHO --certificate-oidc-issuer ISSUER

      Exit statuses: 0 admit, 3 refuse, 4 incomplete, 1 the program failed, 64 the command was wrong.
      """,
    version: programVersion,
    subcommands: [
      Initialise.self, Status.self, Verify.self, Import.self, QuarantineCommand.self, VerifyBundle.self, Inspect.self,
      RecheckCommand.self,
      ReportCommand.self,
      LedgerCommand.self, TrustCommand.self, PolicyCommand.self, Enroll.self, Recover.self, Retire.self,
    ])
}

/// Written into every report.
package let programVersion = "0.1.0"

/// Runs the command that the arguments name, and ends the process with its status.
package func runCommandLine() -> Never {
  Terminal.holdStreams()
  Terminal.outliveReaders()
  do {
    var command = try Assay.parseAsRoot()
    try command.run()
    exitProcess(0)
  } catch {
    exitProcess(Voice.explain(error))
  }
}
