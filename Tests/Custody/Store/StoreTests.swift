import Cryptography
import Glibc
import LedgerLeaf
import Octets
import Store
import TPM
import TestSupport
import Testing

@Suite struct StoreTests {
  private let message = Array("what a report says".utf8)
  fileprivate static let software = plan(TPMDriver.software(stateDirectory: ""))

  static func plan(_ driver: TPMDriver) -> StorePlan {
    StorePlan(driver: driver, clock: UnixTime(1_790_000_000), program: "assay test")
  }

  static func make(_ path: String, _ plan: StorePlan) throws -> Store { try Store.create(at: path, plan, pin: nil) }

  /// A store that was made and closed.
  fileprivate struct Made {
    let folder: TemporaryFolder
    let directory: String

    init() throws {
      folder = try TemporaryFolder()
      directory = folder.path("store")
      _ = try make(directory, software)
    }

    func record() throws -> String { String(decoding: try folder.read("store/store.json"), as: UTF8.self) }
  }

  // MARK: Making

  @Test func whatIsMadeCanBeOpenedAndSigns() throws {
    let folder = try TemporaryFolder()
    let made = try Self.make(folder.path("store"), Self.software)
    let opened = try Store.open(at: folder.path("store/"))
    #expect(opened.id == made.id)
    #expect(opened.id.utf8.count == 32)
    #expect(opened.keys == made.keys)
    #expect(opened.driver == .software(stateDirectory: folder.path("store") + "/tpm"))
    #expect(opened.driver.isSoftware)

    let signature = try opened.running().tpm.signReport(digest(message))
    #expect(try opensslAccepts(signature, over: message, spki: opened.keys.report.spki))
  }

  @Test func liesInItsFolderForItsUserAlone() throws {
    let made = try Made()
    #expect(try made.folder.names() == ["store"])
    let modes = [
      ("", 0o700), ("/store.json", 0o600), ("/policy.json", 0o600), ("/reports", 0o700), ("/pending", 0o700),
      ("/evidence", 0o700), ("/ledger", 0o700), ("/tpm", 0o700), ("/tpm/state", 0o600),
    ]
    for (name, mode) in modes {
      var facts = stat()
      #expect(stat(made.directory + name, &facts) == 0)
      #expect(Int(facts.st_mode & 0o777) == mode, "\(name)")
    }
  }

  @Test func idsDiffer() throws {
    let (one, other) = (try Made(), try Made())
    #expect(try Store.open(at: one.directory).id != Store.open(at: other.directory).id)
  }

  @Test func foldersAboveAreMade() throws {
    let folder = try TemporaryFolder()
    let store = try Self.make(folder.path("a/b/store"), Self.software)
    #expect(try Store.open(at: folder.path("a/b/store")).id == store.id)
  }

  @Test func anEmptyFolderMayBecomeAStore() throws {
    let folder = try TemporaryFolder()
    mkdir(folder.path("store"), 0o755)
    let store = try Self.make(folder.path("store"), Self.software)
    #expect(try Store.open(at: folder.path("store")).id == store.id)
    #expect(try folder.names() == ["store"])
  }

  @Test func noStoreIsMadeOverAnother() throws {
    let made = try Made()
    let before = try made.record()
    let error = #expect(throws: StoreError.self) { try Self.make(made.directory, Self.software) }
    #expect(error == .exists(directory: made.directory, "holds a store already"))
    #expect(try made.record() == before)
    #expect(try made.folder.names() == ["store"])
  }

  @Test func noStoreIsMadeOverSomethingElse() throws {
    let folder = try TemporaryFolder()
    try folder.write("full/file", [1])
    try folder.write("file", [1])
    for (name, words) in [("full", "is not empty"), ("file", "is not a folder")] {
      let error = #expect(throws: StoreError.self) { try Self.make(folder.path(name), Self.software) }
      #expect(error == .exists(directory: folder.path(name), words))
    }
    #expect(try folder.names() == ["file", "full"])
    #expect(try folder.read("full/file") == [1])
  }

  /// Of several at once, one wins, and the others leave nothing.
  @Test func ofManyAtOnceOneWins() async throws {
    let folder = try TemporaryFolder()
    let directory = folder.path("store")
    let winners: [String] = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<4 {
        group.addTask { try? Self.make(directory, Self.software).id }
      }
      return await group.reduce(into: []) { winners, id in if let id { winners.append(id) } }
    }
    let kept = try Store.open(at: directory).id
    #expect(winners == [kept])
    #expect(try folder.names() == ["store"])
  }

  @Test func whatFailsLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: StoreError.self) {
      try Self.make(folder.path("store"), Self.plan(.device("/dev/tpmrm9999")))
    }
    guard case .tpm(let cause) = error else {
      Issue.record("not the TPM's error: \(String(describing: error))")
      return
    }
    #expect(cause.kind == .unreachable)
    #expect(try folder.names().isEmpty)
  }

  #if DEBUG
    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func worksOnATPMElsewhere() throws {
      let swtpm = try SwTPM()
      let folder = try TemporaryFolder()
      let driver = try TPMDriver(parsing: swtpm.configuration, stateDirectory: "")
      _ = try Self.make(folder.path("store"), Self.plan(driver))
      #expect(
        try names(in: folder.path("store")) == [
          "evidence", "ledger", "pending", "policy.json", "reports", "store.json",
        ])
      let store = try Store.open(at: folder.path("store"))
      #expect(store.driver == driver)
      let custodian = try store.running()
      #expect(
        try opensslAccepts(try custodian.tpm.signReport(digest(message)), over: message, spki: store.keys.report.spki))
      #expect(try custodian.tpm.tpm.transientObjects() == 0)
    }

    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func anotherTPMIsNoticed() throws {
      let folder = try TemporaryFolder()
      let (one, other) = (try SwTPM(), try SwTPM())
      let driver = try TPMDriver(parsing: one.configuration, stateDirectory: "")
      _ = try Self.make(folder.path("store"), Self.plan(driver))
      let record = String(decoding: try folder.read("store/store.json"), as: UTF8.self)
      let place = try #require(record.firstRange(of: one.configuration))
      try folder.write("store/store.json", Array(record.replacing(place, by: other.configuration).utf8))
      let error = #expect(throws: StoreError.self) { try Store.open(at: folder.path("store")).running() }
      #expect(error.map { "\($0)".contains("Keys belong to another TPM") } == true)
    }

    /// What fails on a TPM that is there leaves nothing in it, either.
    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func whatFailsLeavesNoIndices() throws {
      let swtpm = try SwTPM()
      let folder = try TemporaryFolder()
      let driver = try TPMDriver(parsing: swtpm.configuration, stateDirectory: "")
      // Beyond what a leaf holds, so that the first commit fails when everything is in the TPM.
      let plan = StorePlan(
        driver: driver, clock: UnixTime(0), program: String(repeating: "p", count: LedgerLeaf.mostText + 1))
      #expect(throws: StoreError.self) { try Self.make(folder.path("store"), plan) }
      #expect(try TPM.open(driver).indices().filter { $0 & 0x01FF_0000 == 0x0180_0000 }.isEmpty)
      #expect(try folder.names().isEmpty)
    }
  #endif

  // MARK: Opening

  @Test func aMissingStoreIsAnErrorAndIsNotMade() throws {
    let folder = try TemporaryFolder()
    mkdir(folder.path("empty"), 0o700)
    try folder.write("file", [1])
    for name in ["absent", "empty", "file"] {
      let error = #expect(throws: StoreError.self) { try Store.open(at: folder.path(name)) }
      #expect(error == .missing(directory: folder.path(name)))
      #expect(error.map { "\($0)".contains("run `assay init`") } == true)
    }
    #expect(try folder.names() == ["empty", "file"])
    #expect(try names(in: folder.path("empty")).isEmpty)
  }

  @Test func aLostSoftwareTPMIsNotMadeAgain() throws {
    let made = try Made()
    unlink(made.directory + "/tpm/state")
    let store = try Store.open(at: made.directory)
    let error = #expect(throws: StoreError.self) { try store.running() }
    guard case .tpm(let cause) = error else {
      Issue.record("not the TPM's error: \(String(describing: error))")
      return
    }
    #expect(cause.kind == .stateMissing)
    #expect(try !names(in: made.directory + "/tpm").contains("state"))
  }

  /// Alterations that are refused before the TPM is asked.
  static let alterations: [(String, Alteration, words: String)] = [
    ("another format", .replace("assay-store/2", "assay-store/1"), "the format is not"),
    ("a short id", .set("id", "\"00\""), "1 bytes, not 16"),
    ("an id in capitals", .set("id", "\"AA\""), "not lower-case hexadecimal"),
    ("an unknown driver", .set("tpm", "\"cmd:sh\""), "No TPM driver is called"),
    ("an unknown binding", .set("bootBinding", "\"all\""), "none of none, secureboot-only, verity-uki"),
    ("a binding that nobody approves", .set("bootBinding", "\"verity-uki\""), "without a site's policy authority"),
    ("another authority", .take("authority"), "is not what its policy makes it"),
    ("another counter", .take("name"), "is not what its policy makes it"),
    ("another anchor", .take("name", .last), "is not what its policy makes it"),
    ("no public area", .set("public", "\"\""), "is not what its policy makes it"),
    ("no private part", .set("private", "\"\""), "which is impossible"),
    (
      "a private part too long", .set("private", "\"\(String(repeating: "AAAA", count: 341))AAA=\""),
      "1025 bytes, which is impossible"
    ),
    ("no Base64", .set("private", "\"AA\""), "no canonical standard Base64"),
    ("no handle", .set("handle", "\"00\""), "1 bytes, not 4"),
    ("a handle of another kind", .set("handle", "\"80000000\""), "is not one"),
    ("a PIN's salt that is none", .set("pin", "\"AAAA\""), "salt is not one"),
    ("an unknown member", .replace("\"id\"", "\"policy\": 1, \"id\""), "is unknown"),
    ("an unknown inner member", .replace("\"pin\"", "\"more\": 1, \"pin\""), "is unknown"),
    ("a key twice", .replace("\"tpm\"", "\"tpm\": \"software\", \"tpm\""), "“tpm” stands twice"),
    ("a member twice, another absent", .replace("\"storeKey\"", "\"commit\""), "“commit” stands twice"),
    ("cut short", .whole { String($0.dropLast(3)) }, "closing brace is wanted"),
    ("empty", .whole { _ in "" }, "the document ends"),
    ("something behind it", .whole { $0 + "{}" }, "data behind"),
    ("too long", .whole { $0 + String(repeating: " ", count: 70_000) }, "longer than"),
  ]

  @Test(arguments: alterations.indices) func anAlteredRecordIsRefused(_ index: Int) throws {
    let (name, alteration, words) = Self.alterations[index]
    let made = try Made()
    try alteration.apply(to: made)
    let error = #expect(throws: StoreError.self, "\(name)") { try Store.open(at: made.directory) }
    guard case .malformed(let path, let what) = error else {
      Issue.record("\(name): \(String(describing: error))")
      return
    }
    #expect(path == made.directory + "/store.json")
    #expect(what.contains(words), "\(name): \(what)")
  }

  /// What only the TPM, or the history, can tell.
  static let foreign: [(String, Alteration, words: String)] = [
    ("another store key", .take("private", .last), "Keys belong to another TPM"),
    ("another store's record", .takeAll, "another machine's counter"),
    ("another id", .take("id"), "another store's"),
    ("a claim to be a chip", .set("siteAuthority", "true"), "not those that the history began with"),
  ]

  @Test(arguments: foreign.indices) func aForeignRecordIsRefused(_ index: Int) throws {
    let (name, alteration, words) = Self.foreign[index]
    let made = try Made()
    try alteration.apply(to: made)
    let store = try Store.open(at: made.directory)
    let error = #expect(throws: StoreError.self, "\(name)") { try store.running() }
    #expect(error.map { "\($0)".contains(words) } == true, "\(name): \(error.map { "\($0)" } ?? "")")
  }

  // MARK: Places

  static let places: [([String: String], String)] = [
    (["XDG_STATE_HOME": "/state", "HOME": "/home/a"], "/state/assay"),
    (["XDG_STATE_HOME": "/state/"], "/state/assay"),
    (["XDG_STATE_HOME": "relative", "HOME": "/home/a"], "/home/a/.local/state/assay"),
    (["XDG_STATE_HOME": "", "HOME": "/home/a"], "/home/a/.local/state/assay"),
    (["HOME": ""], "/var/lib/assay"),
    ([:], "/var/lib/assay"),
  ]

  @Test(arguments: places) func liesWhereXDGSays(_ environment: [String: String], _ place: String) {
    #expect(Store.defaultDirectory { environment[$0] } == place)
  }
}

/// A change of `store.json`.
enum Alteration: Sendable {
  enum Owner { case first, last }

  case replace(String, String)
  /// Gives a member another value.
  case set(String, String)
  /// Gives a member the value that it has in another store.
  case take(String, Owner = .first)
  case takeAll
  case whole(@Sendable (String) -> String)

  fileprivate func apply(to made: StoreTests.Made) throws {
    let record = try made.record()
    let altered: String
    switch self {
    case .replace(let old, let new):
      let place = try #require(record.firstRange(of: old))
      altered = record.replacing(place, by: new)
    case .set(let member, let value): altered = try record.replacing(record.value(of: member, .first), by: value)
    case .take(let member, let owner):
      let other = try StoreTests.Made().record()
      altered = try record.replacing(
        record.value(of: member, owner), by: String(other[try other.value(of: member, owner)]))
    case .takeAll: altered = try StoreTests.Made().record()
    case .whole(let change): altered = change(record)
    }
    try #require(altered != record)
    try made.folder.write("store/store.json", Array(altered.utf8))
  }
}

extension String {
  fileprivate func replacing(_ range: Range<String.Index>, by new: String) -> String {
    String(self[..<range.lowerBound]) + new + self[range.upperBound...]
  }

  /// Where a member's value stands, of several members of one name the first or the last.
  fileprivate func value(of member: String, _ owner: Alteration.Owner) throws -> Range<String.Index> {
    let keys = ranges(of: "\"\(member)\": ")
    let key = try #require(owner == .first ? keys.first : keys.last)
    return key.upperBound..<(self[key.upperBound...].firstIndex { $0 == "," || $0 == "\n" } ?? endIndex)
  }
}

/// Names in a folder, sorted.
private func names(in path: String) throws -> [String] {
  try runChecked(["ls", "-A", path]).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
}
