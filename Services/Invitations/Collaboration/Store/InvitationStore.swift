import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

/// Rows of `invitations`.
enum InvitationStore {
    private static let columns = Columns(
        "id", "entity_id", "email", "role", "status", "invited_by", "message", "days",
        "expires_at", "created_at", "accepted_at", "accepted_by", "accepted_with", "is_declined",
        "generation", "claim_digest", "mail_id", "email_status", "email_error",
        "link_key", "locale", "asked_at", "return_url")

    static let ended = EndedInvitations(of: "invitations", by: "ended_by_expiry")

    static func find(_ id: String, in db: some Queryable) throws -> Invitation? {
        guard IDMinter.isWellFormed(id, prefix: "inv_") else { return nil }
        return try db.row(byId, .text(id), map: invitation)
    }

    private static let byId = SQL("SELECT \(columns) FROM invitations WHERE id = ?1")

    static func pending(
        of email: String, to entityId: String, in db: some Queryable
    ) throws -> Invitation? {
        try db.row(pendingOfAddress, .text(entityId), .text(email), map: invitation)
    }

    private static let pendingOfAddress = SQL(
        """
        SELECT \(columns) FROM invitations
        WHERE entity_id = ?1 AND email = ?2 AND status = 'pending'
        """)

    /// Those to an entity, newest first.
    static func page(
        of entityId: String, _ status: InvitationStatus?, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Invitation> {
        try db.page(
            ofEntity, page, .text(entityId), .text(status?.rawValue), map: invitation)
    }

    private static let ofEntity = PagedQuery(
        "\(columns, of: "r")", from: "invitations", by: "invitations_of_entity",
        where: "entity_id = ?1 AND (?2 IS NULL OR status = ?2)",
        count: countOfEntity)

    private static let countOfEntity = KeptCounts.countByPart(of: "invitations_of_entity")

    /// Those to an address, newest first.
    static func page(
        to email: String, _ status: InvitationStatus?, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Invitation> {
        try db.page(toAddress, page, .text(email), .text(status?.rawValue), map: invitation)
    }

    private static let toAddress = PagedQuery(
        "\(columns, of: "r")", from: "invitations", by: "invitations_to_address",
        where: "email = ?1 AND (?2 IS NULL OR status = ?2)",
        count: KeptCounts.countByPart(of: "invitations_to_address"))

    /// Overdue pending ones, the oldest first.
    static func due(_ limit: Int, at now: Timestamp, in db: some Queryable) throws -> [Invitation] {
        try db.rows(overdue, .time(now), .int(limit), map: invitation)
    }

    private static let overdue = SQL(
        """
        SELECT \(columns) FROM invitations INDEXED BY pending_by_expiry
        WHERE status = 'pending' AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2
        """)

    /// Whether a pending one expires later than any created at `now` could: from a clock that ran
    /// ahead.
    static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM invitations INDEXED BY pending_by_expiry
            WHERE status = 'pending' AND expires_at > ?1 LIMIT 1
            """, .time(now.adding(seconds: longestSeconds))
        ) { _ in true } ?? false
    }

    /// Makes those expire as if they were created now.
    /// - Returns: how many.
    static func redate(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE invitations SET expires_at = ?1 + days * 86400000 WHERE id IN (
                SELECT id FROM invitations INDEXED BY pending_by_expiry
                WHERE status = 'pending' AND expires_at > ?2 LIMIT ?3)
            """, .time(tx.now), .time(tx.now.adding(seconds: longestSeconds)), .int(limit))
    }

    private static let longestSeconds = Int64(InvitationLimits.days.upperBound) * 86_400

    /// The pending ones to an entity.
    static func pending(
        to entityId: String, limit: Int = .max, in db: some Queryable
    ) throws -> [Invitation] {
        try db.rows(pendingOfEntity, .text(entityId), .int(limit), map: invitation)
    }

    private static let pendingOfEntity = SQL(
        """
        SELECT \(columns) FROM invitations INDEXED BY pending_of_address
        WHERE entity_id = ?1 AND status = 'pending' LIMIT ?2
        """)

    /// Some of the pending ones to the address of a user, except to what they got since their
    /// removal began.
    static func pending(
        to email: String, of userId: String, limit: Int, in db: some Queryable
    ) throws -> [Invitation] {
        try db.rows(
            pendingToAddress, .text(email), .text(userId), .int(limit), map: invitation)
    }

    private static let pendingToAddress = SQL(
        """
        SELECT \(columns) FROM invitations INDEXED BY pending_to_address
        WHERE email = ?1 AND status = 'pending'
            AND NOT \(UserRemoval.regranted("?2", "entity_id")) LIMIT ?3
        """)

    static func pendingCount(to entityId: String, in db: some Queryable) throws -> Int {
        try db.row(
            countOfEntity, .text(entityId), .text(InvitationStatus.pending.rawValue)
        ) { Int($0.int(0)) } ?? 0
    }

    /// The pending ones that a user has sent.
    static func pending(by inviter: String, in db: some Queryable) throws -> [Invitation] {
        try db.rows(pendingOfInviter, .text(inviter), map: invitation)
    }

    private static let pendingOfInviter = SQL(
        """
        SELECT \(columns) FROM invitations INDEXED BY pending_by_inviter
        WHERE invited_by = ?1 AND status = 'pending'
        """)

    /// The number of a user's open ones, and when the first of them expires.
    static func open(
        by inviter: String, at now: Timestamp, in db: some Queryable
    ) throws -> (count: Int, first: Timestamp?) {
        try db.row(
            """
            SELECT count(*), min(expires_at) FROM invitations INDEXED BY pending_by_inviter
            WHERE invited_by = ?1 AND status = 'pending' AND expires_at > ?2
            """, .text(inviter), .time(now)
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }

    static func insert(_ invitation: Invitation, in tx: Transaction) throws {
        try tx.execute(
            insertion,
            .text(invitation.id), .text(invitation.entityId), .text(invitation.email),
            .text(invitation.role.rawValue), .text(invitation.status.rawValue),
            .text(invitation.invitedBy), .text(invitation.message), .int(invitation.days),
            .time(invitation.expiresAt), .time(invitation.createdAt),
            .time(invitation.acceptedAt), .text(invitation.acceptedBy),
            .text(invitation.acceptedWith), .bool(invitation.isDeclined),
            .int(invitation.generation), blob(invitation.claimDigest),
            .text(invitation.mailId), .text(invitation.delivery.status.rawValue),
            .text(invitation.delivery.reason), blob(invitation.linkKey),
            .text(invitation.locale), .time(invitation.askedAt), .text(invitation.returnURL))
    }

    private static let insertion = columns.insert(into: "invitations")

    /// Writes whatever can change.
    static func update(_ invitation: Invitation, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE invitations SET status = ?2, invited_by = ?3, expires_at = ?4,
                accepted_at = ?5, accepted_by = ?6, is_declined = ?7, generation = ?8,
                claim_digest = ?9, mail_id = ?10, email_status = ?11, email_error = ?12,
                accepted_with = ?13, asked_at = ?14
            WHERE id = ?1
            """,
            values: [
                .text(invitation.id), .text(invitation.status.rawValue),
                .text(invitation.invitedBy), .time(invitation.expiresAt),
                .time(invitation.acceptedAt), .text(invitation.acceptedBy),
                .bool(invitation.isDeclined), .int(invitation.generation),
                blob(invitation.claimDigest), .text(invitation.mailId),
                .text(invitation.delivery.status.rawValue), .text(invitation.delivery.reason),
                .text(invitation.acceptedWith), .time(invitation.askedAt),
            ])
    }

    /// Stores the result of an e-mail, unless a newer one has replaced it.
    static func settle(
        _ mailId: String, as delivery: MailDelivery, in tx: Transaction
    ) throws {
        try tx.execute(
            "UPDATE invitations SET email_status = ?2, email_error = ?3 WHERE mail_id = ?1",
            .text(mailId), .text(delivery.status.rawValue), .text(delivery.reason))
    }

    /// Deletes some of a deleted entity.
    /// - Returns: how many.
    static func deleteSome(of entityId: String, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM invitations WHERE id IN (
                SELECT id FROM invitations INDEXED BY invitations_of_entity WHERE entity_id = ?1
                LIMIT ?2)
            """, .text(entityId), .int(limit))
    }

    /// Writes which secret makes the link of a new generation.
    static func setLinkKey(of invitation: Invitation, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE invitations SET link_key = ?2 WHERE id = ?1", .text(invitation.id),
            blob(invitation.linkKey))
    }

    private static func blob(_ bytes: [UInt8]?) -> Value {
        guard let bytes, !bytes.isEmpty else { return .null }
        return .blob(bytes)
    }

    private static func invitation(_ row: Row) throws -> Invitation {
        guard let role = CollaboratorRole(rawValue: row.text(3)),
            let status = InvitationStatus(rawValue: row.text(4)),
            let delivery = MailStatus(rawValue: row.text(17))
        else { throw Fault.unexpected("an invitation with an unknown status") }
        return Invitation(
            id: row.text(0), entityId: row.text(1), email: row.text(2), role: role,
            status: status, invitedBy: row.text(5), message: row.textOrNil(6),
            days: Int(row.int(7)), expiresAt: row.time(8), createdAt: row.time(9),
            acceptedAt: row.timeOrNil(10), acceptedBy: row.textOrNil(11),
            acceptedWith: row.textOrNil(12), isDeclined: row.bool(13),
            generation: Int(row.int(14)), claimDigest: row.isNull(15) ? nil : row.blob(15),
            mailId: row.textOrNil(16),
            delivery: MailDelivery(delivery, reason: row.textOrNil(18)), linkKey: row.blob(19),
            locale: row.textOrNil(20), returnURL: row.textOrNil(22), askedAt: row.timeOrNil(21))
    }
}
