import ArgumentParser
import Base64
import Cryptography
import Glibc
import LedgerRig
import Octets
import Reasons
import SignedNote
import TestSupport
import Testing
import Witness

@testable import CommandLine

@Suite struct LedgerWitnessTests {
  /// A desk with its key, and an appliance's commit key and request.
  struct Desk {
    let home: TemporaryFolder
    let vkey: NoteVerifierKey
    var log: SketchedLog

    init() throws {
      home = try TemporaryFolder()
      let line = try LedgerWitness.parse(["--new-key", home.path("desk.pem"), "--name", "desk.example/w1"])
        .makeKey(home.path("desk.pem"))
      vkey = try NoteVerifierKey(parsing: Array(line.utf8), named: "vkey", malformed: .witnessCosignatureInvalid)
      log = try SketchedLog(leaves: 5)
      try home.write("appliance.pem", Array(PEM.encode(log.key.publicKey.spki, label: "PUBLIC KEY").utf8))
      try ask(from: 0)
    }

    func ask(from old: UInt64) throws { try home.write("request", log.request(from: old).serialized()) }

    /// What is given replaces or follows what is usual; nil takes it away.
    func command(_ changes: [String: String?] = [:], _ more: [String] = []) throws -> LedgerWitness {
      var options: [String: String?] = [
        "--key": home.path("desk.pem"), "--name": "desk.example/w1", "--memory": home.path("memory"),
        "--commit-key": home.path("appliance.pem"), "REQUEST": home.path("request"),
      ]
      for (name, value) in changes { options[name] = .some(value) }
      let arguments = options.compactMap { name, value in value.map { name == "REQUEST" ? [$0] : [name, $0] } }
      return try LedgerWitness.parse(arguments.flatMap { $0 } + more)
    }

    func verify(_ line: String) throws -> UnixTime {
      let signatures = try SignedNote.signatures(parsing: Array(line.utf8), named: "answer")
      #expect(signatures.count == 1)
      return try verifyCosignature(signatures[0], by: vkey, over: Checkpoint(parsing: log.checkpoint(text: nil)))
    }
  }

  @Test func cosignsVisitAfterVisit() throws {
    var desk = try Desk()
    let before = time(nil)
    let first = try desk.verify(desk.command([:], ["--first-sight"]).cosigned())
    #expect(first.seconds >= Int64(before) && first.seconds <= Int64(time(nil)))
    desk.log.append(20)
    try desk.ask(from: 5)
    _ = try desk.verify(desk.command().cosigned())
    // To a file, which must be new.
    desk.log.append(1)
    try desk.ask(from: 25)
    try desk.command(["--output": desk.home.path("answer")]).run()
    _ = try desk.verify(String(decoding: try desk.home.read("answer"), as: UTF8.self))
    #expect(throws: UsageMistake.self) { try desk.command(["--output": desk.home.path("answer")]).cosigned() }
  }

  @Test func refusesWithTheVerdictsStatus() throws {
    let desk = try Desk()
    func status(_ command: LedgerWitness) -> Int32 {
      do {
        _ = try command.cosigned()
        return 0
      } catch {
        return Voice.explain(error)
      }
    }
    #expect(status(try desk.command()) == 4)
    #expect(status(try desk.command([:], ["--first-sight"])) == 0)
    #expect(status(try desk.command([:], ["--first-sight"])) == 3)
    try desk.home.write("request", desk.log.cut(to: 3).request(from: 0).serialized())
    #expect(status(try desk.command()) == 3)
    try desk.home.write("request", [])
    #expect(status(try desk.command()) == 3)
    #expect(status(try desk.command(["--memory": desk.home.path("absent/memory")])) == 3)
    try desk.ask(from: 0)
    #expect(status(try desk.command(["--memory": desk.home.path("absent/memory")])) == 1)
  }

  @Test func saysWhatIsWrongWithTheCommand() throws {
    let desk = try Desk()
    let p256 = try PrivateKey.generate(.p256)
    try desk.home.write("p256.pem", p256.pem().copied())
    let ed25519 = try PublicKey(ed25519: desk.vkey.key)
    try desk.home.write("ed25519.pub", Array(PEM.encode(ed25519.spki, label: "PUBLIC KEY").utf8))
    try desk.home.write("long", [UInt8](repeating: 0x61, count: PrivateKey.fileLimit + 1))
    for (changes, words) in [
      (["--key": nil], "takes --key"), (["--memory": nil], "takes --key"), (["--commit-key": nil], "takes --key"),
      (["REQUEST": nil], "takes --key"), (["--key": desk.home.path("absent")], "Cannot read"),
      (["--key": desk.home.path("appliance.pem")], "this is a public key"),
      (["--key": desk.home.path("p256.pem")], "a witness's is Ed25519"), (["--name": "a b"], "no spaces"),
      (["--name": ""], "some characters"), (["--commit-key": desk.home.path("ed25519.pub")], "which is P-256"),
      (["--key": desk.home.path("long")], "more than 4096 bytes"),
      (["REQUEST": desk.home.path("absent")], "cannot be read"),
    ] as [([String: String?], String)] {
      let mistake = #expect(throws: UsageMistake.self) { try desk.command(changes, ["--first-sight"]).cosigned() }
      #expect(mistake?.description.contains(words) == true, "\(String(describing: mistake))")
    }
  }

  @Test func makesAKeyOnce() throws {
    let desk = try Desk()
    let path = desk.home.path("desk.pem")
    var facts = stat()
    #expect(stat(path, &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
    let before = try desk.home.read("desk.pem")
    let command = try LedgerWitness.parse(["--new-key", path, "--name", "w"])
    #expect(throws: UsageMistake.self) { try command.makeKey(path) }
    #expect(try desk.home.read("desk.pem") == before)
    let more = try LedgerWitness.parse(["--new-key", desk.home.path("other"), "--name", "w", "--first-sight"])
    #expect(throws: UsageMistake.self) { try more.makeKey(desk.home.path("other")) }
    let named = try LedgerWitness.parse(["--new-key", desk.home.path("other"), "--name", "a+b"])
    #expect(throws: UsageMistake.self) { try named.makeKey(desk.home.path("other")) }
    #expect(try !desk.home.names().contains("other"))
    // openssl reads it, and has the same public half.
    let spki = try runChecked(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"])
    #expect(Array(spki.suffix(32)) == desk.vkey.key)
  }

  @Test func explainsItself() {
    let help = LedgerWitness.helpMessage()
    for word in ["--new-key", "--memory", "--first-sight", "--commit-key", "never put an older copy"] {
      #expect(help.contains(word))
    }
  }
}
