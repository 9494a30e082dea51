import CSQLite

/// A prepared statement. Values in rows are what a hostile file says: each is asked for by its type, and another type is
/// an error, never a conversion.
package final class Statement: @unchecked Sendable {
  private let pointer: OpaquePointer
  /// Keeps the file open.
  private let database: Database

  init(_ sql: String, in database: Database) throws(SQLiteError) {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v3(database.pointer, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared else { throw SQLiteError(code, of: database.pointer) }
    pointer = prepared
    self.database = database
  }

  deinit { sqlite3_finalize(pointer) }

  /// Starts over, without values.
  package func reset() {
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  /// - Parameter position: 1 for the first `?`.
  package func bind(_ position: Int32, _ value: Int64) throws(SQLiteError) {
    try check(sqlite3_bind_int64(pointer, position, value))
  }

  package func bind(_ position: Int32, _ bytes: [UInt8]) throws(SQLiteError) {
    try check(bytes.withUnsafeBytes { assay_sqlite_bind_blob(pointer, position, $0.baseAddress, Int32($0.count)) })
  }

  /// Moves to the next row; false behind the last one.
  package func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let error = SQLiteError(code, of: database.pointer)
      sqlite3_reset(pointer)
      throw error
    }
  }

  /// Runs a statement that gives no rows, and makes it ready for the next time.
  package func execute() throws(SQLiteError) {
    while try step() {}
    reset()
  }

  /// - Parameter column: 0 for the first.
  package func integer(_ column: Int32) throws(SQLiteError) -> Int64 {
    guard sqlite3_column_type(pointer, column) == SQLITE_INTEGER else { throw .malformed("an integer is wanted") }
    return sqlite3_column_int64(pointer, column)
  }

  package func blob(_ column: Int32) throws(SQLiteError) -> [UInt8] {
    guard sqlite3_column_type(pointer, column) == SQLITE_BLOB else { throw .malformed("a blob is wanted") }
    return bytes(column)
  }

  /// UTF-8 as the file has it, perhaps none.
  package func text(_ column: Int32) throws(SQLiteError) -> [UInt8] {
    guard sqlite3_column_type(pointer, column) == SQLITE_TEXT else { throw .malformed("a text is wanted") }
    return bytes(column)
  }

  private func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(pointer, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(code, of: database.pointer) }
  }
}
