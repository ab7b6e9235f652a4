import SQLite

/// What answers about access through stores depend on (`AccessStore.storeAccess`), by the ids of
/// their users and entities: other services keep such answers under leases.
enum LeasedFacts {
    static let tables = [
        TableWatch.Table(
            "publications", key: "row.entity_id", columns: "entity_id, organization_id, is_public"),
        TableWatch.Table(
            "memberships", key: "row.user_id", columns: "user_id, organization_id"),
        // Deletions hide things before their rows are deleted: what belongs to a user, or a store.
        TableWatch.Table(
            "jobs",
            key: "CASE row.kind WHEN 'organization.deleted' THEN '*' ELSE row.subject END",
            columns: "kind, subject"),
        TableWatch.Table("regrants", key: "row.grantee", columns: "grantee, thing"),
    ]
}
