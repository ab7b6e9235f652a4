import EntitiesContract
import SQLite
import WriteKit

/// The local steps of many pairs of user and entity in one read, with one statement for each.
struct LocalSteps {
    enum Found {
        case grant(AccessStep)
        case noGrant(exists: Bool)
    }

    private let sql: SQL

    init(in db: some Queryable) throws {
        // Only jobs hide rows, and mostly there are none.
        sql = try JobStore.hasAny(in: db) ? Self.withJobs : Self.withoutJobs
    }

    /// The same as `GrantStore.step` and, if there is none, `EntityStore.exists`.
    func step(of query: AccessQuery, in db: some Queryable) throws -> Found {
        let found = try db.row(sql, .text(query.userId), .text(query.entityId)) { $0.textOrNil(0) }
        guard let word = found ?? nil else { return .noGrant(exists: false) }
        return AccessStep(rawValue: word).map { .grant($0) } ?? .noGrant(exists: true)
    }

    private static let withJobs = statement(
        hidesGrant: "OR \(UserRemoval.hiding("?1", "?2"))",
        hidesEntity: """
            EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            """)
    private static let withoutJobs = statement(hidesGrant: "", hidesEntity: "0")

    /// A step; an empty text for an entity without one; otherwise NULL.
    private static func statement(hidesGrant: SQL.Parts, hidesEntity: SQL.Parts) -> SQL {
        SQL(
            """
            SELECT coalesce(
                (SELECT step FROM grants WHERE user_id = ?1 AND entity_id = ?2
                    AND NOT (\(hidesEntity) \(hidesGrant))),
                (SELECT '' FROM entities WHERE id = ?2 AND NOT (\(hidesEntity))))
            """)
    }
}
