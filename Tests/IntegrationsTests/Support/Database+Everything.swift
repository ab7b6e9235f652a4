import SQLite

extension Database {
    /// All that is kept, so that a test can say that nothing was changed.
    func everything() throws -> [String] {
        try read { db in
            let teams = try db.rows(
                """
                SELECT json_array(id, name, created_at, member_count, search_text)
                FROM teams WHERE id > ''
                """
            ) { $0.text(0) }
            let members = try db.rows(
                """
                SELECT json_array(user_id, team_id, role, joined_at)
                FROM team_members WHERE user_id > ''
                """
            ) { $0.text(0) }
            let integrations = try db.rows(
                """
                SELECT json_array(id, slug, name, description, owner, created_at, updated_at,
                    share_count, search_text) FROM integrations WHERE id > ''
                """
            ) { $0.text(0) }
            let shares = try db.rows(
                """
                SELECT json_array(principal, integration_id, id, access_level, created_at,
                    updated_at) FROM shares WHERE principal > ''
                """
            ) { $0.text(0) }
            return teams + ["-"] + members + ["-"] + integrations + ["-"] + shares + ["-"]
                + (try proof(db))
        }
    }

    private func proof(_ db: Reader) throws -> [String] {
        let audit = try db.rows("SELECT id || action FROM audit WHERE id > ''") { $0.text(0) }
        let kept = try db.rows(
            "SELECT user_id || idempotency_key FROM kept_answers WHERE user_id > ''"
        ) { $0.text(0) }
        let gone = try db.rows("SELECT kind || id FROM gone WHERE kind > ''") { $0.text(0) }
        return audit + ["-"] + kept + ["-"] + gone
    }
}
