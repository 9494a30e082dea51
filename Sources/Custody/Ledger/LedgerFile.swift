import Cryptography
import SQLite

/// The SQLite file: two tables that only grow. What stands in it is believed only after `History` has read all of it.
struct LedgerFile: Sendable {
  static let name = "ledger.db"
  static let schema = Database.Schema(
    applicationID: 0x4173_4c67,
    tables: [
      .init(name: "leaf", sql: "CREATE TABLE leaf (position INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT"),
      .init(
        name: "commit_record",
        sql: "CREATE TABLE commit_record (number INTEGER PRIMARY KEY, body BLOB NOT NULL, salt BLOB NOT NULL, "
          + "signature BLOB NOT NULL, anchor BLOB NOT NULL) STRICT"),
    ])

  let path: String
  private let database: Database
  private let insertLeaf: Statement
  private let insertRecord: Statement
  private let oneLeaf: Statement

  init(in folder: String, _ access: Database.Access) throws(SQLiteError) {
    path = folder + "/" + Self.name
    database = try Database(path, access, Self.schema)
    insertLeaf = try database.prepare("INSERT INTO leaf (position, row) VALUES (?, ?)")
    insertRecord = try database.prepare(
      "INSERT INTO commit_record (number, body, salt, signature, anchor) VALUES (?, ?, ?, ?, ?)")
    oneLeaf = try database.prepare("SELECT row FROM leaf WHERE position = ?")
  }

  /// Its history is proven: closing may write to it again.
  func trust() throws(SQLiteError) { try database.trust() }

  /// Has the disk keep what a process that was killed may only have written.
  func keep() throws(SQLiteError) { try database.bringLogIn() }

  /// Half of step 1 of a commit: its rows and its record, together or not at all.
  /// - Throws: `unsettled` where the disk failed when it was to make them last.
  func append(_ commit: SignedCommit, rows: [[UInt8]]) throws(LedgerError) {
    let path = path
    let first = commit.record.size - UInt64(rows.count)
    try database.transaction(reporting: { LedgerError.committing(path, $0) }) { () throws(LedgerError) in
      do throws(SQLiteError) {
        for (offset, row) in rows.enumerated() {
          try insertLeaf.bind(1, Int64(first) + Int64(offset))
          try insertLeaf.bind(2, row)
          try insertLeaf.execute()
        }
        try insertRecord.bind(1, Int64(commit.record.number))
        try insertRecord.bind(2, commit.record.body)
        try insertRecord.bind(3, commit.salt)
        try insertRecord.bind(4, commit.signature)
        try insertRecord.bind(5, commit.record.anchor)
        try insertRecord.execute()
      } catch {
        throw .database(path, error)
      }
    }
  }

  /// Nil where there is no such row.
  func row(_ index: UInt64) throws(SQLiteError) -> [UInt8]? {
    defer { oneLeaf.reset() }
    guard let index = Int64(exactly: index) else { return nil }
    try oneLeaf.bind(1, index)
    return try oneLeaf.step() ? try oneLeaf.blob(0) : nil
  }

  /// All rows, in order of their index.
  func rows(from first: UInt64 = 0) throws(SQLiteError) -> Statement {
    let rows = try database.prepare("SELECT position, row FROM leaf WHERE position >= ? ORDER BY position")
    try rows.bind(1, Int64(clamping: first))
    return rows
  }

  /// All records, in order of their number: number, body, salt, signature, anchor.
  func records() throws(SQLiteError) -> Statement {
    try database.prepare("SELECT number, body, salt, signature, anchor FROM commit_record ORDER BY number")
  }
}
