import CSQLite

/// Why SQLite did not do what was asked. Equality is by code.
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The extended result code.
  package let code: Int32
  /// SQLite's own words, or ours.
  package let message: String

  init(_ code: Int32, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Of the call that has just failed.
  init(_ code: Int32, of database: OpaquePointer?) {
    self.init(code, String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)))
  }

  static func malformed(_ message: String) -> SQLiteError { SQLiteError(SQLITE_CORRUPT, message) }

  private var primary: Int32 { code & 0xff }

  /// The bytes are no database of ours: what is in the file is to blame, not the machine.
  package var isMalformed: Bool {
    [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_ERROR].contains(primary)
  }

  package var isFull: Bool { primary == SQLITE_FULL }
  /// Reading, writing or syncing failed below the file system.
  package var isDiskFailure: Bool { primary == SQLITE_IOERR }
  package var isReadOnly: Bool { primary == SQLITE_READONLY }
  /// Somebody else has the file open.
  package var isBusy: Bool { primary == SQLITE_BUSY || primary == SQLITE_LOCKED }

  package var description: String { "\(message) (SQLite \(code))" }

  package static func == (one: SQLiteError, other: SQLiteError) -> Bool { one.code == other.code }
  package func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
