import ArgumentParser
import Cryptography
import LedgerLeaf
import Octets
import Reasons
import SignedNote
import Store
import Terminal
import TrustStore

/// `assay enroll witness`: whose cosignatures this appliance takes for time.
struct EnrollWitness: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Enrol a witness: the desk that cosigns this appliance's history.",
    discussion: """
      VKEY is what `assay ledger witness --new-key` printed at the desk: NAME+ID+KEY. Compare it by voice. Enrolling a \
      witness's name again replaces its key; --remove takes it out. Both are recorded.
      """)

  @Argument(help: .init("The witness's public key, as the desk printed it.", valueName: "VKEY")) var key: String
  @Flag(help: "Take the witness out.") var remove = false
  @OptionGroup var state: StateOptions

  func run() throws {
    let vkey: NoteVerifierKey
    do throws(Failure) {
      vkey = try NoteVerifierKey(parsing: Array(key.utf8), named: "witness", malformed: .witnessRequestMalformed)
    } catch {
      throw UsageMistake("That is no witness's key: \(error.detail).")
    }
    guard vkey.type == .cosignature else { throw UsageMistake("That is a key of a log, not of a witness (type 0x04).") }
    let custodian = try state.running()
    let name = Standing.ObjectName(kind: InstalledTrust.witness, name: vkey.name)
    let content = Array(key.utf8)
    let object = ClaimedDigest(digest(content))
    let present = custodian.state.standing.objects[name]
    if remove, present?.digest != object { throw UsageMistake("This key is not enrolled here.") }
    if !remove, present?.digest == object { throw UsageMistake("This key is enrolled already.") }
    try custodian.record(
      [
        .trustChange(
          ObjectChange(
            action: remove ? .remove : present == nil ? .add : .replace, kind: name.kind, name: name.name,
            object: object, previous: remove ? nil : present?.digest, content: remove ? nil : content, approvals: []))
      ], at: UnixTime(wallClockSeconds()))
    try Render.write("\(remove ? "Removed" : "Enrolled") witness \(printable(vkey.name))")
  }
}
