import Contract
import Kernel
import SQLite
import Testing
import WriteKit

/// Compares an export of users with the tables of its context: every column that can hold a user's
/// id or address is exported, or is named with the reason why not.
public enum ExportTrial {
    /// Columns with these names hold ids or addresses of users.
    private static let ofUsers: Set<String> = [
        "accepted_by", "acting_id", "actor_id", "added_by", "answered_by", "created_by", "email",
        "given_by", "grantee", "holder", "invitation", "invited_by", "inviter", "owner", "owner_id",
        "principal", "published_by", "recipient", "user_id",
    ]

    /// Columns with these names don't; `id` and the subjects of audit entries and events are of any
    /// kind.
    private static let ofOthers = Set(
        """
        about accepted_at accepted_locale accepted_with access_key_id access_level action added_at
        address admin after answered_at applied_at asked_at at attempts before body bucket
        built_in bytes claim_digest client counts created_at data days deleted_at delivered
        challenge delivered_at description digest disabled_reason display_name duration email_error
        email_notifications email_status ended_at endpoint entities entity_id entity_type entry_id
        epoch event_id event_number events expires_at external_id failed failing_since fields
        fingerprint finished_at first folded_name generation good_until headers id idempotency_key
        installed_at integration_id is_declined is_enabled is_invited is_open is_private is_public
        is_session is_truncated is_used joined_at kind last_code last_error last_status last_used_at
        latest_version link_key list locale mail_id mark member_count membership_id message name
        name_at_end named_at names next_at notes notice_due npm_registry_key number one
        operation_id organization organization_id owned_at package_url parent_id parent_type part
        permissions position precedence prefix probe provider public_count published_at quota
        rate_limit read_only region request_id requested_at resharing responses retired_at
        return_url role role_id rows scope scopes sealed search_text second secret_access_key
        sent_at sha256 share_count share_id shared_at side since slug started_at status step
        stored_at stores subject subject_id subject_type suspended_at target team_id thing
        token_id tried_at tries type updated_at url used user_agent username version waiting
        webhook_id workspace_id
        """.split { $0.isWhitespace }.map(String.init))

    /// Also that no section reads a whole table.
    /// - Parameter migrations: all of the context.
    public static func expectComplete(_ export: UserExport, migrations: [Migration]) throws {
        let folder = try TemporaryFolder()
        var options = DatabaseOptions()
        options.forbidTableScans = true
        let path = folder.path + "/x.sqlite"
        let database = try Database(
            path: path, migrations: migrations, readers: 0, clock: FakeClock(), options: options)
        let rows = try rows(of: "usr_1", email: "ada@example.com", export, in: database)
        database.close()
        let isEmpty = rows.values.allSatisfy { $0.isEmpty }
        #expect(isEmpty)
        // Its own question is about all tables.
        let open = try Database(path: path, migrations: migrations, readers: 0, clock: FakeClock())
        try expectComplete(export, of: open)
        open.close()
    }

    private static func expectComplete(_ export: UserExport, of database: Database) throws {
        let columns = try database.read { db in
            try db.rows(
                """
                SELECT t.name, c.name FROM sqlite_schema t CROSS JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                    AND t.name <> 'migrations'
                """
            ) { (table: $0.text(0), column: $0.text(1)) }
        }
        #expect(columns.count > 50)
        let covered = Set(export.sections.flatMap(\.covers))
        for (table, column) in columns {
            let name = "\(table).\(column)"
            let isKnown = ofUsers.contains(column) || ofOthers.contains(column)
            #expect(isKnown, "\(name): say in ExportTrial whether such a column has users")
            guard ofUsers.contains(column) else { continue }
            let isLeft = export.left[name] != nil
            #expect(
                covered.contains(name) != isLeft,
                "\(name) must be exported, or be left with the reason")
        }
        let all = Set(columns.map { "\($0.table).\($0.column)" })
        for name in covered { #expect(all.contains(name), "\(name) is no column") }
    }

    /// All rows of an export, by section.
    public static func rows(
        of userId: String, email: String = "", _ export: UserExport, in database: Database
    ) throws -> [String: [JSONValue]] {
        var sections: [String: [JSONValue]] = [:]
        var cursor: ExportCursor?
        repeat {
            let query = ExportQuery(userId: userId, email: email, after: cursor)
            let part = try database.read { try export.part(query, in: $0) }
            #expect(part.rows.count <= ExportReply.rows)
            sections[part.section, default: []] += part.rows.compactMap {
                JSONValue(Array($0.utf8))
            }
            cursor = part.next
        } while cursor != nil
        #expect(Set(sections.keys) == Set(export.sections.map(\.name)))
        return sections
    }
}
