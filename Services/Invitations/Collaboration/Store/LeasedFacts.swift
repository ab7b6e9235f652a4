import SQLite

/// What answers about collaborations depend on (`CollaboratorStore.places`), by the ids of their
/// users: other services keep such answers under leases.
package enum LeasedFacts {
    package static let tables = [
        TableWatch.Table("collaborators", key: "row.user_id", columns: "user_id, entity_id"),
        // Deletions hide things before their rows are deleted.
        TableWatch.Table("jobs", key: "row.subject", columns: "kind, subject"),
        TableWatch.Table("regrants", key: "row.grantee", columns: "grantee, thing"),
    ]
}
