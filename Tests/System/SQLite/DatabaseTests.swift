import FoundationEssentials
import SQLite
import TestSupport
import Testing

@Suite struct DatabaseTests {
  static let table = "CREATE TABLE word (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT"
  static let schema = Database.Schema(applicationID: 0x4173_5479, tables: [.init(name: "word", sql: table)])

  /// A database with one row, closed.
  static func made() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let database = try Database(folder.path("db"), .create, schema)
    try insert(database, 1, [1, 2, 3])
    return folder
  }

  static func insert(_ database: Database, _ id: Int64, _ value: [UInt8]) throws {
    let statement = try database.prepare("INSERT INTO word (id, value) VALUES (?, ?)")
    try statement.bind(1, id)
    try statement.bind(2, value)
    try statement.execute()
  }

  @Test func keepsWhatWasWritten() throws {
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .open, Self.schema)
    try Self.insert(database, 2, [])
    let rows = try database.prepare("SELECT id, value FROM word ORDER BY id")
    #expect(try rows.step())
    #expect(try rows.integer(0) == 1)
    #expect(try rows.blob(1) == [1, 2, 3])
    #expect(throws: SQLiteError.self) { try rows.integer(1) }
    #expect(throws: SQLiteError.self) { try rows.blob(0) }
    #expect(throws: SQLiteError.self) { try rows.text(0) }
    #expect(try rows.step())
    #expect(try rows.blob(1) == [])
    #expect(try !rows.step())
  }

  @Test func undoesWhatFails() throws {
    struct Stop: Error {}
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .open, Self.schema)
    #expect(throws: Stop.self) {
      try database.transaction(reporting: { $0 as any Error }) { () throws(any Error) in
        try Self.insert(database, 2, [])
        throw Stop()
      }
    }
    let rows = try database.prepare("SELECT count(*) FROM word")
    #expect(try rows.step())
    #expect(try rows.integer(0) == 1)
  }

  @Test func makesNothingOverWhatIsThere() throws {
    let folder = try Self.made()
    #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .create, Self.schema) }
    #expect(throws: SQLiteError.self) { try Database(folder.path("other"), .open, Self.schema) }
    #expect(try folder.names() == ["db"])
  }

  /// Each as the `sqlite3` program, or an editor of bytes, can make it. All but the last leave the row in place.
  @Test(
    .enabled(if: isInstalled("sqlite3"), "the sqlite3 program is not installed"),
    arguments: [
      "CREATE TRIGGER t AFTER INSERT ON word BEGIN DELETE FROM word; END",
      "CREATE VIEW v AS SELECT 1", "CREATE TABLE other (x)", "CREATE INDEX i ON word (value)",
      "ALTER TABLE word ADD COLUMN more BLOB", "DROP TABLE word", "PRAGMA application_id=1",
      "PRAGMA journal_mode=DELETE",
      "PRAGMA writable_schema=1; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', 'STRICT ')",
      "PRAGMA writable_schema=1; UPDATE sqlite_schema SET tbl_name = 'WORD'",
      "PRAGMA journal_mode=DELETE; PRAGMA page_size=8192; VACUUM; PRAGMA journal_mode=WAL",
      "DROP TABLE word; CREATE VIEW word AS SELECT 1 AS id, x'00' AS value",
    ])
  func refusesAnotherSchema(_ statements: String) throws {
    let folder = try Self.made()
    try runChecked(["sqlite3", folder.path("db"), statements])
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .open, Self.schema) }
    #expect(error?.isMalformed == true)
  }

  @Test(arguments: ["truncated", "empty", "text", "page", "encoding", "cell", "journal", "folder"])
  func refusesDamage(_ what: String) throws {
    let folder = try Self.made()
    var bytes = try folder.read("db")
    switch what {
    case "truncated": bytes.removeLast(4096)
    case "empty": bytes = []
    case "text": bytes = Array("SQLite format 4\0".utf8) + bytes[16...]
    case "page": bytes[17] = 1
    case "encoding": bytes[59] = 2
    // The first cell pointer of the table's page, to beyond the page.
    case "cell": bytes[4096 + 8] = 0xff
    case "journal": try folder.write("db-journal", [])
    default: break
    }
    try FileManager.default.removeItem(atPath: folder.path("db"))
    if what == "folder" {
      try FileManager.default.createDirectory(atPath: folder.path("db"), withIntermediateDirectories: false)
    } else {
      try folder.write("db", bytes)
    }
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .open, Self.schema) }
    #expect(error?.isMalformed == true, "\(String(describing: error))")
  }

  // MARK: The log beside it

  /// As after a kill: what `add` wrote is in the log alone.
  static func killed(_ folder: TemporaryFolder, adding ids: [Int64]) throws {
    let database = try Database(folder.path("db"), .open, schema)
    for id in ids { try insert(database, id, [7]) }
  }

  static func ids(_ folder: TemporaryFolder) throws -> [Int64] {
    let database = try Database(folder.path("db"), .open, schema)
    let rows = try database.prepare("SELECT id FROM word ORDER BY id")
    var ids: [Int64] = []
    while try rows.step() { ids.append(try rows.integer(0)) }
    return ids
  }

  @Test func isOneFileWhenClosed() throws {
    let folder = try Self.made()
    #expect(try folder.names() == ["db"])
    try Self.killed(folder, adding: [2])
    #expect(try folder.names() == ["db", "db-wal"])
    do {
      let database = try Database(folder.path("db"), .open, Self.schema)
      try database.trust()
    }
    #expect(try folder.names() == ["db"])
    #expect(try Self.ids(folder) == [1, 2])
  }

  /// The log of another file that is of the same kind: SQLite plays it, and whoever finds that out has lost nothing.
  @Test func changesNothingBeforeItIsTrusted() throws {
    let folder = try Self.made()
    let other = try Self.made()
    try Self.killed(other, adding: [8])
    try folder.write("db-wal", try other.read("db-wal"))
    let before = try (folder.read("db"), folder.read("db-wal"))
    #expect(try Self.ids(folder) == [1, 8])
    #expect(try folder.read("db") == before.0)
    #expect(try folder.read("db-wal") == before.1)
  }

  /// What a power cut leaves of it: the last transaction is gone, those before are not.
  @Test(arguments: [("tail", [Int64(1), 2]), ("header", [1]), ("zeros", [1]), ("nothing", [1])])
  func forgivesATornLog(_ what: String, _ ids: [Int64]) throws {
    let folder = try Self.made()
    try Self.killed(folder, adding: [2, 3])
    var log = try folder.read("db-wal")
    switch what {
    case "tail": log[log.count - 1] ^= 1
    case "header": log.removeLast(log.count - 20)
    case "zeros": log = [UInt8](repeating: 0, count: 4096)
    default: log = []
    }
    try folder.write("db-wal", log)
    #expect(try Self.ids(folder) == ids)
  }

  /// SQLite itself passes over a log that it does not know, and writes over it.
  @Test(arguments: ["text", "format", "page", "link", "folder"]) func refusesWhatIsNoLog(_ what: String) throws {
    let folder = try Self.made()
    try Self.killed(folder, adding: [2])
    var log = try folder.read("db-wal")
    try FileManager.default.removeItem(atPath: folder.path("db-wal"))
    switch what {
    case "text": log = Array(repeating: 0x41, count: 4096)
    case "format": log[7] ^= 1
    case "page": log[10] = 0x20
    case "link":
      try folder.write("elsewhere", log)
      try FileManager.default.createSymbolicLink(atPath: folder.path("db-wal"), withDestinationPath: "elsewhere")
    default: try FileManager.default.createDirectory(atPath: folder.path("db-wal"), withIntermediateDirectories: false)
    }
    if what != "link", what != "folder" { try folder.write("db-wal", log) }
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .open, Self.schema) }
    #expect(error?.isMalformed == true, "\(String(describing: error))")
  }

  /// The file's first page is ours; the log holds another one.
  @Test(
    .enabled(if: isInstalled("sqlite3"), "the sqlite3 program is not installed"),
    arguments: [
      ["PRAGMA application_id=1"], [".filectrl reserve_bytes 8", "VACUUM"],
      ["CREATE TRIGGER t AFTER INSERT ON word BEGIN DELETE FROM word; END"],
    ])
  func refusesALogThatChangesWhatItIs(_ statements: [String]) throws {
    let folder = try Self.made()
    let before = try folder.read("db")
    try runChecked(["sqlite3", folder.path("db"), ".dbconfig no_ckpt_on_close on"] + statements)
    #expect(try folder.read("db") == before)
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .open, Self.schema) }
    #expect(error?.isMalformed == true, "\(String(describing: error))")
  }

  /// Another process's index of the log is neither believed nor touched.
  @Test func readsNoIndex() throws {
    let folder = try Self.made()
    try Self.killed(folder, adding: [2])
    try folder.write("db-shm", Array(repeating: 0x5a, count: 32_768))
    #expect(try Self.ids(folder) == [1, 2])
    #expect(try folder.read("db-shm") == Array(repeating: 0x5a, count: 32_768))
  }

  /// However much is written, the log stays short.
  @Test func bringsTheLogIn() throws {
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .open, Self.schema)
    for id in 2...400 { try Self.insert(database, Int64(id), [UInt8](repeating: 1, count: 40_000)) }
    #expect(try folder.read("db").count > 8 << 20)
    #expect(try folder.read("db-wal").count < 5 << 20)
  }

  @Test func followsNoLink() throws {
    let folder = try Self.made()
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "db")
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("link"), .open, Self.schema) }
    #expect(error?.isMalformed == true)
    // The folder may be reached through one.
    try FileManager.default.createSymbolicLink(atPath: folder.path("way"), withDestinationPath: ".")
    _ = try Database(folder.path("way/db"), .open, Self.schema)
  }

  @Test func excludesOthers() throws {
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .open, Self.schema)
    try Self.insert(database, 2, [])
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .open, Self.schema) }
    #expect(error?.isBusy == true)
  }
}
