import Cryptography
import Glibc
import Store
import TPM
import TestSupport
import Testing

@Suite struct StoreTests {
  private let message = Array("what a report says".utf8)
  fileprivate static let software = TPMDriver.software(stateDirectory: "")

  /// A store that was made and closed.
  fileprivate struct Made {
    let folder: TemporaryFolder
    let directory: String

    init() throws {
      folder = try TemporaryFolder()
      directory = folder.path("store")
      try Store.create(at: directory, driver: software).close()
    }

    func record() throws -> String { String(decoding: try folder.read("store/store.json"), as: UTF8.self) }
  }

  // MARK: Making

  @Test func whatIsMadeCanBeOpenedAndSigns() throws {
    let folder = try TemporaryFolder()
    let made = try Store.create(at: folder.path("store"), driver: Self.software)
    let opened = try Store.open(at: folder.path("store/"))
    #expect(opened.id == made.id)
    #expect(opened.id.utf8.count == 32)
    #expect(opened.reportKey == made.reportKey)
    #expect(opened.driver == .software(stateDirectory: folder.path("store") + "/tpm"))
    #expect(opened.driver.isSoftware)

    let signature = try opened.sign(digest(message))
    #expect(try opensslAccepts(signature, over: message, spki: opened.reportKey.spki))
    opened.close()
    #expect(try opensslAccepts(try made.sign(digest(message)), over: message, spki: opened.reportKey.spki))
  }

  @Test func liesInItsFolderForItsUserAlone() throws {
    let made = try Made()
    #expect(try made.folder.names() == ["store"])
    let modes = [("", 0o700), ("/store.json", 0o600), ("/reports", 0o700), ("/tpm", 0o700), ("/tpm/state", 0o600)]
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
    let store = try Store.create(at: folder.path("a/b/store"), driver: Self.software)
    #expect(try Store.open(at: folder.path("a/b/store")).id == store.id)
  }

  @Test func anEmptyFolderMayBecomeAStore() throws {
    let folder = try TemporaryFolder()
    mkdir(folder.path("store"), 0o755)
    let store = try Store.create(at: folder.path("store"), driver: Self.software)
    #expect(try Store.open(at: folder.path("store")).id == store.id)
    #expect(try folder.names() == ["store"])
  }

  @Test func noStoreIsMadeOverAnother() throws {
    let made = try Made()
    let before = try made.record()
    let error = #expect(throws: StoreError.self) { try Store.create(at: made.directory, driver: Self.software) }
    #expect(error == .exists(directory: made.directory, "holds a store already"))
    #expect(try made.record() == before)
    #expect(try made.folder.names() == ["store"])
  }

  @Test func noStoreIsMadeOverSomethingElse() throws {
    let folder = try TemporaryFolder()
    try folder.write("full/file", [1])
    try folder.write("file", [1])
    for (name, words) in [("full", "is not empty"), ("file", "is not a folder")] {
      let error = #expect(throws: StoreError.self) { try Store.create(at: folder.path(name), driver: Self.software) }
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
        group.addTask { try? Store.create(at: directory, driver: Self.software).id }
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
      try Store.create(at: folder.path("store"), driver: .device("/dev/tpmrm9999"))
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
      try Store.create(at: folder.path("store"), driver: driver).close()
      #expect(try names(in: folder.path("store")) == ["reports", "store.json"])
      let store = try Store.open(at: folder.path("store"))
      #expect(store.driver == driver)
      #expect(try opensslAccepts(try store.sign(digest(message)), over: message, spki: store.reportKey.spki))
    }

    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func anotherTPMIsNoticed() throws {
      let folder = try TemporaryFolder()
      let (one, other) = (try SwTPM(), try SwTPM())
      let driver = try TPMDriver(parsing: one.configuration, stateDirectory: "")
      try Store.create(at: folder.path("store"), driver: driver).close()
      let record = String(decoding: try folder.read("store/store.json"), as: UTF8.self)
      let place = try #require(record.firstRange(of: one.configuration))
      try folder.write("store/store.json", Array(record.replacing(place, by: other.configuration).utf8))
      let store = try Store.open(at: folder.path("store"))
      let error = #expect(throws: StoreError.self) { try store.sign(digest(message)) }
      #expect(error.map { "\($0)".contains("Keys belong to another TPM") } == true)
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
    let error = #expect(throws: StoreError.self) { try store.sign(digest(message)) }
    guard case .tpm(let cause) = error else {
      Issue.record("not the TPM's error: \(String(describing: error))")
      return
    }
    #expect(cause.kind == .stateMissing)
    #expect(try !names(in: made.directory + "/tpm").contains("state"))
  }

  /// Alterations that are refused before the TPM is asked.
  static let alterations: [(String, Alteration, words: String)] = [
    ("another format", .replace("assay-store/1", "assay-store/2"), "the format is not"),
    ("a short id", .set("id", "\"00\""), "the id has 1 bytes"),
    ("an id in capitals", .set("id", "\"AA\""), "not lower-case hexadecimal"),
    ("an unknown driver", .set("tpm", "\"cmd:sh\""), "No TPM driver is called"),
    ("another SPKI", .take("spki"), "the SubjectPublicKeyInfo is not that"),
    ("another Name", .take("name", .ofReportKey), "the Name is not that"),
    ("another public area", .take("public"), "the Name is not that"),
    ("no public area", .set("public", "\"\""), "not that of a report key"),
    ("no private part", .set("private", "\"\""), "impossible size"),
    ("no Base64", .set("private", "\"AA\""), "no canonical standard Base64"),
    ("no Name of a parent", .set("name", "\"00\""), "storage root key's Name is not one"),
    ("an unknown member", .replace("\"id\"", "\"policy\": 1, \"id\""), "is unknown"),
    ("an unknown inner member", .replace("\"spki\"", "\"pin\": 1, \"spki\""), "is unknown"),
    ("a key twice", .replace("\"tpm\"", "\"tpm\": \"software\", \"tpm\""), "store.json"),
    ("an absent member", .replace("\"storageRootKey\"", "\"reportKey\""), "store.json"),
    ("cut short", .whole { String($0.dropLast(3)) }, "store.json"),
    ("empty", .whole { _ in "" }, "store.json"),
    ("something behind it", .whole { $0 + "{}" }, "store.json"),
    ("too long", .whole { $0 + String(repeating: " ", count: 20_000) }, "longer than"),
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

  /// What only the TPM can tell is told at the first signature.
  static let foreign: [(String, Alteration)] = [
    ("another parent's Name", .take("name", .ofParent)),
    ("another private part", .take("private")),
    ("another store's record", .takeAll),
  ]

  @Test(arguments: foreign.indices) func aForeignKeyIsRefusedByTheTPM(_ index: Int) throws {
    let (name, alteration) = Self.foreign[index]
    let made = try Made()
    try alteration.apply(to: made)
    let store = try Store.open(at: made.directory)
    let error = #expect(throws: StoreError.self, "\(name)") { try store.sign(digest(message)) }
    #expect(error.map { "\($0)".contains("Keys belong to another TPM") } == true, "\(name)")
  }

  // MARK: Reports

  @Test func keepsReportsByTheirContent() throws {
    let made = try Made()
    let store = try Store.open(at: made.directory)
    let report = Array("a report".utf8)
    let path = try store.keep(report: report)
    // printf 'a report' | sha256sum
    let name = try String(
      decoding: runChecked(["sha256sum"], input: report).prefix(64), as: UTF8.self)
    #expect(path == made.directory + "/reports/" + name + ".sigstore.json")
    #expect(try readFile(path) == report)
    var facts = stat()
    #expect(stat(path, &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)

    // Again, and over a damaged one.
    try made.folder.write("store/reports/\(name).sigstore.json", [1])
    #expect(try store.keep(report: report) == path)
    #expect(try readFile(path) == report)
    _ = try store.keep(report: report + [0x0A])
    #expect(try names(in: made.directory + "/reports").count == 2)
  }

  @Test func aReportThatCannotBeKeptIsSaid() throws {
    let made = try Made()
    rmdir(made.directory + "/reports")
    let store = try Store.open(at: made.directory)
    let error = #expect(throws: StoreError.self) { try store.keep(report: [1]) }
    #expect(error.map { "\($0)".contains("No such file or directory") } == true)
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
  enum Owner { case ofParent, ofReportKey }

  case replace(String, String)
  /// Gives a member another value.
  case set(String, String)
  /// Gives a member the value that it has in another store.
  case take(String, Owner = .ofParent)
  case takeAll
  case whole(@Sendable (String) -> String)

  fileprivate func apply(to made: StoreTests.Made) throws {
    let record = try made.record()
    let altered: String
    switch self {
    case .replace(let old, let new):
      let place = try #require(record.firstRange(of: old))
      altered = record.replacing(place, by: new)
    case .set(let member, let value): altered = try record.replacing(record.value(of: member, .ofParent), by: value)
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

  /// Where a member's value stands. Of the two members `name`, the storage root key's is the first.
  fileprivate func value(of member: String, _ owner: Alteration.Owner) throws -> Range<String.Index> {
    let keys = ranges(of: "\"\(member)\": ")
    let key = try #require(owner == .ofParent ? keys.first : keys.last)
    return key.upperBound..<(self[key.upperBound...].firstIndex { $0 == "," || $0 == "\n" } ?? endIndex)
  }
}

/// Names in a folder, sorted.
private func names(in path: String) throws -> [String] {
  try runChecked(["ls", "-A", path]).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
}
