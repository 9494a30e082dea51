import Cryptography
import Files
import FoundationEssentials
import Glibc
import LedgerRig
import MerkleTree
import Reasons
import SignedNote
import TestSupport
import Testing

@testable import Ledger

/// Exports that somebody else carried.
@Suite struct CarriedExportTests {
  struct Export {
    let home: TemporaryFolder
    let rig: LedgerRig
    let ledger: Ledger

    /// Exports a ledger of so many leaves into `export`.
    init(_ leaves: Int) throws {
      home = try TemporaryFolder()
      rig = try LedgerRig(home.path)
      ledger = try rig.create()
      if leaves > 1 { _ = try ledger.commit((1..<leaves).map { LedgerRig.leaf($0) }, LedgerRig.state()) }
      try ledger.export(to: home.path("export"))
    }

    func open(storeID: [UInt8] = LedgerRig.storeID, key: [UInt8]? = nil) throws -> ExportedLedger {
      try ExportedLedger(
        opening: home.path("export"), storeID: storeID, key: key ?? rig.signer.publicKey.spki)
    }

    func edit(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
      var bytes = try home.read("export/\(name)")
      change(&bytes)
      try home.write("export/\(name)", bytes)
    }

    func expectRefusal(
      _ reason: Reason, _ subject: String, _ words: String = "", _ location: SourceLocation = #_sourceLocation
    ) {
      let failure = #expect(throws: Failure.self, sourceLocation: location) { try open() }
      #expect(failure?.reason == reason, "\(String(describing: failure))", sourceLocation: location)
      #expect(failure?.subject == subject, sourceLocation: location)
      #expect(failure?.detail.contains(words) == true, "\(String(describing: failure))", sourceLocation: location)
    }
  }

  @Test(arguments: [1, 2, 255, 256, 257, 600, 65_537])
  func readsWhatWasExported(_ leaves: Int) throws {
    let export = try Export(leaves)
    let exported = try export.open()
    #expect(exported.size == UInt64(leaves))
    #expect(exported.root == (try export.ledger.head.root))
    #expect(exported.checkpoint.note.serialized() == (try export.ledger.checkpoint()))
    var next: UInt64 = 0
    try exported.forEachLeaf { (index, leaf) throws(Failure) in
      #expect(index == next)
      if index % 997 == 0 { #expect((try? export.ledger.leaf(at: index)) == leaf) }
      next += 1
    }
    #expect(next == UInt64(leaves))
  }

  @Test func answersWitnesses() throws {
    let export = try Export(300)
    let exported = try export.open()
    let old = try #require(exported.root(ofFirst: 17))
    let path = try #require(exported.consistencyPath(from: 17))
    try verifyConsistency(from: (17, old), to: (300, exported.root), path: path)
    #expect(exported.consistencyPath(from: 301) == nil)
  }

  @Test func refusesAnotherStoresAndKeys() throws {
    let export = try Export(3)
    for (storeID, key) in [
      ([UInt8](repeating: 8, count: 16), export.rig.signer.publicKey.spki),
      (LedgerRig.storeID, try RigSigner().publicKey.spki),
    ] {
      let failure = #expect(throws: Failure.self) { try export.open(storeID: storeID, key: key) }
      #expect(failure?.reason == .logCheckpointInvalid)
    }
  }

  /// One bit in every kind of file: full, partial, of each level.
  @Test(arguments: [
    ("checkpoint", 52, Reason.logCheckpointInvalid, "checkpoint"),
    ("checkpoint", 0, .logCheckpointInvalid, "checkpoint"),
    ("tile/entries/000", 20, .exportMismatch, "tile/entries"),
    ("tile/entries/001.p/44", 20, .exportMismatch, "tile/entries"),
    ("tile/entries/000", 0, .exportMalformed, "tile/entries/000"),
    ("tile/0/000", 8191, .exportMismatch, "tile/0/000"), ("tile/0/001.p/44", 0, .exportMismatch, "tile/0/001.p/44"),
    ("tile/1/000.p/1", 31, .exportMismatch, "tile/1/000.p/1"),
  ])
  func refusesAChangedByte(_ name: String, _ offset: Int, _ reason: Reason, _ subject: String) throws {
    let export = try Export(300)
    try export.edit(name) { $0[offset] ^= 1 }
    export.expectRefusal(reason, subject)
  }

  static let files = [
    "checkpoint", "tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1",
  ]

  @Test(arguments: files) func refusesAMissingFile(_ name: String) throws {
    let export = try Export(300)
    try FileManager.default.removeItem(atPath: export.home.path("export/\(name)"))
    export.expectRefusal(.exportFileMissing, name)
  }

  @Test(arguments: files.dropFirst()) func refusesTrailingAndMissingBytes(_ name: String) throws {
    let export = try Export(300)
    let whole = try export.home.read("export/\(name)")
    for bytes in [whole + [0], whole + [0, 0], Array(whole.dropLast()), []] {
      try export.home.write("export/\(name)", bytes)
      export.expectRefusal(.exportMalformed, name)
    }
    try export.home.write("export/\(name)", whole)
    #expect(throws: Never.self) { try export.open() }
  }

  @Test func refusesBytesBehindTheCheckpoint() throws {
    let export = try Export(3)
    try export.edit("checkpoint") { $0 += Array("x\n".utf8) }
    export.expectRefusal(.logCheckpointMalformed, "checkpoint")
    try export.edit("checkpoint") { $0 = [UInt8](repeating: 0x61, count: SignedNote.mostBytes + 1) }
    export.expectRefusal(.exportMalformed, "checkpoint", "at most")
  }

  /// The very same file behind a link.
  @Test(arguments: files) func followsNoLink(_ name: String) throws {
    let export = try Export(300)
    let path = export.home.path("export/\(name)")
    try FileManager.default.moveItem(atPath: path, toPath: export.home.path("elsewhere"))
    #expect(symlink(export.home.path("elsewhere"), path) == 0)
    export.expectRefusal(.exportMalformed, name, "link")
  }

  @Test(arguments: ["tile", "tile/0", "tile/entries", "tile/0/001.p"])
  func followsNoLinkToAFolder(_ name: String) throws {
    let export = try Export(300)
    let path = export.home.path("export/\(name)")
    try FileManager.default.moveItem(atPath: path, toPath: export.home.path("elsewhere"))
    #expect(symlink(export.home.path("elsewhere"), path) == 0)
    let failure = #expect(throws: Failure.self) { try export.open() }
    #expect(failure?.reason == .exportMalformed)
    #expect(failure?.detail.contains("link") == true)
  }

  @Test func waitsForNoPipe() throws {
    let export = try Export(3)
    let path = export.home.path("export/tile/0/000.p/3")
    #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
    export.expectRefusal(.exportMalformed, "tile/0/000.p/3", "no file")
  }

  @Test(arguments: ["stranger", "tile/stranger", "tile/0/001", "tile/0/001.p/43", "tile/2/000.p/1", "tile/entries/é"])
  func refusesStrangers(_ name: String) throws {
    let export = try Export(300)
    try export.home.write("export/\(name)", [])
    let failure = #expect(throws: Failure.self) { try export.open() }
    #expect(failure?.reason == .exportMalformed)
    #expect(failure?.detail.contains("no file of an export") == true)
  }

  @Test func refusesEmptyFoldersAndCrowdedOnes() throws {
    let export = try Export(3)
    try DurableFile.makeFolder(export.home.path("export/tile/x001"))
    export.expectRefusal(.exportMalformed, "tile/x001", "no file")
    for number in 0..<2_048 { try export.home.write("export/tile/0/\(number)", []) }
    rmdir(export.home.path("export/tile/x001"))
    export.expectRefusal(.exportMalformed, "tile/0", "more than 2048 names")
  }

  @Test func saysThatThereIsNone() throws {
    let export = try Export(1)
    let failure = #expect(throws: Failure.self) {
      try ExportedLedger(opening: export.home.path("absent"), storeID: LedgerRig.storeID, key: [])
    }
    #expect(failure?.reason == .archiveUnreadable)
  }

  /// Entries that are whole, in another order: the tree alone tells.
  @Test func refusesEntriesThatChangedPlaces() throws {
    let export = try Export(2)
    try export.edit("tile/entries/000.p/2") { bytes in
      let first = Int(bytes[0]) << 8 + Int(bytes[1]) + 2
      bytes = Array(bytes[first...]) + bytes[..<first]
    }
    export.expectRefusal(.exportMismatch, "tile/entries", "root hash")
  }

  @Test func provesLeavesAgain() throws {
    let export = try Export(300)
    let exported = try export.open()
    try export.edit("tile/entries/001.p/44") { $0[20] ^= 1 }
    var seen = 0
    let failure = #expect(throws: Failure.self) { try exported.forEachLeaf { (_, _) throws(Failure) in seen += 1 } }
    #expect(failure == Failure(.exportMismatch, "tile/entries/001.p/44"))
    #expect(seen == 256)
    try DurableFile.write([], to: export.home.path("export/tile/entries/000"))
    #expect(throws: Failure.self) { try exported.forEachLeaf { (_, _) throws(Failure) in } }
  }
}
