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

/// Counts the entries; a migration of each context, after `LongList.schema`.
public let auditCounting = AuditStore.lists.map(\.counting).joined()

/// Who acted for an entry's actor; a later migration of each context.
public let auditActingSchema = "ALTER TABLE audit ADD COLUMN acting_id TEXT"

/// What an entry's subject belongs to; a part of a later migration of each context.
let auditParentSchema = """
    ALTER TABLE audit ADD COLUMN parent_type TEXT;
    ALTER TABLE audit ADD COLUMN parent_id TEXT;

    """

/// Rows of `audit`. Lists are newest first.
public enum AuditStore {
    static func insert(_ entry: AuditEntryBody, about: String?, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(entry.id), .time(entry.at), .text(entry.actorId),
            .text(entry.tokenId), .text(entry.requestId), .text(entry.action),
            .text(entry.subject.type), .text(entry.subject.id), try json(entry.before),
            try json(entry.after), .text(entry.actingId), .text(entry.parent?.type),
            .text(entry.parent?.id), .text(about))
    }

    private static let insertion = (columns + Columns("about")).insert(into: "audit")

    /// Entries that pass the filter, newest first.
    public static func page(
        _ filter: AuditFilter, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<AuditEntryBody> {
        let (query, values) = query(of: filter)
        return try db.page(query, page, within: filter.range, values: values, map: entry)
    }

    private static func query(of filter: AuditFilter) -> (PagedQuery, [Value]) {
        switch (filter.about, filter.actorId) {
        case (let about?, let actor?): (aboutThingByActor, [.text(about), .text(actor)])
        case (let about?, nil): (aboutThing, [.text(about)])
        case (nil, let actor?): (byActor, [.text(actor)])
        case (nil, nil): (all, [])
        }
    }

    private static func json(_ snapshot: AuditEvent.Snapshot?) throws -> Value {
        guard let snapshot else { return .null }
        return .text(try SortedJSON.text(snapshot))
    }

    /// - Parameter row: begins with `columns`.
    static func entry(_ row: Row) throws -> AuditEntryBody {
        func snapshot(_ column: Int) throws -> AuditEvent.Snapshot? {
            try row.textOrNil(column).map {
                try JSONDecoder().decode(AuditEvent.Snapshot.self, from: Data($0.utf8))
            }
        }
        return AuditEntryBody(
            id: row.text(0), at: row.time(1), actorId: row.textOrNil(2),
            actingId: row.textOrNil(10), tokenId: row.textOrNil(3), requestId: row.textOrNil(4),
            action: row.text(5),
            subject: AuditEntryBody.Subject(type: row.text(6), id: row.text(7)),
            parent: row.textOrNil(11).map {
                AuditEntryBody.Subject(type: $0, id: row.text(12))
            },
            before: try snapshot(8), after: try snapshot(9))
    }

    // MARK: Statements

    static let columns = Columns(
        "id", "at", "actor_id", "token_id", "request_id", "action", "subject_type", "subject_id",
        "before", "after", "acting_id", "parent_type", "parent_id")

    private static let listAbout = LongList("audit_about", of: "audit", by: "about", order: order)
    private static let listOfActor = LongList(
        "audit_of_actor", of: "audit", by: "actor_id", order: order)
    private static let listOfAll = LongList("audit", of: "audit", order: order)
    fileprivate static let lists = [listAbout, listOfActor, listOfAll]
    private static let order = LongList.Order.time("at", id: "id")

    private static let aboutThing = query(
        by: "audit_about", where: "about = ?1", countedBy: listAbout)
    private static let aboutThingByActor = query(
        by: "audit_about", where: "about = ?1 AND actor_id = ?2")
    private static let byActor = query(
        by: "audit_of_actor", where: "actor_id = ?1", countedBy: listOfActor)
    private static let all = query(by: "audit_by_time", where: "1", countedBy: listOfAll)

    private static func query(
        by index: StaticString, where condition: SQL.Parts, countedBy list: LongList? = nil
    ) -> PagedQuery {
        PagedQuery(
            "\(columns, of: "r")", from: "audit", by: index, where: condition,
            newestFirst: Columns("at", "id"), countedBy: list)
    }
}

extension AuditFilter {
    /// No id is less than the empty text: after it come all that are older than `to`.
    fileprivate var range: KeyRange {
        KeyRange(
            from: from.map { [.time($0), .text("")] }, before: to.map { [.time($0), .text("")] })
    }
}
