import Foundation
import SQLite

extension Database {
    /// All that is kept, so that a test can say that nothing was changed.
    func everything() throws -> [String] {
        try read { db in
            let invitations = try db.rows(
                """
                SELECT json_array(id, entity_id, email, role, status, invited_by, message, days,
                    expires_at, created_at, accepted_at, accepted_by, is_declined, generation,
                    hex(claim_digest), mail_id, email_status, email_error)
                FROM invitations WHERE id > ''
                """
            ) { $0.text(0) }
            let collaborators = try db.rows(
                """
                SELECT json_array(user_id, entity_id, role, added_by, added_at)
                FROM collaborators WHERE user_id > ''
                """
            ) { $0.text(0) }
            let known = try db.rows(
                """
                SELECT json_array(id, name, named_at, owner_id, owned_at)
                FROM known_entities WHERE id > ''
                """
            ) { $0.text(0) }
            return invitations + ["-"] + collaborators + ["-"] + known + ["-"]
                + (try workspaces(db)) + ["-"] + (try proof(db))
        }
    }

    private func workspaces(_ db: Reader) throws -> [String] {
        let workspaces = try db.rows(
            "SELECT json_array(id, name, created_at) FROM workspaces WHERE id > ''"
        ) { $0.text(0) }
        let members = try db.rows(
            """
            SELECT json_array(user_id, workspace_id, permissions, shared_at)
            FROM workspace_members WHERE user_id > ''
            """
        ) { $0.text(0) }
        let invitations = try db.rows(
            """
            SELECT json_array(id, workspace_id, email, permissions, status, invited_by,
                expires_at, created_at, sent_at, answered_by, answered_at, name_at_end,
                mail_id, email_status, email_error)
            FROM workspace_invitations WHERE id > ''
            """
        ) { $0.text(0) }
        return workspaces + ["-"] + members + ["-"] + invitations
    }

    private func proof(_ db: Reader) throws -> [String] {
        let sendings = try db.rows(
            "SELECT inviter || sent_at FROM sendings WHERE inviter > ''"
        ) { $0.text(0) }
        let events = try db.rows(
            "SELECT json_array(type, recipient, data) FROM events WHERE number > 0"
        ) { $0.text(0) }
        let mails = try db.rows("SELECT id || status FROM mails WHERE id > ''") { $0.text(0) }
        let audit = try db.rows("SELECT id || action FROM audit WHERE id > ''") { $0.text(0) }
        let kept = try db.rows(
            "SELECT user_id || idempotency_key FROM kept_answers WHERE user_id > ''"
        ) { $0.text(0) }
        let gone = try db.rows("SELECT kind || id FROM gone WHERE kind > ''") { $0.text(0) }
        return sendings + ["-"] + events + ["-"] + mails + ["-"] + audit + ["-"] + kept + ["-"]
            + gone
    }

    /// Every file of the database, as bytes: what a thief of the disk has.
    func files(in folder: String) throws -> [UInt8] {
        try ["", "-wal"].flatMap { ending in
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + ending)))
        }
    }
}
