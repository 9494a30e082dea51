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
    let database = try Database(folder.path("db"), .readWrite, Self.schema)
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

  @Test func readsOnly() throws {
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .readOnly, Self.schema)
    do {
      try Self.insert(database, 2, [])
      Issue.record("wrote")
    } catch let error as SQLiteError {
      #expect(error.isReadOnly)
    }
  }

  @Test func undoesWhatFails() throws {
    struct Stop: Error {}
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .readWrite, Self.schema)
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
    #expect(throws: SQLiteError.self) { try Database(folder.path("other"), .readWrite, Self.schema) }
    #expect(try folder.names() == ["db"])
  }

  /// Each as the `sqlite3` program, or an editor of bytes, can make it. All but the last leave the row in place.
  @Test(
    .enabled(if: isInstalled("sqlite3"), "the sqlite3 program is not installed"),
    arguments: [
      "CREATE TRIGGER t AFTER INSERT ON word BEGIN DELETE FROM word; END",
      "CREATE VIEW v AS SELECT 1", "CREATE TABLE other (x)", "CREATE INDEX i ON word (value)",
      "ALTER TABLE word ADD COLUMN more BLOB", "DROP TABLE word", "PRAGMA application_id=1", "PRAGMA journal_mode=WAL",
      "PRAGMA writable_schema=1; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', 'STRICT ')",
      "PRAGMA writable_schema=1; UPDATE sqlite_schema SET tbl_name = 'WORD'",
      "PRAGMA page_size=8192; VACUUM", "DROP TABLE word; CREATE VIEW word AS SELECT 1 AS id, x'00' AS value",
    ])
  func refusesAnotherSchema(_ statements: String) throws {
    let folder = try Self.made()
    try runChecked(["sqlite3", folder.path("db"), statements])
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .readWrite, Self.schema) }
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
    case "journal": try folder.write("db-journal", [1, 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
    default: break
    }
    try FileManager.default.removeItem(atPath: folder.path("db"))
    if what == "folder" {
      try FileManager.default.createDirectory(atPath: folder.path("db"), withIntermediateDirectories: false)
    } else {
      try folder.write("db", bytes)
    }
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .readWrite, Self.schema) }
    #expect(error?.isMalformed == true, "\(String(describing: error))")
  }

  @Test func followsNoLink() throws {
    let folder = try Self.made()
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "db")
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("link"), .readWrite, Self.schema) }
    #expect(error?.isMalformed == true)
    // The folder may be reached through one.
    try FileManager.default.createSymbolicLink(atPath: folder.path("way"), withDestinationPath: ".")
    _ = try Database(folder.path("way/db"), .readWrite, Self.schema)
  }

  @Test func excludesOthers() throws {
    let folder = try Self.made()
    let database = try Database(folder.path("db"), .readWrite, Self.schema)
    try Self.insert(database, 2, [])
    let error = #expect(throws: SQLiteError.self) { try Database(folder.path("db"), .readWrite, Self.schema) }
    #expect(error?.isBusy == true)
  }
}
