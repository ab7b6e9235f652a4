// commits DATABASE SECONDS: commits 64 rows at a time, and prints the rows a second: what SQLite
// and the disk can do at most, without requests, with the table of Latchkey's installations. Each
// row gets another version than it had: SQLite does not write, and does not flush, what is the same.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { clients = 64, entities = 250 };

static sqlite3 *db;

static void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static sqlite3_stmt *prepare(const char *text) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(db, text, -1, &statement, NULL));
    return statement;
}

static void run(sqlite3_stmt *statement) {
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
}

static void save(sqlite3_stmt *statement, long row) {
    char entity[64];
    int length = snprintf(entity, sizeof entity, "ent_01%024ld", row % entities);
    check(sqlite3_bind_text(statement, 1, entity, length, SQLITE_STATIC));
    check(sqlite3_bind_text(statement, 2, "usr_01JHMZ0000000000000000000A", 30, SQLITE_STATIC));
    check(sqlite3_bind_int64(statement, 3, 1780000000000 + row));
    check(sqlite3_bind_text(statement, 4, row / entities % 2 ? "2.0.0" : "1.0.0", 5, SQLITE_STATIC));
    run(statement);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    check(sqlite3_open(arguments[1], &db));
    check(sqlite3_exec(
        db,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE IF NOT EXISTS installations (user_id TEXT NOT NULL,"
        " entity_id TEXT NOT NULL, version TEXT, installed_at INTEGER NOT NULL,"
        " PRIMARY KEY (user_id, entity_id)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS of_user ON installations (user_id, installed_at, entity_id);"
        "CREATE INDEX IF NOT EXISTS of_entity ON installations (entity_id);",
        NULL, NULL, NULL));
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *insert = prepare(
        "INSERT INTO installations (entity_id, user_id, version, installed_at)"
        " VALUES (?1, ?2, ?4, ?3) ON CONFLICT DO UPDATE SET version = excluded.version");
    double start = now(), end = start + atof(arguments[2]);
    long rows = 0;
    while (now() < end) {
        run(begin);
        for (int i = 0; i < clients; i++) save(insert, rows++);
        run(commit);
    }
    printf("%.0f\n", rows / (now() - start));
    return 0;
}
