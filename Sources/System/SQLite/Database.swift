import CSQLite
import Glibc

/// An SQLite file, opened as hostile input (sqlite.org/security.html, "Untrusted SQLite Database Files").
///
/// Whoever may edit the file may put anything into it: a schema whose triggers and views run at our statements, cells
/// that point outside their page, a journal that names another file to delete, a log that holds another page 1. So before
/// SQLite opens it, header and neighbours must be such as we write; then every defence is on, the file with its log
/// must pass `quick_check`, and its schema must be ours byte for byte before any other statement runs. Until `trust`,
/// nothing is written to any of it.
///
/// Serialized by SQLite itself (`SQLITE_OPEN_FULLMUTEX`), so that threads may share one.
package final class Database: @unchecked Sendable {
  package enum Access: Sendable {
    /// Makes the file, which must not be there.
    case create
    case open
  }

  /// What the file must be: its statements in the order in which they ran, and the number in its header.
  package struct Schema: Sendable {
    package struct Table: Sendable {
      package let name: String
      /// The statement as `sqlite_schema` keeps it.
      package let sql: String

      package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
      }
    }
    /// `PRAGMA application_id` (sqlite.org/fileformat.html §1.3.17).
    package let applicationID: UInt32
    package let tables: [Table]

    package init(applicationID: UInt32, tables: [Table]) {
      self.applicationID = applicationID
      self.tables = tables
    }
  }

  /// Bytes of a page; a file of others is none of ours.
  package static let pageSize = 4096
  /// Most bytes of one value or row; what we keep is below 70 kB.
  static let longestValue: Int32 = 1 << 18

  let pointer: OpaquePointer

  /// Opens the file and proves that it is the one that `schema` describes, or makes it.
  ///
  /// Every transaction is on the disk when it has ended, by one sync: it goes to the end of a write-ahead log, `-wal`,
  /// which SQLite brings into the file every 1,000 pages and when it closes (sqlite.org/wal.html). The log's index is in
  /// memory, because nobody else has the file open: `-shm` is neither read nor written.
  /// - Parameter path: the last name may be no symbolic link.
  /// - Throws: `isMalformed` where the file is not as we write it.
  package init(_ path: String, _ access: Access, _ schema: Schema) throws(SQLiteError) {
    let path = try Self.resolved(path)
    if access == .create {
      guard Glibc.access(path, F_OK) != 0 else { throw SQLiteError(SQLITE_CANTOPEN, "the file is there already") }
    } else {
      try DatabaseHeader.check(path, applicationID: schema.applicationID)
    }
    let mode = access == .create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE
    var opened: OpaquePointer?
    let flags = mode | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let error = SQLiteError(code, of: opened)
      sqlite3_close_v2(opened)
      throw error
    }
    pointer = opened
    // Before anything is read, so that the log's index is in memory.
    if access == .open { try run("PRAGMA locking_mode=EXCLUSIVE") }
    try harden()
    if access == .create {
      try build(schema)
      try trust()
    } else {
      try checkHeader(schema)
      try check(schema)
    }
  }

  /// The contents are proven to be ours: from now on the log may be brought into the file. Before, closing leaves both as
  /// they were, so that a log that a stranger put there destroys nothing.
  package func trust() throws(SQLiteError) { try configure(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0) }

  /// Brings the log into the file now, and has the disk keep both.
  package func bringLogIn() throws(SQLiteError) { try run("PRAGMA wal_checkpoint(PASSIVE)") }

  deinit { sqlite3_close_v2(pointer) }

  /// SQLite follows links in folders only where it is not told to follow none at all; the folder is the operator's.
  private static func resolved(_ path: String) throws(SQLiteError) -> String {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard let real = realpath(folder, nil) else {
      throw SQLiteError(SQLITE_CANTOPEN, String(cString: strerror(errno)))
    }
    defer { free(real) }
    return String(cString: real) + "/" + path[(slash.map { path.index(after: $0) } ?? path.startIndex)...]
  }

  private func harden() throws(SQLiteError) {
    let switches: [(Int32, Int32)] = [
      (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
      (SQLITE_DBCONFIG_ENABLE_VIEW, 0), (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
      (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1),
    ]
    for (option, value) in switches { try configure(option, value) }
    let limits: [(Int32, Int32)] = [
      (SQLITE_LIMIT_LENGTH, Self.longestValue), (SQLITE_LIMIT_SQL_LENGTH, 4096), (SQLITE_LIMIT_COLUMN, 8),
      (SQLITE_LIMIT_EXPR_DEPTH, 16), (SQLITE_LIMIT_COMPOUND_SELECT, 2), (SQLITE_LIMIT_VDBE_OP, 25_000),
      (SQLITE_LIMIT_FUNCTION_ARG, 8), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 16),
      (SQLITE_LIMIT_VARIABLE_NUMBER, 8), (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
    ]
    for (limit, value) in limits { sqlite3_limit(pointer, limit, value) }
    let pragmas = [
      "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "temp_store=MEMORY", "synchronous=EXTRA",
      "fullfsync=ON", "wal_autocheckpoint=1000", "journal_size_limit=\(16 << 20)",
    ]
    for pragma in pragmas { try run("PRAGMA \(pragma)") }
  }

  private func configure(_ option: Int32, _ value: Int32) throws(SQLiteError) {
    let code = assay_sqlite_config(pointer, option, value)
    guard code == SQLITE_OK else { throw SQLiteError(code, of: pointer) }
  }

  /// Header and schema are in the file itself before there is a log.
  private func build(_ schema: Schema) throws(SQLiteError) {
    try run("PRAGMA page_size=\(Self.pageSize)")
    try run("PRAGMA encoding='UTF-8'")
    try run("PRAGMA application_id=\(schema.applicationID)")
    for table in schema.tables { try run(table.sql) }
    // In this order, for the same reason.
    try run("PRAGMA locking_mode=EXCLUSIVE")
    guard try text("PRAGMA journal_mode=WAL") == Array("wal".utf8) else {
      throw SQLiteError(SQLITE_CANTOPEN, "it takes no write-ahead log")
    }
  }

  /// The header once more, as SQLite has it: a log may hold another first page than the file. Its encoding shows in the
  /// schema, and a page size of its own would not pass `quick_check`.
  private func checkHeader(_ schema: Schema) throws(SQLiteError) {
    var reserved: Int32 = -1
    let code = sqlite3_file_control(pointer, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved)
    guard code == SQLITE_OK else { throw SQLiteError(code, of: pointer) }
    guard try integer("PRAGMA application_id") == Int64(schema.applicationID), reserved == 0
    else { throw .malformed("its log changes its header") }
  }

  private func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? try statement.integer(0) : nil
  }

  private func text(_ sql: String) throws(SQLiteError) -> [UInt8]? {
    let statement = try prepare(sql)
    return try statement.step() ? try statement.text(0) : nil
  }

  /// Order matters: the schema is read as plain rows before a statement of ours can use it.
  private func check(_ schema: Schema) throws(SQLiteError) {
    let rows = try prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid")
    var tables = schema.tables[...]
    while try rows.step() {
      guard let table = tables.popFirst(), try rows.text(0) == Array("table".utf8),
        try rows.text(1) == Array(table.name.utf8), try rows.text(2) == Array(table.name.utf8),
        try rows.text(3) == Array(table.sql.utf8)
      else { throw .malformed("its schema is not the one that Assay writes") }
    }
    guard tables.isEmpty else { throw .malformed("its schema is not the one that Assay writes") }
    let findings = try prepare("PRAGMA quick_check(1)")
    guard try findings.step(), try findings.text(0) == Array("ok".utf8) else {
      throw .malformed("it does not pass quick_check")
    }
  }

  /// Runs one statement that gives no rows that matter.
  package func run(_ sql: String) throws(SQLiteError) {
    let statement = try prepare(sql)
    while try statement.step() {}
  }

  package func prepare(_ sql: String) throws(SQLiteError) -> Statement { try Statement(sql, in: self) }

  /// All or nothing; rolled back where `body` throws or the disk refuses.
  package func transaction<E: Error>(
    reporting: (SQLiteError) -> E, _ body: () throws(E) -> Void
  ) throws(E) {
    do throws(SQLiteError) { try run("BEGIN IMMEDIATE") } catch { throw reporting(error) }
    do throws(E) {
      try body()
      do throws(SQLiteError) { try run("COMMIT") } catch { throw reporting(error) }
    } catch {
      // Fails where SQLite has rolled back by itself.
      try? run("ROLLBACK")
      throw error
    }
  }
}
