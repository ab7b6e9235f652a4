import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

/// Rows of `workspace_invitations`.
enum WorkspaceInvitationStore {
    private static let columns = Columns(
        "id", "workspace_id", "email", "permissions", "status", "invited_by", "expires_at",
        "created_at", "sent_at", "answered_by", "answered_at", "name_at_end", "mail_id",
        "email_status", "email_error", "link_key", "locale",
        "asked_at", "return_url")

    static let ended = EndedInvitations(
        of: "workspace_invitations", by: "ended_workspace_by_expiry")

    static func find(_ id: String, in db: some Queryable) throws -> WorkspaceInvitation? {
        try db.row(byId, .text(id), map: invitation)
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM workspace_invitations WHERE id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'workspace.deleted' AND subject = workspace_id)
        """)

    static func pending(
        of email: String, to workspaceId: String, in db: some Queryable
    ) throws -> WorkspaceInvitation? {
        try db.row(pendingOfAddress, .text(workspaceId), .text(email), map: invitation)
    }

    private static let pendingOfAddress = SQL(
        """
        SELECT \(columns) FROM workspace_invitations INDEXED BY pending_in_workspace
        WHERE workspace_id = ?1 AND email = ?2 AND status = 'pending'
        """)

    /// Open ones to a workspace, newest first.
    static func openPage(
        to workspaceId: String, at now: Timestamp, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WorkspaceInvitation> {
        try db.page(openInWorkspace, page, .text(workspaceId), .time(now), map: invitation)
    }

    /// `WorkspaceLimits.people` bounds what is counted.
    private static let openInWorkspace = PagedQuery(
        "\(columns, of: "r")", from: "workspace_invitations", by: "pending_of_workspace",
        where: "workspace_id = ?1 AND status = 'pending' AND expires_at > ?2")

    /// Open ones to a workspace that a user sent, newest first.
    static func openPage(
        to workspaceId: String, by inviter: String, at now: Timestamp, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<WorkspaceInvitation> {
        try db.page(
            openOfInviter, page, .text(inviter), .text(workspaceId), .time(now), map: invitation)
    }

    private static let openOfInviter = PagedQuery(
        "\(columns, of: "r")", from: "workspace_invitations", by: "pending_of_inviter",
        where: """
            invited_by = ?1 AND workspace_id = ?2 AND status = 'pending' AND expires_at > ?3
            """)

    /// Those to an address, newest first.
    /// - Parameter status: as of `now`; an expiry may not be stored yet.
    static func page(
        to email: String, _ status: WorkspaceInvitationStatus?, at now: Timestamp,
        _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WorkspaceInvitation> {
        try db.page(
            toAddress, page, .text(email), .text(status?.rawValue), .time(now), map: invitation)
    }

    private static let toAddress = PagedQuery(
        "\(columns, of: "r")", from: "workspace_invitations", by: "workspace_invitations_to",
        where: """
            email = ?1
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'workspace.deleted' AND subject = workspace_id)
                AND (?2 IS NULL OR ?2 = CASE WHEN status = 'pending' AND expires_at <= ?3
                    THEN 'expired' ELSE status END)
            """, count: countToAddress)

    /// What is kept, corrected by what has expired within the last seconds and isn't stored yet,
    /// and by what is left of workspaces that are being deleted, none of it pending.
    private static let countToAddress = SQL(
        """
        SELECT (\(KeptCounts.countByPart(of: "workspace_invitations_to")))
            + CASE ?2 WHEN 'expired' THEN 1 WHEN 'pending' THEN -1 ELSE 0 END * (
                SELECT count(*) FROM workspace_invitations INDEXED BY pending_workspace_to
                WHERE email = ?1 AND status = 'pending' AND expires_at <= ?3)
            - (SELECT count(*) FROM jobs CROSS JOIN workspace_invitations i
                    INDEXED BY workspace_invitations_of
                    ON i.workspace_id = jobs.subject AND i.email = ?1
                        AND (?2 IS NULL OR i.status = ?2)
                WHERE jobs.kind = 'workspace.deleted')
        """)

    /// Overdue pending ones, the oldest first.
    static func due(
        _ limit: Int, at now: Timestamp, in db: some Queryable
    ) throws -> [WorkspaceInvitation] {
        try db.rows(overdue, .time(now), .int(limit), map: invitation)
    }

    private static let overdue = SQL(
        """
        SELECT \(columns) FROM workspace_invitations INDEXED BY pending_workspace_by_expiry
        WHERE status = 'pending' AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2
        """)

    /// The pending ones to a workspace.
    static func pending(
        to workspaceId: String, in db: some Queryable
    ) throws -> [WorkspaceInvitation] {
        try db.rows(pendingInWorkspace, .text(workspaceId), map: invitation)
    }

    private static let pendingInWorkspace = SQL(
        """
        SELECT \(columns) FROM workspace_invitations INDEXED BY pending_of_workspace
        WHERE workspace_id = ?1 AND status = 'pending'
        """)

    /// Some of the pending ones to the address of a user, except to what they got since their
    /// removal began.
    static func pending(
        to email: String, of userId: String, limit: Int, in db: some Queryable
    ) throws -> [WorkspaceInvitation] {
        try db.rows(
            pendingToUser, .text(email), .text(userId), .int(limit), map: invitation)
    }

    private static let pendingToUser = SQL(
        """
        SELECT \(columns) FROM workspace_invitations INDEXED BY pending_workspace_to
        WHERE email = ?1 AND status = 'pending'
            AND NOT \(UserRemoval.regranted("?2", "workspace_id")) LIMIT ?3
        """)

    /// The pending ones to a workspace that a user has sent.
    static func pending(
        to workspaceId: String, by inviter: String, in db: some Queryable
    ) throws -> [WorkspaceInvitation] {
        try db.rows(pendingOfInviter, .text(inviter), .text(workspaceId), map: invitation)
    }

    private static let pendingOfInviter = SQL(
        """
        SELECT \(columns) FROM workspace_invitations INDEXED BY pending_of_inviter
        WHERE invited_by = ?1 AND workspace_id = ?2 AND status = 'pending'
        """)

    /// Whether a member of a workspace has accepted an invitation of this address to it since then.
    static func isMember(
        _ email: String, of workspaceId: String, since: Timestamp, in db: some Queryable
    ) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM workspace_invitations i INDEXED BY workspace_invitations_of
                CROSS JOIN workspace_members m
                    ON m.user_id = i.answered_by AND m.workspace_id = i.workspace_id
            WHERE i.workspace_id = ?1 AND i.email = ?2 AND i.status = 'accepted'
                AND i.answered_at >= ?3 LIMIT 1
            """, .text(workspaceId), .text(email), .time(since)
        ) { _ in true } ?? false
    }

    /// Whether a pending one expires later than any created at `now` could: from a clock that ran
    /// ahead.
    static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM workspace_invitations INDEXED BY pending_workspace_by_expiry
            WHERE status = 'pending' AND expires_at > ?1 LIMIT 1
            """, .time(WorkspaceInvitation.aYear(after: now))
        ) { _ in true } ?? false
    }

    /// Makes those expire at the latest possible time.
    /// - Returns: how many.
    static func redate(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE workspace_invitations SET expires_at = ?1 WHERE id IN (
                SELECT id FROM workspace_invitations INDEXED BY pending_workspace_by_expiry
                WHERE status = 'pending' AND expires_at > ?1 LIMIT ?2)
            """, .time(WorkspaceInvitation.aYear(after: tx.now)), .int(limit))
    }

    /// The number of pending ones to a workspace.
    static func pendingCount(of workspaceId: String, in db: some Queryable) throws -> Int {
        try db.row(
            """
            SELECT count(*) FROM workspace_invitations INDEXED BY pending_of_workspace
            WHERE workspace_id = ?1 AND status = 'pending'
            """, .text(workspaceId)
        ) { Int($0.int(0)) } ?? 0
    }

    /// The number of a user's open ones, and when the first of them expires.
    static func open(
        by inviter: String, at now: Timestamp, in db: some Queryable
    ) throws -> (count: Int, first: Timestamp?) {
        try db.row(
            """
            SELECT count(*), min(expires_at)
            FROM workspace_invitations INDEXED BY pending_of_inviter
            WHERE invited_by = ?1 AND status = 'pending' AND expires_at > ?2
            """, .text(inviter), .time(now)
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }

    static func insert(_ invitation: WorkspaceInvitation, in tx: Transaction) throws {
        try tx.execute(
            insertion,
            .text(invitation.id), .text(invitation.workspaceId), .text(invitation.email),
            .text(invitation.permissions.rawValue), .text(invitation.status.rawValue),
            .text(invitation.invitedBy), .time(invitation.expiresAt),
            .time(invitation.createdAt), .time(invitation.sentAt),
            .text(invitation.answeredBy), .time(invitation.answeredAt),
            .text(invitation.nameAtEnd), .text(invitation.mailId),
            .text(invitation.delivery.status.rawValue), .text(invitation.delivery.reason),
            invitation.linkKey.isEmpty ? .null : .blob(invitation.linkKey),
            .text(invitation.locale), .time(invitation.askedAt), .text(invitation.returnURL))
    }

    private static let insertion = columns.insert(into: "workspace_invitations")

    /// Writes whatever can change.
    static func update(_ invitation: WorkspaceInvitation, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE workspace_invitations SET status = ?2, expires_at = ?3, sent_at = ?4,
                answered_by = ?5, answered_at = ?6, mail_id = ?7, email_status = ?8,
                email_error = ?9, name_at_end = ?10, asked_at = ?11
            WHERE id = ?1
            """,
            values: [
                .text(invitation.id), .text(invitation.status.rawValue),
                .time(invitation.expiresAt), .time(invitation.sentAt),
                .text(invitation.answeredBy), .time(invitation.answeredAt),
                .text(invitation.mailId), .text(invitation.delivery.status.rawValue),
                .text(invitation.delivery.reason), .text(invitation.nameAtEnd),
                .time(invitation.askedAt),
            ])
    }

    /// Deletes some of a deleted workspace.
    /// - Returns: how many.
    static func deleteSome(
        to workspaceId: String, limit: Int, in tx: Transaction
    ) throws -> Int {
        try tx.execute(
            """
            DELETE FROM workspace_invitations WHERE id IN (
                SELECT id FROM workspace_invitations INDEXED BY workspace_invitations_of
                WHERE workspace_id = ?1 LIMIT ?2)
            """, .text(workspaceId), .int(limit))
    }

    /// Stores the result of an e-mail, unless a newer one has replaced it.
    static func settle(
        _ mailId: String, as delivery: MailDelivery, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE workspace_invitations SET email_status = ?2, email_error = ?3
            WHERE mail_id = ?1
            """, .text(mailId), .text(delivery.status.rawValue), .text(delivery.reason))
    }

    private static func invitation(_ row: Row) throws -> WorkspaceInvitation {
        guard let status = WorkspaceInvitationStatus(rawValue: row.text(4)),
            let delivery = MailStatus(rawValue: row.text(13))
        else { throw Fault.unexpected("an invitation with an unknown status") }
        return WorkspaceInvitation(
            id: row.text(0), workspaceId: row.text(1), email: row.text(2),
            permissions: try WorkspacePermission(stored: row.text(3)), status: status,
            invitedBy: row.text(5), expiresAt: row.time(6), createdAt: row.time(7),
            sentAt: row.time(8), answeredBy: row.textOrNil(9), answeredAt: row.timeOrNil(10),
            nameAtEnd: row.textOrNil(11), mailId: row.textOrNil(12),
            delivery: MailDelivery(delivery, reason: row.textOrNil(14)), linkKey: row.blob(15),
            locale: row.textOrNil(16), returnURL: row.textOrNil(18), askedAt: row.timeOrNil(17))
    }
}
