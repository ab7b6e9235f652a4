#ifndef LATCHKEY_CSQLITE_H
#define LATCHKEY_CSQLITE_H
#include <sqlite3.h>

/* sqlite3_db_config is variadic, which Swift can't call. */
static inline int latchkey_db_config_bool(sqlite3 *db, int op, int value) {
    int result = 0;
    return sqlite3_db_config(db, op, value, &result);
}

/* So is sqlite3_config. Counting the memory in use takes a lock of the process at each allocation. */
static inline int latchkey_count_memory(int counts) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, counts);
}

/* SQLITE_TRANSIENT is a cast of -1 that Swift can't import. */
static inline int latchkey_bind_text(sqlite3_stmt *s, int i, const char *p, int n) {
    return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}
static inline int latchkey_bind_blob(sqlite3_stmt *s, int i, const void *p, int n) {
    return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
static inline void latchkey_result_text(sqlite3_context *c, const char *p, int n) {
    sqlite3_result_text(c, p ? p : "", n, SQLITE_TRANSIENT);
}

/* Codes whose macros are expressions over other macros, which Swift can't import. */
static const int LATCHKEY_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT_UNIQUE;
static const int LATCHKEY_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int LATCHKEY_CONSTRAINT_ROWID = SQLITE_CONSTRAINT_ROWID;
static const int LATCHKEY_CONSTRAINT_FOREIGNKEY = SQLITE_CONSTRAINT_FOREIGNKEY;
#endif
