import FoundationEssentials
import InvitationsContract
import Kernel
import SQLite

/// Rows of `webhooks` and `webhook_secrets`.
enum WebhookStore {
    private static let columns = Columns(
        "id", "owner_id", "url", "events", "is_enabled", "disabled_reason", "failing_since",
        "created_at", "scope", "organization_id")

    static func find(_ id: String, in db: some Queryable) throws -> Webhook? {
        guard IDMinter.isWellFormed(id, prefix: "whk_") else { return nil }
        return try db.row(byId, .text(id), map: webhook)
    }

    private static let byId = SQL("SELECT \(columns) FROM webhooks WHERE id = ?1")

    /// Newest first.
    static func page(
        of ownerId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Webhook> {
        try db.page(ofOwner, page, .text(ownerId), map: webhook)
    }

    private static let ofOwner = PagedQuery(
        "\(columns, of: "r")", from: "webhooks", by: "webhooks_of_owner", where: "owner_id = ?1")

    static func insert(_ webhook: Webhook, secret: [UInt8], in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(webhook.id), .text(webhook.ownerId), .text(webhook.url),
            .texts(webhook.events), .bool(webhook.isEnabled),
            .text(webhook.disabledReason?.rawValue), .time(webhook.failingSince),
            .time(webhook.createdAt), .text(webhook.scope.word.rawValue),
            .text(webhook.scope.organizationId))
        try add(secret, to: webhook.id, in: tx)
    }

    private static let insertion = columns.insert(into: "webhooks")

    /// Writes whatever can change, except its secrets.
    static func update(_ webhook: Webhook, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE webhooks SET url = ?2, events = ?3, is_enabled = ?4, disabled_reason = ?5,
                failing_since = ?6 WHERE id = ?1
            """, .text(webhook.id), .text(webhook.url), .texts(webhook.events),
            .bool(webhook.isEnabled), .text(webhook.disabledReason?.rawValue),
            .time(webhook.failingSince))
    }

    /// `purge` deletes its deliveries, of which there can be any number.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("INSERT INTO deleted_webhooks (id) VALUES (?1)", .text(id))
        try tx.execute("DELETE FROM webhook_secrets WHERE webhook_id = ?1", .text(id))
        try tx.execute("DELETE FROM webhooks WHERE id = ?1", .text(id))
    }

    /// Deletes some deliveries of deleted webhooks.
    /// - Returns: whether there can be more.
    static func purge(limit: Int, in tx: Transaction) throws -> Bool {
        guard let id = try tx.row("SELECT min(id) FROM deleted_webhooks", map: { $0.textOrNil(0) })
        else { return false }
        guard let id else { return false }
        let count = try tx.execute(
            """
            DELETE FROM deliveries WHERE webhook_id = ?1 AND event_number IN (
                SELECT event_number FROM deliveries WHERE webhook_id = ?1 LIMIT ?2)
            """, .text(id), .int(limit))
        if count < limit {
            try tx.execute("DELETE FROM deleted_webhooks WHERE id = ?1", .text(id))
        }
        return true
    }

    /// Whether it can have another pending delivery.
    static func hasRoom(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT waiting FROM webhooks WHERE id = ?1", .text(id)) {
            $0.int(0) < WebhookLimits.waiting
        } ?? false
    }

    /// The oldest first.
    static func all(of ownerId: String, in db: some Queryable) throws -> [Webhook] {
        try db.rows(allOfOwner, .text(ownerId), map: webhook)
    }

    private static let allOfOwner = SQL(
        "SELECT \(columns) FROM webhooks WHERE owner_id = ?1 ORDER BY id")

    /// The enabled webhooks of a scope.
    static func listening(in scope: FeedScope, _ db: some Queryable) throws -> [Webhook] {
        let webhooks =
            switch scope {
            case .own(let userId): try db.rows(allOfOwner, .text(userId), map: webhook)
            case .organization(let id): try db.rows(ofOrganization, .text(id), map: webhook)
            case .platform: try db.rows(ofPlatform, map: webhook)
            }
        return webhooks.filter { $0.isEnabled && $0.scope == scope }
    }

    private static let ofOrganization = SQL(
        """
        SELECT \(columns) FROM webhooks INDEXED BY webhooks_of_organization
        WHERE organization_id = ?1 ORDER BY id
        """)
    private static let ofPlatform = SQL(
        """
        SELECT \(columns) FROM webhooks INDEXED BY webhooks_of_platform
        WHERE scope = 'platform' ORDER BY id
        """)

    /// One of an owner's, if there is any.
    static func any(of ownerId: String, in db: some Queryable) throws -> Webhook? {
        try db.row(allOfOwner, .text(ownerId), map: webhook)
    }

    // MARK: Secrets

    /// The encrypted secrets that are valid at a moment, newest first.
    static func secrets(
        _ id: String, at now: Timestamp, in db: some Queryable
    ) throws -> [[UInt8]] {
        try db.rows(
            """
            SELECT sealed FROM webhook_secrets
            WHERE webhook_id = ?1 AND (good_until IS NULL OR good_until > ?2)
            ORDER BY number DESC
            """, .text(id), .time(now)
        ) { $0.blob(0) }
    }

    /// The former ones stay valid for a while.
    static func rotate(
        _ id: String, to secret: [UInt8], formerUntil: Timestamp, in tx: Transaction
    ) throws {
        try tx.execute(
            "DELETE FROM webhook_secrets WHERE webhook_id = ?1 AND good_until <= ?2", .text(id),
            .time(tx.now))
        try tx.execute(
            """
            UPDATE webhook_secrets SET good_until = ?2
            WHERE webhook_id = ?1 AND good_until IS NULL
            """, .text(id), .time(formerUntil))
        try add(secret, to: id, in: tx)
    }

    /// Whether a former secret stays valid longer than one replaced at `now`: from a clock that ran
    /// ahead.
    static func hasSecrets(after limit: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM webhook_secrets INDEXED BY former_secrets
            WHERE good_until > ?1 LIMIT 1
            """, .time(limit)
        ) { _ in true } ?? false
    }

    /// Makes those stay valid until `limit`.
    /// - Returns: how many.
    static func redateSecrets(to limit: Timestamp, count: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE webhook_secrets SET good_until = ?1 WHERE (webhook_id, number) IN (
                SELECT webhook_id, number FROM webhook_secrets INDEXED BY former_secrets
                WHERE good_until > ?1 LIMIT ?2)
            """, .time(limit), .int(count))
    }

    private static func add(
        _ secret: [UInt8], to id: String, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO webhook_secrets (webhook_id, number, sealed) VALUES (?1, 1 + coalesce(
                (SELECT max(number) FROM webhook_secrets WHERE webhook_id = ?1), 0), ?2)
            """, .text(id), .blob(secret))
    }

    // MARK: Notices

    static func setNotice(_ isDue: Bool, of id: String, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE webhooks SET notice_due = ?2 WHERE id = ?1", .text(id), .bool(isDue))
    }

    /// Those whose owners are due an e-mail.
    static func noticesDue(limit: Int, in db: some Queryable) throws -> [Webhook] {
        try db.rows(withNoticeDue, .int(limit), map: webhook)
    }

    private static let withNoticeDue = SQL(
        """
        SELECT \(columns) FROM webhooks INDEXED BY webhook_notices
        WHERE notice_due = 1 LIMIT ?1
        """)

    private static func webhook(_ row: Row) throws -> Webhook {
        let (owner, organization) = (row.text(1), row.textOrNil(9))
        guard
            let scope = EventScope(rawValue: row.text(8)).flatMap({
                FeedScope($0, userId: owner, organizationId: organization)
            })
        else { throw Fault.unexpected("a webhook with an unknown scope") }
        return Webhook(
            id: row.text(0), ownerId: owner, scope: scope, url: row.text(2),
            events: try JSONDecoder().decode([String].self, from: Data(row.text(3).utf8)),
            isEnabled: row.bool(4),
            disabledReason: row.textOrNil(5).flatMap { WebhookDisabledReason(rawValue: $0) },
            failingSince: row.timeOrNil(6), createdAt: row.time(7))
    }
}
