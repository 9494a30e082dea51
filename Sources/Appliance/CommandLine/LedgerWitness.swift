import ApplianceIdentity
import ArgumentParser
import Cryptography
import Files
import Octets
import Reasons
import SignedNote
import Terminal
import Witness

/// `assay ledger witness`: the desk's side of witnessing.
struct LedgerWitness: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Cosign an appliance's ledger, if it continues what was cosigned before.",
    discussion: """
      Runs at the desk, away from the appliance; it takes no TPM and no store. Once:

        assay ledger witness --new-key desk.pem --name desk.example/w1 > desk.vkey

      Then, whenever an appliance brings a request:

        assay ledger witness --key desk.pem --name desk.example/w1 --memory desk.memory \\
            --appliance appliance.json request > cosignature

      The memory holds the last checkpoint of each ledger. Without it, a ledger that was set back passes for a new \
      one: keep it with the key, copy it after each run, and never put an older copy in its place. --first-sight is \
      for a ledger that the desk has never seen, whose commit key came by a way that it trusts.

      Exit statuses: 0 cosigned, 3 refused, 4 not decided (the sentence says what is wanted), 1 the program failed, \
      64 the command was wrong.
      """)

  @Option(help: .init("The witness's private key: Ed25519, PKCS #8.", valueName: "PEM"))
  var key: String?

  @Option(
    help: .init("The witness's name, by convention a URL without its scheme: desk.example/w1.", valueName: "NAME"))
  var name: String

  @Option(help: .init("What the witness cosigned last. Made at the first run.", valueName: "FILE"))
  var memory: String?

  @Option(help: .init("The appliance's identity, as it was enrolled.", valueName: "FILE"))
  var appliance: String?

  @Option(help: .init("In its place: the appliance's commit key alone.", valueName: "PEM"))
  var commitKey: String?

  @Flag(help: "The ledger is new to this witness.") var firstSight = false

  @Option(help: .init("Write the cosignature there, in place of standard output.", valueName: "FILE"))
  var output: String?

  @Option(help: .init("Make a key, write it there, and print its public half for those who verify.", valueName: "PEM"))
  var newKey: String?

  @Argument(help: .init("The appliance's request.", valueName: "REQUEST")) var request: String?

  func run() throws {
    if let newKey { return try Render.write(try makeKey(newKey)) }
    let answer = try cosigned()
    guard let output else { return try Render.write(answer) }
    do throws(FileError) {
      try DurableFile.write(Array(answer.utf8), to: output)
    } catch {
      // The witness has moved on, and asks for no second request.
      Voice.say("Cannot write \(output): \(error). The cosignature follows on standard output.")
      try Render.write(answer)
      throw ExitCode(ExitStatus.failure)
    }
  }

  /// The key's public half, in a line.
  func makeKey(_ path: String) throws -> String {
    guard key == nil, memory == nil, appliance == nil, commitKey == nil, !firstSight, output == nil, request == nil
    else {
      throw UsageMistake("--new-key goes with --name alone.")
    }
    let key = try PrivateKey.generate(.ed25519)
    let cosigner = try cosigner(key, named: path)
    try KeyFile.write(key, to: path)
    return String(decoding: cosigner.verifierKey.serialized, as: UTF8.self)
  }

  private static func commitKey(in path: String) throws -> PublicKey {
    let key = try SignerOptions.key(path)
    guard key.kind == .ecdsa(.p256) else { throw UsageMistake("\(path) is no commit key, which is P-256.") }
    return key
  }

  /// The signature's line.
  func cosigned() throws -> String {
    guard let key, let memory, let request, (appliance == nil) != (commitKey == nil) else {
      throw UsageMistake(
        "Witnessing takes --key, --memory, --appliance (or --commit-key) and a request; or say --new-key to make a key."
      )
    }
    if let output, DurableFile.isTaken(output) { throw UsageMistake("\(output) is there already.") }
    let cosigner = try cosigner(KeyFile.read(key), named: key)
    let commitKey = try appliance.map { try InputFile.identity($0).commitKey } ?? Self.commitKey(in: commitKey ?? "")
    let question = try WitnessRequest(
      parsing: InputFile.read(request, upTo: WitnessRequest.mostBytes), named: request)
    let signature: SignedNote.Signature
    do throws(WitnessError) {
      signature = try Witness(memory: memory, cosigner: cosigner).cosign(
        question, commitKey: commitKey.spki, firstSight: firstSight, at: UnixTime(wallClockSeconds()))
    } catch {
      if case .refused(let failure) = error { throw failure }
      throw error
    }
    let checkpoint = question.checkpoint
    Voice.say(
      """
      Cosigned \(printable(checkpoint.origin)) at size \(checkpoint.size).
             Its root in words: \(Proquint.words(Array(checkpoint.root.prefix(16))))
      """)
    return String(decoding: signature.line, as: UTF8.self)
  }

  private func cosigner(_ key: PrivateKey, named path: String) throws -> Cosigner {
    guard key.kind == .ed25519 else {
      throw UsageMistake("\(path) is a P-256 key, and a witness's is Ed25519: make one with --new-key.")
    }
    guard let cosigner = Cosigner(name: Array(name.utf8), key: key) else {
      throw UsageMistake("--name: “\(name)” is no name: some characters, no spaces, no “+”.")
    }
    return cosigner
  }
}
