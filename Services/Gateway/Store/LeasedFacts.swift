import SQLite

/// What an edge gateway's answers about tokens and users depend on, and those of services about
/// which users exist, by the ids of the users: they are kept under leases. That something is
/// missing is not kept, so new rows change no answer.
enum LeasedFacts {
    static let tables = [
        TableWatch.Table(
            "tokens", key: "row.user_id",
            columns: "user_id, digest, scopes, read_only, expires_at, rate_limit, is_session",
            ignoresInserts: true),
        TableWatch.Table(
            "users", key: "row.id", columns: "role, suspended_at, external_id, username",
            ignoresInserts: true),
    ]
}
