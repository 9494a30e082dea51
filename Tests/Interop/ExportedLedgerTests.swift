import Ledger
import LedgerRig
import TestSupport
import Testing

/// An exported ledger under a script that shares no code with Assay.
@Suite struct ExportedLedgerTests {
  static let script = #filePath.replacing("ExportedLedgerTests.swift", with: "check_ledger.py")

  /// Exports a ledger of so many leaves; the folder, and the key as PEM.
  static func exported(_ leaves: Int) throws -> (home: TemporaryFolder, check: [String]) {
    let home = try TemporaryFolder()
    let rig = try LedgerRig(home.path)
    let ledger = try rig.create()
    if leaves > 1 { _ = try ledger.commit((1..<leaves).map { LedgerRig.leaf($0) }, LedgerRig.state()) }
    try ledger.export(to: home.path("export"))
    let pem = try runChecked(["openssl", "pkey", "-inform", "DER", "-pubout"], input: rig.signer.pkcs8)
    return (home, ["python3", script, home.path("export"), try home.write("key.pem", pem)])
  }

  @Test(arguments: [1, 2, 255, 256, 257, 600, 65_537])
  func isWhatItsCheckpointSays(_ leaves: Int) throws {
    let (home, check) = try Self.exported(leaves)
    let said = String(decoding: try runChecked(check), as: UTF8.self)
    #expect(said.contains(": \(leaves) leaves, root "))
    withExtendedLifetime(home) {}
  }

  /// The script has teeth.
  @Test(arguments: [
    ("checkpoint", "signature does not verify"), ("tile/0/000", "wrong hashes"), ("tile/0/001.p/44", "wrong hashes"),
    ("tile/1/000.p/1", "wrong hashes"), ("tile/entries/000", "wrong"), ("stranger", "do not belong"),
  ])
  func isNotWhatWasSpoiled(_ name: String, _ words: String) throws {
    let (home, check) = try Self.exported(300)
    if name == "stranger" {
      try home.write("export/stranger", [])
    } else {
      var bytes = try home.read("export/\(name)")
      // In a checkpoint, the first digit of the size.
      bytes[name == "checkpoint" ? 52 : 20] ^= 1
      try home.write("export/\(name)", bytes)
    }
    let result = try run(check)
    #expect(result.status == 1)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func writesOverNothing() throws {
    let home = try TemporaryFolder()
    let ledger = try LedgerRig(home.path).create()
    try home.write("export/mine", [1])
    #expect(throws: LedgerError.self) { try ledger.export(to: home.path("export")) }
    #expect(try home.names().contains("export"))
  }
}
