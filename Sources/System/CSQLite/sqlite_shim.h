#ifndef ASSAY_SQLITE_SHIM_H
#define ASSAY_SQLITE_SHIM_H

#include <sqlite3.h>

// sqlite3_db_config takes variable arguments, which Swift cannot pass.
static inline int assay_sqlite_config(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

// SQLITE_TRANSIENT is a cast, which Swift does not import: SQLite copies the bytes.
static inline int assay_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int size) {
    return size == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                     : sqlite3_bind_blob(statement, index, bytes, size, SQLITE_TRANSIENT);
}

#endif
