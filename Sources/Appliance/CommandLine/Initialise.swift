import ArgumentParser
import Octets
import Store
import TPM

/// `assay init`: the only verb that makes a store.
struct Initialise: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create this machine's store, with a report key inside its TPM.",
    discussion: """
      The report key never leaves the TPM. Without a TPM, `--tpm software` tries everything out with a TPM in this
      program; every status line and report then says so.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: .init("`/dev/tpmrm0`, or `software` for trying out.", valueName: "TPM"))
  var tpm = "/dev/tpmrm0"

  func run() throws {
    let driver: TPMDriver
    do throws(TPMError) {
      driver = try TPMDriver(parsing: tpm, stateDirectory: state.path)
    } catch {
      throw UsageMistake("--tpm: \(error)")
    }
    let store = try Store.create(at: state.path, driver: driver)
    var lines = [
      "Store created in \(store.directory)", "  store       \(store.id)", "  TPM         \(store.driver.name)",
      "  report key  \(ClaimedDigest(store.reportKey.fingerprint))",
    ]
    if store.driver.isSoftware {
      lines.append("  This is a software TPM, for trying out: its secrets lie in the state folder in clear.")
    }
    lines.append("Give the public key to those who check reports: assay report key > report-key.pub")
    try Render.write(lines.joined(separator: "\n"))
  }
}
