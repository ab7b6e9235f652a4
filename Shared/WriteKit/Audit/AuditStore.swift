import Contract
import FoundationEssentials
import Kernel
import SQLite

/// The table of audit entries; a migration of each context.
public let auditSchema = """
    CREATE TABLE audit (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        actor_id TEXT,
        token_id TEXT,
        request_id TEXT,
        action TEXT NOT NULL,
        subject_type TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        about TEXT,
        -- JSON objects.
        before TEXT,
        after TEXT
    ) STRICT;
    CREATE INDEX audit_about ON audit (about, at, id, actor_id);
    CREATE INDEX audit_of_actor ON audit (actor_id, at, id);
    CREATE INDEX audit_by_time ON audit (at, id);
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'audit entries are never changed');
    END;
    CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'audit entries are never deleted');
    END;
    """

/// Rows of `audit`. Lists are newest first.
public enum AuditStore {
    static func insert(_ entry: AuditEntryBody, about: String?, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            .text(entry.id), .time(entry.at), .text(entry.actorId), .text(entry.tokenId),
            .text(entry.requestId), .text(entry.action), .text(entry.subject.type),
            .text(entry.subject.id), .text(about), try json(entry.before),
            try json(entry.after))
    }

    /// Entries that pass the filter, newest first.
    public static func page(
        _ filter: AuditFilter, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<AuditEntryBody> {
        let (entries, total) = try slice(filter, limit: page.size, offset: page.offset, in: db)
        return Page(entries, page, total: total)
    }

    /// Entries after a cursor, and their total number, up to a bound.
    public static func tail(_ query: AuditTailQuery, in db: some Queryable) throws -> AuditTail {
        let (entries, total) = try slice(
            query.filter, limit: min(max(query.limit, 0), AuditLimits.answer), offset: 0,
            before: query.before, counting: AuditTailQuery.maximumDepth, in: db)
        return AuditTail(entries: entries, total: total)
    }

    private static func slice(
        _ filter: AuditFilter, limit: Int, offset: Int, before: AuditCursor? = nil,
        counting most: Int = -1, in db: some Queryable
    ) throws -> ([AuditEntryBody], total: Int) {
        let from = Value.time(filter.from ?? Timestamp(milliseconds: .min))
        // No id is less than the empty text: after it come all that are older than `to`.
        let end = AuditCursor(at: filter.to ?? Timestamp(milliseconds: .max), id: "")
        let start = before.map { ($0.at, $0.id) < (end.at, end.id) ? $0 : end } ?? end
        let list: List
        let values: [Value]
        if let about = filter.about {
            list = aboutThing
            values = [.text(about), .text(filter.actorId)]
        } else if let actor = filter.actorId {
            list = byActor
            values = [.text(actor)]
        } else {
            list = all
            values = []
        }
        let entries = try db.rows(
            list.entries,
            values: [from, .time(start.at), .text(start.id), .int(limit), .int(offset)] + values,
            map: entry)
        let total = try db.row(
            list.count,
            values: [from, .time(end.at), .text(end.id), .int(most), .int(0)] + values
        ) { Int($0.int(0)) }
        return (entries, total ?? 0)
    }

    private static func json(_ snapshot: AuditEvent.Snapshot?) throws -> Value {
        guard let snapshot else { return .null }
        return .text(try SortedJSON.text(snapshot))
    }

    private static func entry(_ row: Row) throws -> AuditEntryBody {
        func snapshot(_ column: Int) throws -> AuditEvent.Snapshot? {
            try row.textOrNil(column).map {
                try JSONDecoder().decode(AuditEvent.Snapshot.self, from: Data($0.utf8))
            }
        }
        return AuditEntryBody(
            id: row.text(0), at: row.time(1), actorId: row.textOrNil(2), tokenId: row.textOrNil(3),
            requestId: row.textOrNil(4), action: row.text(5),
            subject: AuditEntryBody.Subject(type: row.text(6), id: row.text(7)),
            before: try snapshot(8), after: try snapshot(9))
    }

    // MARK: Statements

    private static let columns = Columns(
        "id", "at", "actor_id", "token_id", "request_id", "action", "subject_type", "subject_id",
        "before", "after")

    /// Ids from a covering index alone, then the rows of the page.
    private struct List {
        let entries: SQL
        let count: SQL

        init(by index: SQL.Parts, where condition: SQL.Parts) {
            let found: SQL.Parts = """
                FROM audit INDEXED BY \(index)
                WHERE at >= ?1 AND (at, id) < (?2, ?3) AND \(condition)
                """
            entries = SQL(
                """
                SELECT \(columns, of: "a")
                FROM (SELECT id \(found) ORDER BY at DESC, id DESC LIMIT ?4 OFFSET ?5) AS page
                CROSS JOIN audit a ON a.id = page.id ORDER BY a.at DESC, a.id DESC
                """)
            count = SQL("SELECT count(*) FROM (SELECT 1 \(found) LIMIT ?4 OFFSET ?5)")
        }
    }

    private static let aboutThing = List(
        by: "audit_about", where: "about = ?6 AND (?7 IS NULL OR actor_id = ?7)")
    private static let byActor = List(by: "audit_of_actor", where: "actor_id = ?6")
    private static let all = List(by: "audit_by_time", where: "1")
}
