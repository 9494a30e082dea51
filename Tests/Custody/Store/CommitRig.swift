import Cryptography
import FoundationEssentials
import Glibc
import LedgerLeaf
import Octets
import TestSupport
import Testing
import TrustStore

@testable import Ledger
@testable import Store
@testable import TPM

/// A store over a real TPM, the power cuts and the hands that reach it, and what it ever gave to anybody.
///
/// Leaf 0 is its provisioning; the others are called by names. It begins with `one` and `two`, a commit each, so that
/// the last record is number 3.
final class CommitRig {
  struct PowerCut: Error {}

  /// How an opening ends.
  enum Ending: Sendable {
    /// With these leaves behind the first.
    case runs([String])
    case refused(Finding)
    /// Refused as another store's.
    case anothers
    /// Before the history is looked at, with these words.
    case stops(String)
  }

  /// The history. The TPM stays where it is, as a chip does.
  static let disk = ["ledger"]
  static let database = ["ledger/ledger.db", "ledger/ledger.db-wal"]
  /// Of commits with even numbers, and with odd ones.
  static let (evenSide, oddSide) = (["ledger/last-commit-0"], ["ledger/last-commit-1"])
  /// A software TPM's state.
  private static let tpm = ["tpm"]
  private static let clock = UnixTime(1_790_000_100)

  let folder: TemporaryFolder
  let swtpm: SwTPM?
  var path: String { folder.path("store") }
  /// All that anybody was given, by a receipt or by reading, in its order. It never gets shorter.
  private var given: [String] = []
  /// A disk that belongs to what the TPM holds.
  private var newest: String?
  private var copies = 0

  init(_ kind: Kind) throws {
    folder = try TemporaryFolder()
    swtpm = kind == .swtpm ? try SwTPM() : nil
    let driver = try TPMDriver(parsing: swtpm?.configuration ?? "software", stateDirectory: "")
    _ = try StoreTests.make(path, StoreTests.plan(driver))
    try {
      let custodian = try open()
      for name in ["one", "two"] { try commit([name], by: custodian) }
    }()
    newest = try copy()
  }

  // MARK: Committing

  func commit(_ names: String...) throws {
    try commit(names, by: try open())
    newest = try copy()
  }

  private func commit(_ names: [String], by custodian: Custodian) throws {
    let before = try read(custodian)
    let receipts = try custodian.record(names.map(Self.event), at: Self.clock)
    #expect(receipts.map(\.leafIndex) == names.indices.map { UInt64(1 + before.count + $0) })
    #expect(try read(custodian) == before + names)
  }

  /// The power goes at a step of a commit: disk and TPM stay as they are at that moment.
  func crash(_ step: CommitStep, _ names: String...) throws {
    try cutOff(step, names)
    try swtpm?.powerOn()
    try put(try #require(newest), Self.disk + (swtpm == nil ? Self.tpm : []))
  }

  private func cutOff(_ step: CommitStep, _ names: [String]) throws {
    let custodian = try open()
    let first = try custodian.head().size
    let leaves = names.map { LedgerLeaf(claimed: Self.clock, Self.event($0)) }
    let standing = custodian.state.standing(behind: leaves, from: first)
    let state = standing.commitState(policyVersion: try custodian.tpm.policyVersion())
    #expect(throws: LedgerError.self) {
      _ = try custodian.ledger.commit(leaves, state) { reached in
        guard reached == step else { return }
        self.newest = try self.copy()
        self.swtpm?.pullThePlug()
        throw PowerCut()
      }
    }
    // Had the process lived on, nobody would have been given anything by it.
    #expect(throws: StoreError.self) { try custodian.head() }
    #expect(throws: StoreError.self) { try custodian.leaf(at: 0) }
    #expect(throws: LedgerError.self) { try custodian.ledger.checkpoint() }
    #expect(throws: LedgerError.self) { try custodian.ledger.receipt(ofLeafAt: 0) }
  }

  // MARK: Hands on the disk

  /// Puts the whole store aside, as it is.
  func copy() throws -> String {
    copies += 1
    let aside = folder.path("copy-\(copies)")
    try runChecked(["cp", "-a", path, aside])
    return aside
  }

  /// Puts names of a copy back; what the copy does not have is taken away.
  func put(_ copy: String, _ names: [String]) throws {
    for name in names {
      try remove(name)
      if FileManager.default.fileExists(atPath: copy + "/" + name) {
        try runChecked(["cp", "-a", copy + "/" + name, path + "/" + name])
      }
    }
  }

  /// Takes over what lies under these names in another store.
  func take(_ names: [String], of other: CommitRig) throws { try put(other.path, names) }

  func remove(_ name: String) throws { try runChecked(["rm", "-rf", path + "/" + name]) }

  /// The disk had not kept the newest transaction.
  func loseLog() throws {
    try #require(FileManager.default.fileExists(atPath: path + "/ledger/ledger.db-wal"))
    try remove("ledger/ledger.db-wal")
  }

  @discardableResult
  func sql(_ statements: String) throws -> String {
    String(decoding: try runChecked(["sqlite3", path + "/ledger/ledger.db", statements]), as: UTF8.self)
  }

  /// Takes the commits from a number on out of the database; each of the first ones brought one leaf.
  func truncate(from number: Int) throws {
    try sql("DELETE FROM leaf WHERE position >= \(number - 1); DELETE FROM commit_record WHERE number >= \(number)")
  }

  /// Bodies of the records, the first one first.
  func bodies() throws -> [[UInt8]] {
    try sql("SELECT lower(hex(body)) FROM commit_record ORDER BY number").split(separator: "\n").map {
      try #require(Hex.decode($0.utf8))
    }
  }

  /// Leaves the last record as it is, signed by somebody else.
  func forgeSignature(_ sign: (_ body: [UInt8]) throws -> [UInt8]) throws {
    let bodies = try bodies()
    let signature = Hex.encode(try sign(try #require(bodies.last)))
    try sql("UPDATE commit_record SET signature = x'\(signature)' WHERE number = \(bodies.count)")
  }

  /// Alters a side file: a byte at an offset, or the last one of its rows.
  func alter(_ side: [String], at offset: Int?) throws {
    let name = "store/" + side[0]
    var bytes = try folder.read(name)
    let size = try #require(SideFile(decoding: bytes)).encoded.count
    bytes[offset ?? size - 1] ^= 1
    try folder.write(name, bytes)
  }

  // MARK: Hands on the TPM

  /// The TPM under the store's policy, for whoever runs on this machine.
  func custody() throws -> CustodyTPM { try Store.open(at: path).custody() }

  /// Puts the TPM back to what it was. No disk that was set aside belongs to it.
  func putTPM(_ copy: String) throws {
    try put(copy, Self.tpm)
    newest = nil
  }

  func takeTPM(of other: CommitRig) throws { try putTPM(other.path) }

  func deleteAnchor() throws {
    newest = nil
    let keys = try Store.open(at: path).keys
    if let swtpm { return try swtpm.tool(["tpm2_nvundefine", "-C", "o", Self.handle(keys.anchor)]) }
    // 0xFF: by the owner's empty auth.
    try custody().tpm.use { connection throws(TPMError) in try connection.remove([keys.anchor], [], by: 0xFF) }
  }

  /// The same attributes and the same policy at the same place: it differs only in that it was never written.
  func defineAnchor() throws {
    let keys = try Store.open(at: path).keys
    if let swtpm {
      let policy = try folder.write("policy", keys.outerPolicy)
      return try swtpm.tool([
        "tpm2_nvdefine", "-C", "o", "-s", "32", "-g", "sha256", "-L", policy,
        "-a", "nt=extend|policywrite|authread|no_da", Self.handle(keys.anchor),
      ])
    }
    let made = try custody().tpm.use { connection throws(TPMError) in
      try connection.define(.anchor(policy: keys.outerPolicy))
    }
    #expect(made.handle == keys.anchor.handle)
    #expect(made.name == keys.anchor.name)
  }

  /// Begins the anchor once more, and extends it by every commit on the disk.
  func replayIntoAnchor() throws {
    let custody = try custody()
    _ = try custody.initialiseAnchor()
    for body in try bodies() { try custody.extendAnchor(digest(body)) }
  }

  private static func handle(_ index: NVIndex) -> String { "0x" + String(index.handle, radix: 16) }

  // MARK: Opening

  private func open() throws -> Custodian { try Store.open(at: path).running() }

  private static func event(_ name: String) -> LedgerEvent {
    .export(Export(size: 0, root: digest([]).bytes, recipient: Array(name.utf8)))
  }

  /// Reads the whole history, which must go on from all that was given before.
  private func read(_ custodian: Custodian) throws -> [String] {
    let names = try (1..<custodian.head().size).map { index in
      guard case .export(let event)? = try custodian.leaf(at: index)?.event else { return "leaf \(index)" }
      return String(decoding: event.recipient, as: UTF8.self)
    }
    #expect(names.starts(with: given), "\(given) was given, and \(names) is there")
    given = names
    return names
  }

  /// Files of the history, byte for byte, but for the lock. A log without a byte is none.
  private func files() throws -> [String: [UInt8]] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/ledger")) ?? []
    let kept = try names.filter { $0 != "lock" }.map { ($0, try folder.read("store/ledger/" + $0)) }
    return Dictionary(uniqueKeysWithValues: kept.filter { !$0.1.isEmpty })
  }

  func expect(_ ending: Ending) throws {
    switch ending {
    case .runs(let names): try expectRunning(names)
    case .refused(let finding): try expectRefusal { $0 == finding }
    case .anothers:
      let own = try Store.open(at: path).storeID
      try expectRefusal { if case .otherStore(let id) = $0 { id != own } else { false } }
    case .stops(let words):
      let before = try files()
      let error = #expect(throws: StoreError.self) { try Store.open(at: path).unlock() }
      #expect(error.map { "\($0)".contains(words) } == true, "\(error.map { "\($0)" } ?? "")")
      #expect(try files() == before)
    }
  }

  /// It runs, is provable to others, and goes on from there.
  private func expectRunning(_ names: [String]) throws {
    try {
      let custodian = try open()
      #expect(try read(custodian) == names)
      #expect(try custodian.tpm.readAnchor() == custodian.head().anchor)
      let leaf = try #require(try custodian.leaf(at: UInt64(names.count))).encoded()
      let proof = try #require(try custodian.ledger.proof(ofLeafAt: UInt64(names.count)))
      try verifyLogged(leaf, by: proof, storeID: custodian.store.storeID, key: custodian.store.keys.commit.spki)
      try commit(["after"], by: custodian)
      #expect(try [custodian.tpm.tpm.transientObjects(), custodian.tpm.tpm.loadedSessions()] == [0, 0])
    }()
    #expect(try read(open()) == names + ["after"])
  }

  /// It is refused, without a change to disk or TPM: the disk that belongs there still runs.
  private func expectRefusal(_ isExpected: (Finding) -> Bool) throws {
    let before = try files()
    try {
      guard case .refused(let forensic, let custody) = try Store.open(at: path).unlock() else {
        Issue.record("it runs")
        return
      }
      #expect(isExpected(forensic.finding), "\(forensic.finding)")
      #expect(try TPMAnchor(custody).read() == forensic.anchor)
      #expect(try [custody.tpm.transientObjects(), custody.tpm.loadedSessions()] == [0, 0])
    }()
    #expect(try files() == before)
    guard let newest else { return }
    try put(newest, Self.disk)
    _ = try read(open())
  }
}
