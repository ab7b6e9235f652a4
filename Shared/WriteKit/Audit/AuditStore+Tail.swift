import Contract
import Kernel
import SQLite

extension AuditStore {
    /// Entries after a cursor, and the number of all, up to a bound. Nothing beyond
    /// `AuditTailQuery.maximumDepth` is read or counted.
    public static func tail(_ query: AuditTailQuery, in db: some Queryable) throws -> AuditTail {
        let filter = query.filter
        let queries = TailQueries.of(filter)
        let start = query.before ?? .beginning
        func values(_ limit: Int) -> [Value] {
            [
                .text(filter.about), .text(filter.actorId),
                .time(filter.from ?? Timestamp(milliseconds: .min)),
                .time(filter.to ?? Timestamp(milliseconds: .max)), .time(start.at),
                .text(start.id), .int(limit),
            ]
        }
        func count(_ sql: SQL) throws -> Int {
            try db.row(sql, values: values(AuditTailQuery.maximumDepth)) { Int($0.int(0)) } ?? 0
        }
        let limit = min(max(query.limit, 0), AuditLimits.answer)
        let entries =
            limit > 0 ? try db.rows(queries.entries, values: values(limit), map: entry) : []
        return AuditTail(
            entries: entries, total: try count(queries.count),
            places: try query.depth.map { depth in
                try places(queries, values(min(max(depth, 0), AuditTailQuery.maximumDepth)), db)
            },
            newer: query.before == nil ? nil : try count(queries.newer))
    }

    private static func places(
        _ queries: TailQueries, _ values: [Value], _ db: some Queryable
    ) throws -> [AuditCursor] {
        var number = 0
        return try db.rows(queries.keys, values: values) { row -> AuditCursor? in
            number += 1
            guard number.isMultiple(of: AuditTail.spacing) else { return nil }
            return AuditCursor(at: row.time(0), id: row.text(1))
        }.compactMap(\.self)
    }
}

/// The statements of `tail` for one kind of filter. `?1` is the thing, `?2` the actor, `?3` and
/// `?4` are the times, `?5` and `?6` the cursor, and `?7` is the limit.
private struct TailQueries {
    let entries: SQL
    let keys: SQL
    let count: SQL
    let newer: SQL

    static func of(_ filter: AuditFilter) -> TailQueries {
        switch (filter.about, filter.actorId) {
        case (_?, _?): aboutByActor
        case (_?, nil): about
        case (nil, _?): byActor
        case (nil, nil): all
        }
    }

    private static let about = TailQueries(by: "audit_about", where: "about = ?1")
    private static let aboutByActor = TailQueries(
        by: "audit_about", where: "about = ?1 AND actor_id = ?2")
    private static let byActor = TailQueries(by: "audit_of_actor", where: "actor_id = ?2")
    private static let all = TailQueries(by: "audit_by_time", where: "1")

    private init(by index: SQL.Parts, where condition: SQL.Parts) {
        let found: SQL.Parts = """
            FROM audit INDEXED BY \(index) WHERE \(condition) AND at >= ?3 AND at < ?4
            """
        let newestFirst: SQL.Parts = "ORDER BY at DESC, id DESC LIMIT ?7"
        entries = SQL(
            """
            SELECT \(AuditStore.columns, of: "r") FROM (
                SELECT id \(found) AND (at, id) < (?5, ?6) \(newestFirst)
            ) page CROSS JOIN audit r ON r.id = page.id ORDER BY r.at DESC, r.id DESC
            """)
        keys = SQL("SELECT at, id \(found) \(newestFirst)")
        count = SQL("SELECT count(*) FROM (SELECT 1 \(found) LIMIT ?7)")
        newer = SQL(
            "SELECT count(*) FROM (SELECT 1 \(found) AND (at, id) >= (?5, ?6) LIMIT ?7)")
    }
}
