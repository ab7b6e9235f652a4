import SQLite

extension Database {
    /// All that is kept, so that a test can say that nothing was changed.
    func everything() throws -> [String] {
        try read { db in
            let organizations = try db.rows(
                """
                SELECT json_array(id, name, slug, member_count, public_count, search_text,
                    hex(npm_registry_key)) FROM organizations WHERE id > ''
                """
            ) { $0.text(0) }
            let roles = try db.rows(
                """
                SELECT json_array(id, organization_id, name, folded_name, built_in, scopes)
                FROM roles WHERE id > ''
                """
            ) { $0.text(0) }
            let members = try db.rows(
                """
                SELECT json_array(user_id, organization_id, id, role_id, joined_at)
                FROM memberships WHERE user_id > ''
                """
            ) { $0.text(0) }
            let buckets = try db.rows(
                """
                SELECT json_array(organization_id, provider, endpoint, bucket, region,
                    access_key_id, hex(secret_access_key))
                FROM external_storages WHERE organization_id > ''
                """
            ) { $0.text(0) }
            return organizations + ["-"] + roles + ["-"] + members + ["-"] + buckets + ["-"]
                + (try published(db)) + ["-"] + (try told(db))
        }
    }

    private func published(_ db: Reader) throws -> [String] {
        let publications = try db.rows(
            """
            SELECT json_array(id, organization_id, entity_id, entity_type, is_public,
                published_by, published_at, updated_at) FROM publications WHERE entity_id > ''
            """
        ) { $0.text(0) }
        let names = try db.rows(
            """
            SELECT json_array(entity_id, name, updated_at) FROM entity_names
            WHERE entity_id > ''
            """
        ) { $0.text(0) }
        return publications + ["-"] + names
    }

    private func told(_ db: Reader) throws -> [String] {
        let audit = try db.rows("SELECT id || action FROM audit WHERE id > ''") { $0.text(0) }
        let kept = try db.rows(
            "SELECT user_id || idempotency_key FROM kept_answers WHERE user_id > ''"
        ) { $0.text(0) }
        return audit + ["-"] + kept + ["-"] + (try outbox(db).map { "\($0.type)|\($0.data)" })
    }

    /// What waits to be told to others, oldest first.
    func outbox() throws -> [(type: String, data: String)] { try read { try outbox($0) } }

    private func outbox(_ db: Reader) throws -> [(type: String, data: String)] {
        try db.rows("SELECT type, data FROM outbox WHERE number > 0 ORDER BY number") {
            (type: $0.text(0), data: $0.text(1))
        }
    }
}
