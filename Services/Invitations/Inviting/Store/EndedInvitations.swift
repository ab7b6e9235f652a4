import Kernel
import SQLite
import WriteKit

/// Invitations of one kind that were answered, revoked or have expired, by the date of their
/// expiry: no link to one works any longer.
package struct EndedInvitations: Sendable {
    private let first: SQL
    private let delete: SQL

    /// - Parameter index: of the table, on `expires_at` of those that are not pending.
    package init(of table: StaticString, by index: StaticString) {
        let (table, index) = (Columns(table), Columns(index))
        first = SQL(
            """
            SELECT expires_at FROM \(table) INDEXED BY \(index)
            WHERE status <> 'pending' ORDER BY expires_at LIMIT 1
            """)
        delete = SQL(
            """
            DELETE FROM \(table) WHERE id IN (
                SELECT id FROM \(table) INDEXED BY \(index)
                WHERE status <> 'pending' AND expires_at < ?1 ORDER BY expires_at LIMIT ?2)
            """)
    }

    package func retention(_ name: String, days: Int?) -> RetentionRule {
        RetentionRule(name, days: days, oldest: { try $0.row(first) { $0.time(0) } }) {
            try $2.execute(delete, .time($0), .int($1))
        }
    }
}
