import FoundationEssentials
import TestSupport
import Testing

/// The operator's verbs over a store with a software TPM, as they are typed.
@Suite struct CustodyVerbTests {
  private func succeed(_ site: Site, _ arguments: [String]) throws -> RunResult {
    let result = try site.assay.run(arguments)
    guard result.status == 0 else { throw RunError(description: "\(arguments): \(result.status): \(result.errors)") }
    return result
  }

  private func status(_ site: Site) throws -> (status: Int32, facts: [String: Bool]) {
    let result = try site.assay.run(["status", "--json"])
    let text = result.output
    return (
      result.status,
      ["healthy": text.contains("\"healthy\": true"), "software": text.contains("\"softwareTPM\": true")]
    )
  }

  @Test func statusSaysWhatThereIs() throws {
    let site = try Site()
    _ = try site.report()
    let shown = try succeed(site, ["status"]).output
    for word in [
      "4 leaves in 2 commits", "software TPM", "boot        none", "verdicts    1, reports 1", "last export none",
    ] {
      #expect(shown.contains(word), "\(word): \(shown)")
    }
    #expect(try status(site) == (0, ["healthy": true, "software": true]))
    #expect(try Assay().run(["status"]).status == 1)
  }

  @Test func theHistoryIsListedAndProven() throws {
    let site = try Site()
    _ = try site.report()
    let list = try succeed(site, ["ledger", "list"]).output.split(separator: "\n")
    #expect(list.count == 4)
    #expect(list[2].contains("verdict") && list[2].contains("admit"))
    #expect(try succeed(site, ["ledger", "list", "--kind", "report"]).output.split(separator: "\n").count == 1)
    #expect(try succeed(site, ["ledger", "list", "--last", "1"]).output.contains("report"))
    #expect(try succeed(site, ["ledger", "show", "2"]).output.contains("\"verdict\": \"admit\""))
    #expect(try succeed(site, ["ledger", "prove", "2"]).output.hasPrefix("c2sp.org/tlog-proof@v1\nextra "))
    #expect(try succeed(site, ["ledger", "verify"]).output.contains("confirmed by the TPM"))
    for mistake in [["show", "4"], ["prove", "9"], ["list", "--kind", "no"], ["checkpoint", "--since", "5"]] {
      #expect(try site.assay.run(["ledger"] + mistake).status == 64, "\(mistake)")
    }
  }

  @Test func anExportIsWholeOrRefused() throws {
    let site = try Site()
    _ = try site.report()
    let folder = site.stick.path("export")
    _ = try succeed(site, ["ledger", "export", folder, "--for", "the desk"])
    let identity = try site.identity()
    let verified = try succeed(site, ["ledger", "verify", folder, "--appliance", identity])
    #expect(verified.output.contains("4 leaves"))
    #expect(try site.assay.run(["ledger", "export", folder, "--for", "again"]).status == 64)
    let tile = folder + "/tile/entries/000.p/4"
    var bytes = try readFile(tile)
    bytes[40] ^= 1
    try Data(bytes).write(to: URL(filePath: tile))
    let spoilt = try site.assay.run(["ledger", "verify", folder, "--appliance", identity])
    #expect(spoilt.status == 3)
    #expect(spoilt.errors.contains("export.mismatch"))
  }

  /// The head as a QR code is that of `ledger checkpoint`, and the words are its root's.
  @Test func theHeadIsShownToTheEye() throws {
    let site = try Site()
    let shown = try succeed(site, ["ledger", "checkpoint", "--qr"]).output
    let note = try succeed(site, ["ledger", "checkpoint"]).output.split(separator: "\n")
    #expect(shown.contains("\(note[0]) \(note[1]) \(note[2])"))
    #expect(shown.contains("▀") || shown.contains("▄"))
  }

  // MARK: The PIN

  /// Runs a program on a terminal of its own, and types a line when it has asked for one.
  private static let typing = """
    import os, pty, sys
    child, terminal = pty.fork()
    if child == 0: os.execv(sys.argv[2], sys.argv[2:])
    said, typed = b"", False
    while True:
        try: more = os.read(terminal, 4096)
        except OSError: break
        if not more: break
        said += more
        if not typed and b"PIN of the report key: " in said:
            os.write(terminal, sys.argv[1].encode() + b"\\n")
            typed = True
    print(said.decode(errors="replace"))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if typed else 99)
    """

  @Test func aPINIsAskedForAndCounted() throws {
    let pins = try TemporaryFolder()
    let (right, wrong) = (
      try pins.write("right", Array("135790\n".utf8)), try pins.write("wrong", Array("000000".utf8))
    )
    let site = try Site(initialising: ["--pin-file", right])
    let arguments = ["verify", site.archive, "--key", site.key]
    let without = try run(["setsid", "-w", Products.path("assay")] + arguments + ["--state", site.store])
    #expect(without.status == 64)
    #expect(without.errors.contains("--pin-file"))
    let refused = try site.assay.run(arguments + ["--pin-file", wrong])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("Wrong PIN."), "\(refused.errors)")
    #expect(refused.errors.contains("tries left"))
    #expect(try site.assay.run(arguments + ["--pin-file", right]).status == 0)
    // Typed: by a keeper that is confined by then.
    let typed = try run(
      ["python3", "-c", Self.typing, "135790", Products.path("assay")] + arguments + ["--state", site.store])
    #expect(typed.status == 0, "\(typed.output)")
    #expect(try succeed(site, ["status"]).output.contains("tries left"))
    #expect(
      try site.assay.run(["init", "--tpm", "software", "--state", pins.path("s"), "--pin-file", "/dev/null"]).status
        == 1)
    #expect(try pins.names() == ["right", "wrong"])
  }

  // MARK: Approved states of the machine

  @Test func keysOpenInApprovedStatesAlone() throws {
    let home = try TemporaryFolder()
    let key = try SigningKey()
    let authority = try home.write("site.pem", key.pem)
    let public_ = try home.write("site.pub", try runChecked(["openssl", "pkey", "-pubout"], input: key.pem))
    let site = try Site(initialising: ["--policy-authority", public_, "--boot-binding", "secureboot-only"])
    #expect(try site.assay.run(["status"]).status == 3)
    #expect(
      try site.assay.run(["verify", site.archive, "--key", site.key]).errors.contains("waits for the policy authority"))

    let promised = try home.write("promised.json", try readFile(try site.identity()))
    func approve(_ name: String, until: [String] = []) throws -> RunResult {
      _ = try succeed(
        site,
        ["enroll", "boot-request", "--output", home.path(name), "--statement", home.path(name + ".bytes")] + until)
      // The signature is made by another program, over the bytes that it is shown.
      try home.write(name + ".sig", try key.sign(try readFile(home.path(name + ".bytes"))))
      _ = try succeed(
        site,
        [
          "enroll", "boot-sign", home.path(name), "--appliance", promised, "--signature",
          home.path(name + ".sig"), "--output",
          home.path(name + ".ok"),
        ])
      return try site.assay.run(["enroll", "boot-approve", home.path(name + ".ok")])
    }
    #expect(try approve("one").output.contains("The history has begun"))
    #expect(try site.assay.verify([site.archive, "--key", site.key]).status == 0)

    // The authority sees whose state it is, and that the TPM attests to it.
    let elsewhere = try Site()
    let foreign = try site.assay.run([
      "enroll", "boot-sign", home.path("one"), "--appliance", elsewhere.identity(), "--signature", home.path("one.sig"),
    ])
    #expect(foreign.status == 3)
    #expect(foreign.errors.contains("another appliance's"))
    // With the binding altered on the disk, the TPM attests to nothing; the identity says what was promised.
    let record = String(decoding: try readFile(site.store + "/store.json"), as: UTF8.self)
    try Data(record.replacing("secureboot-only", with: "none").utf8).write(
      to: URL(filePath: site.store + "/store.json"))
    _ = try succeed(site, ["enroll", "boot-request", "--output", home.path("unbound")])
    try Data(record.utf8).write(to: URL(filePath: site.store + "/store.json"))
    let unbound = try site.assay.run([
      "enroll", "boot-sign", home.path("unbound"), "--appliance", promised, "--key", authority,
    ])
    #expect(unbound.status == 3)
    #expect(unbound.errors.contains("not those of the boot binding"), "\(unbound.errors)")
    let altered = String(decoding: try readFile(home.path("one")), as: UTF8.self)
      .replacing("\"pcrs\": [\n      7\n    ]", with: "\"pcrs\": [\n      8\n    ]")
    try home.write("altered", Array(altered.utf8))
    let other = try site.assay.run(["enroll", "boot-sign", home.path("altered"), "--key", authority])
    #expect(other.errors.contains("not that of the policy"), "\(other.errors)")

    // Another authority's word is nothing.
    let stranger = try home.write("stranger.pem", try SigningKey().pem)
    _ = try succeed(
      site, ["enroll", "boot-sign", home.path("one"), "--key", stranger, "--output", home.path("forged")])
    let forged = try site.assay.run(["enroll", "boot-approve", home.path("forged")])
    #expect(forged.status == 1)
    #expect(forged.errors.contains("did not sign"), "\(forged.errors)")

    // Withdrawn: nothing opens until the authority approves anew; there is no way back to the old word.
    _ = try succeed(site, ["enroll", "boot-withdraw", "--statement", home.path("withdraw")])
    try home.write("withdraw.sig", try key.sign(try readFile(home.path("withdraw"))))
    _ = try succeed(site, ["enroll", "boot-withdraw", "--signature", home.path("withdraw.sig")])
    let withdrawn = try site.assay.run(["status"])
    #expect(withdrawn.status == 3)
    #expect(withdrawn.output.contains("This system version was withdrawn. Update it"), "\(withdrawn.output)")
    #expect(try site.assay.run(["enroll", "boot-approve", home.path("one.ok")]).status == 1)
    #expect(try approve("two").status == 0)
    #expect(try status(site).status == 0)
  }

  // MARK: Witness

  @Test func aWitnessRaisesTheFloor() throws {
    let site = try Site()
    let desk = try TemporaryFolder()
    let name = "desk.example/w1"
    let vkey = try succeed(site, ["ledger", "witness", "--new-key", desk.path("key"), "--name", name]).output
    let request = desk.path("request")
    _ = try succeed(site, ["ledger", "checkpoint", "--since", "0", "--output", request])
    let cosigned = [
      "ledger", "witness", "--key", desk.path("key"), "--name", name, "--memory", desk.path("memory"), "--appliance",
      try site.identity(), "--first-sight", "--output", desk.path("cosignature"), request,
    ]
    _ = try succeed(site, cosigned)
    let takeBack = ["ledger", "cosign", "--request", request, desk.path("cosignature")]
    // Nobody that is not enrolled is believed.
    let stranger = try site.assay.run(takeBack)
    #expect(stranger.status == 3)
    #expect(stranger.errors.contains("witness.cosignature-invalid"))
    _ = try succeed(site, ["enroll", "witness", String(vkey.dropLast())])
    _ = try succeed(site, takeBack)
    #expect(try succeed(site, ["status"]).output.contains("(cosignature, leaf 2)"))
    // Another ledger's cosignature is not this one's.
    let other = try Site()
    _ = try succeed(other, ["enroll", "witness", String(vkey.dropLast())])
    #expect(try other.assay.run(takeBack).status == 3)
    // From now on a report states the floor.
    let report = try site.report()
    let payload = try runChecked([
      "/usr/bin/python3", "-c",
      "import base64,json,sys; print(base64.b64decode(json.load(open(sys.argv[1]))['dsseEnvelope']['payload']).decode())",
      report,
    ])
    #expect(String(decoding: payload, as: UTF8.self).contains("\"basis\":\"cosignature\""))
    _ = try succeed(site, ["enroll", "witness", "--remove", String(vkey.dropLast())])
    #expect(try site.assay.run(takeBack).status == 3)
  }

  // MARK: The end, and what comes after

  @Test func aRetiredStoreSignsNothing() throws {
    let site = try Site()
    let identity = try site.identity()
    let retired = try site.assay.run([
      "retire", "--reason", "end of life", "--for", "the desk", "--export", site.stick.path("last"),
    ])
    #expect(retired.status == 0, "\(retired.errors)")
    #expect(
      try succeed(site, ["ledger", "verify", site.stick.path("last"), "--appliance", identity]).output.contains(
        "2 leaves"))
    let after = try site.assay.run(["verify", site.archive, "--key", site.key])
    #expect(after.status == 1)
    #expect(after.errors.contains("was retired"))
    // Without the mark, the keys are gone all the same.
    try FileManager.default.removeItem(atPath: site.store + "/retired")
    #expect(try site.assay.run(["status"]).status == 3)
  }

  /// Cut off before the keys were out of the TPM, or before the mark: run again, it ends.
  @Test func retiringGoesOnWhereItStopped() throws {
    let site = try Site()
    let retire = ["retire", "--reason", "r", "--for", "f", "--export", site.stick.path("last")]
    _ = try succeed(site, retire)
    try FileManager.default.removeItem(atPath: site.store + "/retired")
    _ = try succeed(site, retire)
    #expect(FileManager.default.fileExists(atPath: site.store + "/retired"))
    // What is wrong with the command is told before the end is recorded.
    let early = try Site()
    let nowhere = ["retire", "--reason", "r", "--for", "f", "--export", early.stick.path("no/where")]
    #expect(try early.assay.run(nowhere).status == 64)
    #expect(try early.assay.run(nowhere + ["--escrow", early.key]).status == 64)
    #expect(try early.assay.run(["ledger", "export", early.stick.path("no/where"), "--for", "f"]).status == 64)
    #expect(try succeed(early, ["ledger", "list"]).output.split(separator: "\n").count == 1)
    // Any folder that is there is not taken for the export, and nothing is recorded for it.
    let other = try Site()
    let refused = try other.assay.run(["retire", "--reason", "r", "--for", "f", "--export", other.stick.path])
    #expect(refused.status == 64)
    #expect(try succeed(other, ["status"]).output.contains("1 leaf in 1 commit,"))
  }

  #if DEBUG
    /// A TPM that Assay owns: its secrets are in the escrow file alone, and take wrong PINs back and the store's end.
    @Test(.enabled(if: isInstalled("swtpm"), "needs swtpm")) func anOwnedTPMObeysItsEscrow() throws {
      let home = try TemporaryFolder()
      let driver = "swtpm:path=\(home.path("s"))"
      let swtpm = try Companion([
        "swtpm", "socket", "--tpm2", "--tpmstate", "dir=\(home.path)", "--server", "type=unixio,path=\(home.path("s"))",
        "--ctrl", "type=unixio,path=\(home.path("s.ctrl"))", "--flags", "not-need-init,startup-clear",
      ])
      try Companion.wait(for: "swtpm") { FileManager.default.fileExists(atPath: home.path("s")) }
      let pin = try home.write("pin", Array("246802".utf8))
      let wrong = try home.write("wrong", Array("000000".utf8))
      let escrow = home.path("escrow.json")
      let site = try Site(initialising: nil)
      let made = ["init", "--tpm", driver, "--escrow", escrow, "--pin-file", pin]
      #expect(try site.assay.run(["init", "--tpm", driver, "--pin-file", "/dev/null", "--escrow", escrow]).status == 1)
      _ = try succeed(site, made)
      #expect(try readFile(escrow).count > 200)
      #expect(try succeed(site, ["status"]).output.contains("ownership   taken"))
      _ = try site.assay.run(["verify", site.archive, "--key", site.key, "--pin-file", wrong])
      #expect(try succeed(site, ["status"]).output.contains("31 of 32 tries left"))
      #expect(try succeed(site, ["recover", "unlock", "--escrow", escrow]).output.contains("32 of 32"))
      let retire = ["retire", "--reason", "r", "--for", "f", "--export", home.path("last")]
      #expect(try site.assay.run(retire).errors.contains("--escrow"))
      _ = try succeed(site, retire + ["--escrow", escrow])
      // The TPM is free for another store.
      _ = try succeed(site, ["init", "--tpm", driver, "--no-ownership", "--state", home.path("next")])
      _ = swtpm
    }
  #endif

  @Test func aLostHistoryIsTakenOverByThree() throws {
    let lost = try Site()
    _ = try lost.report()
    let home = try TemporaryFolder()
    let name = "desk.example/w1"
    let vkey = String(
      try succeed(lost, ["ledger", "witness", "--new-key", home.path("w"), "--name", name]).output.dropLast())
    let identity = try lost.identity()
    _ = try succeed(lost, ["ledger", "checkpoint", "--since", "0", "--output", home.path("request")])
    _ = try succeed(
      lost,
      [
        "ledger", "witness", "--key", home.path("w"), "--name", name, "--memory", home.path("m"), "--appliance",
        identity,
        "--first-sight", "--output", home.path("line"), home.path("request"),
      ])
    let checkpoint = try readFile(home.path("request")).drop { $0 != 0x75 }
    let cosigned = try home.write("cosigned", Array(checkpoint) + readFile(home.path("line")))
    _ = try succeed(lost, ["ledger", "export", home.path("before"), "--for", "the desk"])
    _ = try succeed(lost, ["enroll", "witness", vkey])
    _ = try succeed(lost, ["ledger", "export", home.path("export"), "--for", "the desk"])

    // Another machine, a new store.
    let heir = try Site()
    let history = ["--history", home.path("export"), "--appliance", identity, "--reason", "the board was replaced"]
    _ = try succeed(heir, ["recover", "propose"] + history + ["--output", home.path("statement")])
    var approvals: [String] = []
    for person in ["Ada", "Bo", "Cy"] {
      let key = try SigningKey()
      let pem = try home.write("\(person).pem", key.pem)
      try home.write("\(person).pub", try runChecked(["openssl", "pkey", "-pubout"], input: key.pem))
      _ = try succeed(
        heir, ["recover", "approve", home.path("statement"), "--key", pem, "--output", home.path("\(person).sig")])
      approvals += ["--approval", "\(person)=\(home.path("\(person).pub")):\(home.path("\(person).sig"))"]
    }
    let anchoring = ["recover", "re-anchor"] + history + ["--cosigned", cosigned, "--witness", vkey]
    // A witness that the history does not name is anybody.
    let anybody = anchoring.map { $0 == home.path("export") ? home.path("before") : $0 }
    #expect(try heir.assay.run(anybody + approvals).errors.contains("the lost history does not name it"))
    let tooFew = try heir.assay.run(anchoring + approvals.prefix(4))
    #expect(tooFew.status == 3)
    #expect(tooFew.errors.contains("approval.too-few"))
    // One person three times, and one key under three names, are one.
    let alone = try heir.assay.run(anchoring + Array(repeating: approvals[0...1], count: 3).flatMap { $0 })
    #expect(alone.errors.contains("approval.too-few"))
    let disguised = ["Ada", "Eve", "Mallory"].flatMap {
      ["--approval", "\($0)=\(home.path("Ada.pub")):\(home.path("Ada.sig"))"]
    }
    #expect(try heir.assay.run(anchoring + disguised).errors.contains("approval.too-few"))
    let swapped = approvals.prefix(4) + ["--approval", "Cy=\(home.path("Cy.pub")):\(home.path("Bo.sig"))"]
    #expect(try heir.assay.run(anchoring + swapped).errors.contains("approval.invalid"))

    let done = try succeed(heir, anchoring + approvals)
    #expect(done.output.contains("takes the place of"))
    #expect(try succeed(heir, ["ledger", "list", "--kind", "recovery"]).output.contains("at 6 leaves"))
    #expect(try heir.assay.run(anchoring + approvals).status == 64)
  }

  @Test func aRefusedHistoryIsExplained() throws {
    let site = try Site()
    let backup = site.stick.path("backup")
    try runChecked(["cp", "-a", site.store + "/ledger", backup])
    _ = try site.report()
    try runChecked(["sh", "-c", "rm -rf \"$0/ledger\" && cp -a \"$1\" \"$0/ledger\"", site.store, backup])
    let status = try site.assay.run(["status"])
    #expect(status.status == 3)
    #expect(status.output.contains("ALARM"))
    #expect(status.output.contains("not the one that this TPM last confirmed"))
    let inspected = try site.assay.run(["recover", "inspect"])
    #expect(inspected.status == 3)
    #expect(inspected.output.contains("on the disk   commit 1, 1 leaves"))
    let leaves = try site.assay.run(["recover", "inspect", "--leaves"])
    #expect(leaves.output.contains("\"kind\":\"provisioning\""))
    #expect(leaves.errors.contains("Nothing of this is proven"))
    // No verdict, signed or not, while the history is refused.
    let verify = try site.assay.run(["verify", site.archive, "--key", site.key])
    #expect(verify.status == 1)
    #expect(verify.stdout.isEmpty)
  }
}
