import ApplianceIdentity
import ArgumentParser
import Cryptography
import Octets
import Store
import TPM
import Terminal

/// `assay init`: the only verb that makes a store.
struct Initialise: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create this machine's store, with its keys inside the TPM.",
    discussion: """
      Keys for reports, commits and attestation never leave the TPM, and an NV index in it names the newest history. \
      Without a TPM, `--tpm software` tries everything out with a TPM in this program; every status line and report \
      then says so.

        assay init --escrow /media/safe/escrow.json              on a TPM that Assay owns from now on
        assay init --tpm software                                for trying out
        assay init --escrow … --policy-authority site.pub --boot-binding verity-uki

      With a policy authority, the keys open only in states of the machine that it approved: see `assay enroll \
      boot-request`.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: .init("`/dev/tpmrm0`, or `software` for trying out.", valueName: "TPM"))
  var tpm = "/dev/tpmrm0"

  @Flag(help: "Protect the report key with a PIN, asked for at the terminal.")
  var pin = false

  @Option(help: .init("Protect the report key with the PIN in this file.", valueName: "FILE"))
  var pinFile: String?

  @Option(help: .init("P-256 public key (PEM) of who approves states of the machine.", valueName: "PEM"))
  var policyAuthority: String?

  @Option(
    help: .init("What the approval covers: secureboot-only (PCR 7) or verity-uki (PCRs 7 and 11).", valueName: "B"))
  var bootBinding: String?

  @Option(
    help: .init(
      "Take ownership of the TPM, and write its secrets to this file: on the medium that goes into the safe.",
      valueName: "FILE"))
  var escrow: String?

  @Option(help: .init("Pin the site's root.json, by which trust bundles are verified.", valueName: "ROOT"))
  var root: String?

  @Flag(help: "Leave the TPM's hierarchies without secrets: whoever reaches the TPM can delete keys, and read none.")
  var noOwnership = false

  func run() throws {
    let driver = try Self.driver(tpm, state.path)
    let plan = StorePlan(
      driver: driver, authority: try policyAuthority.map(SignerOptions.key), bootBinding: try binding(),
      clock: UnixTime(wallClockSeconds()), program: "assay \(programVersion)")
    guard driver.isSoftware || escrow != nil || noOwnership else {
      throw UsageMistake(
        "Say what becomes of the TPM's ownership: --escrow FILE writes its secrets to the medium that goes into the "
          + "safe; --no-ownership leaves the TPM without.")
    }
    guard root == nil || policyAuthority == nil else {
      throw UsageMistake("The history begins with the authority's approval: pin the root then, by `assay trust pin`.")
    }
    let pin = try root.map(RootPin.init(reading:))
    guard escrow == nil || !noOwnership else { throw UsageMistake("Give either --escrow or --no-ownership.") }
    let store = try make(plan, EscrowFile(escrow))
    let pinned = try pin.map { try $0.pin(in: try store.running()) } ?? []
    try Render.write((lines(store) + pinned).joined(separator: "\n"))
  }

  /// With ownership, where its secrets have a place to be kept.
  private func make(_ plan: StorePlan, _ escrow: EscrowFile?) throws -> Store {
    guard let escrow else { return try make(plan) }
    let secrets = try escrow.prepare(outside: state.path)
    let store: Store
    do {
      store = try make(plan)
    } catch {
      escrow.forget()
      throw error
    }
    try escrow.takeOwnership(of: store, secrets)
    return store
  }

  private func make(_ plan: StorePlan) throws -> Store {
    guard pin || pinFile != nil else { return try Store.create(at: state.path, plan, pin: nil) }
    let typed = try PINOptions.read(pinFile, prompt: "New PIN of the report key: ")
    if pinFile == nil {
      let again = try PINOptions.read(nil, prompt: "Once more: ")
      guard typed.copied() == again.copied() else { throw UsageMistake("The two PINs differ; nothing was made.") }
    }
    let pin: SecretBytes? = consume typed
    return try Store.create(at: state.path, plan, pin: pin)
  }

  private static func driver(_ text: String, _ directory: String) throws -> TPMDriver {
    do throws(TPMError) {
      return try TPMDriver(parsing: text, stateDirectory: directory)
    } catch {
      throw UsageMistake("--tpm: \(error)")
    }
  }

  private func binding() throws -> ApplianceIdentity.BootBinding {
    guard let bootBinding else {
      guard policyAuthority == nil else {
        throw UsageMistake("--policy-authority approves something: say what with --boot-binding.")
      }
      return .none
    }
    guard policyAuthority != nil else { throw UsageMistake("--boot-binding needs a --policy-authority.") }
    switch bootBinding {
    case "secureboot-only": return .secureBootOnly
    case "verity-uki": return .verityUKI
    default: throw UsageMistake("--boot-binding takes secureboot-only or verity-uki, not “\(bootBinding)”.")
    }
  }

  private func lines(_ store: Store) -> [String] {
    var lines = ["Store created in \(store.directory)"] + StoreText.identity(store)
    if store.driver.isSoftware {
      lines.append("  This is a software TPM, for trying out: its secrets lie in the state folder in clear.")
    }
    if let escrow {
      lines.append("  escrow      \(escrow): take it away now, and keep it where this machine cannot read it")
    }
    if store.isApproved {
      lines.append("Give this to those who check reports: assay enroll identity > appliance.json")
    } else {
      lines.append("The keys wait for the policy authority: assay enroll boot-request")
    }
    return lines
  }
}
