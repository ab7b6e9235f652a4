import Contract
import GatewayContract
import Kernel
import SQLite
import WriteKit

/// The context's database, for backups.
public let gatewayData = ServiceData(
    migrations: gatewayMigrations, restored: SignInStore.endCodes, facts: GatewayFacts.read,
    agree: GatewayFacts.agree)

extension SignInStore {
    /// A code that was used after the backup must not work again.
    static func endCodes(in tx: Transaction) throws {
        try tx.execute("UPDATE sign_in_codes SET is_used = 1 WHERE is_used = 0")
        try tx.execute("DELETE FROM code_requests")
    }
}

private enum GatewayFacts {
    static func read(from db: any Queryable) throws -> RestoredFacts {
        var facts = try RestoredFacts(of: db)
        facts.owned["user"] = try db.rows("SELECT id FROM users") { $0.text(0) }
        facts.suspended = try db.rows("SELECT id FROM users WHERE suspended_at IS NOT NULL") {
            $0.text(0)
        }
        facts.admin = try db.row("SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 1") {
            $0.text(0)
        }
        return facts
    }

    static func agree(_ restoration: Restoration, in tx: Transaction) throws {
        let actor = try restoration.actor()
        let suspended = Set(restoration.facts["gateway"]?.suspended ?? [])
        for context in restoration.others(than: "gateway") {
            for id in restoration.missing(.user, in: context, owner: "gateway") {
                try restoration.notify(
                    context, of: UserDeleted.type, UserDeleted(userId: id, by: actor),
                    in: tx)
            }
            let known = Set(restoration.facts[context]?.suspended ?? [])
            for id in suspended.symmetricDifference(known).sorted() {
                let fact = UserSuspensionChanged(userId: id, isSuspended: suspended.contains(id))
                try restoration.notify(context, of: UserSuspensionChanged.type, fact, in: tx)
            }
            try repeatOffboardings(in: context, by: EventActor(actor), restoration, tx)
        }
    }

    /// Offboardings that a context was notified of after its moment. One that it has received, and
    /// no longer knows, is older than its last change.
    private static func repeatOffboardings(
        in context: String, by actor: EventActor, _ restoration: Restoration, _ tx: Transaction
    ) throws {
        guard let facts = restoration.facts[context] else { return }
        let since = facts.lastChange?.adding(milliseconds: -3_600_000)
        let known = Set(facts.offboardings)
        let operations = try tx.rows(
            """
            SELECT o.id, o.user_id, u.email FROM operations o JOIN users u ON u.id = o.user_id
            WHERE o.started_at >= ?1 AND NOT EXISTS (
                SELECT 1 FROM outbox WHERE target = ?2 AND type = ?3
                    AND json_extract(data, '$.operationId') = o.id)
            ORDER BY o.started_at, o.id
            """, .time(since ?? Timestamp(milliseconds: 0)), .text(context),
            .text(UserOffboarded.type)
        ) { (id: $0.text(0), userId: $0.text(1), email: $0.text(2)) }
        for operation in operations where !known.contains(operation.id) {
            let fact = UserOffboarded(
                operationId: operation.id, userId: operation.userId, email: operation.email,
                actor: actor)
            try restoration.notify(context, of: UserOffboarded.type, fact, in: tx)
        }
    }
}
