import Contract
import Kernel
import SQLite

/// What a context has of a user, for `GET /api/users/{id}/export`, and what of it isn't exported.
public struct UserExport: Sendable {
    /// In the order of the export.
    public let sections: [ExportSection]
    /// Columns with ids of users that aren't exported, as `table.column`, with the reason.
    public let left: [String: String]

    /// - Parameters:
    ///   - sections: the context's own; those of its audit follow.
    ///   - left: the context's own; those of tables that all contexts have are added.
    public init(_ sections: [ExportSection], left: [String: String]) {
        self.sections = sections + ExportSection.audit
        self.left = left.merging(Self.leftEverywhere) { own, _ in own }
    }

    private static let leftEverywhere = [
        "stored_responses.user_id": "responses to the user's own requests, for a day",
        "stored_response_usage.user_id": "the number of those",
        "event_outbox.owner": "who receives an event, until it is sent",
        "list_parts.holder": "the number of rows of a list",
        "kept_counts.holder": "the number of rows of a list",
        "quota_usage.holder": "the number of rows for a quota",
        "regrants.grantee": "what a job has to leave, while it runs",
    ]

    /// The next part.
    public func part(_ query: ExportQuery, in db: some Queryable) throws -> ExportReply {
        let start = query.after?.section ?? sections[0].name
        guard let index = sections.firstIndex(where: { $0.name == start }) else {
            throw Fault.invalid("/after/section", "must be a section of this service")
        }
        let section = sections[index]
        let cursor = query.after ?? ExportCursor(section: section.name)
        let (rows, last) = try section.rows(of: query, after: cursor, in: db)
        if rows.count == ExportReply.rows, let last {
            return ExportReply(section: section.name, rows: rows, next: last)
        }
        let next = sections.dropFirst(index + 1).first.map { ExportCursor(section: $0.name) }
        return ExportReply(section: section.name, rows: rows, next: next)
    }
}

/// The rows of a table that are about a user.
public struct ExportSection: Sendable {
    /// What the rows are ordered and continued by; the first columns of the query.
    public enum Key: Sendable {
        /// `?2`
        case text
        /// `?2`
        case number
        /// `(?2, ?3)`, the latter a text.
        case timeAndId
    }

    /// A member of a row, in the order of the query's columns.
    public enum Member: Sendable {
        case text(String)
        case number(String)
        case flag(String)
        case time(String)
        /// JSON as it is stored.
        case json(String)
    }

    /// The member of the export that has the rows.
    public let name: String
    /// Columns with ids or addresses of users that it exports, as `table.column`.
    public let covers: [String]
    private let key: Key
    private let isByEmail: Bool
    private let query: SQL
    private let members: [Member]

    /// - Parameters:
    ///   - covers: which columns are found by the user.
    ///   - isByEmail: whether `?1` is the user's address in place of the id.
    ///   - query: `?1` is the user, then the key follows, and last the limit. Its columns are the
    ///     key and then the members. By an index.
    public init(
        _ name: String, covers: [String], by key: Key, email isByEmail: Bool = false,
        _ query: SQL, _ members: Member...
    ) {
        self.name = name
        self.covers = covers
        self.key = key
        self.isByEmail = isByEmail
        self.query = query
        self.members = members
    }

    /// - Returns: JSON objects, and the place after the last.
    fileprivate func rows(
        of query: ExportQuery, after cursor: ExportCursor, in db: some Queryable
    ) throws -> ([String], last: ExportCursor?) {
        let user = Value.text(isByEmail ? query.email : query.userId)
        let place: [Value] =
            switch key {
            case .text: [.text(cursor.text)]
            case .number: [.int(cursor.number)]
            case .timeAndId: [.int(cursor.number), .text(cursor.text)]
            }
        var last: ExportCursor?
        let rows = try db.rows(
            self.query, values: [user] + place + [.int(ExportReply.rows)]
        ) { row in
            last = self.cursor(row)
            return object(row)
        }
        return (rows, last)
    }

    private func cursor(_ row: Row) -> ExportCursor {
        switch key {
        case .text: ExportCursor(section: name, text: row.text(0))
        case .number: ExportCursor(section: name, number: row.int(0))
        case .timeAndId: ExportCursor(section: name, text: row.text(1), number: row.int(0))
        }
    }

    private func object(_ row: Row) -> String {
        let first = if case .timeAndId = key { 2 } else { 1 }
        var writer = JSONByteWriter()
        writer.object { writer in
            for (index, member) in members.enumerated() {
                let column = first + index
                switch member {
                case .text(let name): writer.member(name, row.textOrNil(column))
                case .flag(let name): writer.member(name, row.bool(column))
                case .time(let name): writer.member(name, row.timeOrNil(column)?.rfc3339)
                case .json(let name):
                    writer.member(name, json: row.textOrNil(column) ?? "null")
                case .number(let name):
                    writer.member(name, json: row.intOrNil(column).map { "\($0)" } ?? "null")
                }
            }
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension ExportSection {
    /// Those of the contexts that remove users.
    public static let offboardings = ExportSection(
        "offboardings", covers: ["offboardings.user_id", "offboardings.email"], by: .number,
        """
        SELECT number, operation_id, email, counts, started_at, finished_at
        FROM offboardings INDEXED BY offboardings_of_user
        WHERE user_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3
        """,
        .text("operationId"), .text("email"), .json("counts"), .time("startedAt"),
        .time("finishedAt"))
}

// MARK: Audit

/// Entries about users and those by who acted for others; a migration step of each context.
public let auditOfUsersSchema = """
    CREATE INDEX audit_of_user ON audit (subject_id, at, id)
        WHERE subject_id >= 'usr_' AND subject_id < 'usr`';
    CREATE INDEX audit_of_parent_user ON audit (parent_id, at, id)
        WHERE parent_id >= 'usr_' AND parent_id < 'usr`';
    CREATE INDEX audit_of_acting ON audit (acting_id, at, id) WHERE acting_id IS NOT NULL;
    """

extension ExportSection {
    fileprivate static let audit = [
        entries("auditBy", "actor_id", "audit_of_actor", where: "actor_id = ?1"),
        entries("auditActing", "acting_id", "audit_of_acting", where: "acting_id = ?1"),
        entries(
            "auditAbout", "subject_id", "audit_of_user",
            where: "subject_id = ?1 AND subject_id >= 'usr_' AND subject_id < 'usr`'"),
        entries(
            "auditWithin", "parent_id", "audit_of_parent_user",
            where: "parent_id = ?1 AND parent_id >= 'usr_' AND parent_id < 'usr`'"),
    ]

    private static func entries(
        _ name: String, _ column: String, _ index: SQL.Parts, where condition: SQL.Parts
    ) -> ExportSection {
        ExportSection(
            name, covers: ["audit.\(column)"], by: .timeAndId,
            SQL(
                """
                SELECT at, id, id, at, actor_id, acting_id, token_id, request_id, action,
                    subject_type, subject_id, parent_type, parent_id, before, after
                FROM audit INDEXED BY \(index) WHERE \(condition) AND (at, id) > (?2, ?3)
                ORDER BY at, id LIMIT ?4
                """),
            .text("id"), .time("at"), .text("actorId"), .text("actingId"), .text("tokenId"),
            .text("requestId"), .text("action"), .text("subjectType"), .text("subjectId"),
            .text("parentType"), .text("parentId"), .json("before"), .json("after"))
    }
}
