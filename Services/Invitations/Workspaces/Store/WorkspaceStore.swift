import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Rows of `workspaces`; the owner is a row of `workspace_members`, too.
enum WorkspaceStore {
    private static let columns = SQL("w.id, w.name, o.user_id, w.created_at, w.external_id")
    static let externalIds = ExternalIDs(of: "workspaces")
    private static let withOwner: SQL.Parts = """
        CROSS JOIN workspace_members o INDEXED BY owner_of_workspace
            ON o.workspace_id = w.id AND o.permissions = 'owner'
        """

    /// As a user sees it; nil if it doesn't exist or they aren't a member.
    static func find(
        _ id: String, of userId: String, in db: some Queryable
    ) throws -> WorkspaceAccess? {
        try db.row(byMember, .text(userId), .text(id), map: access)
    }

    private static let byMember = SQL(
        """
        SELECT \(columns), r.permissions
        FROM workspace_members r CROSS JOIN workspaces w ON w.id = r.workspace_id \(withOwner)
        WHERE r.user_id = ?1 AND r.workspace_id = ?2 AND NOT \(UserRemoval.hiding("?1", "?2"))
        """)

    static func find(_ id: String, in db: some Queryable) throws -> Workspace? {
        try db.row(byId, .text(id), map: workspace)
    }

    private static let byId = SQL(
        "SELECT \(columns) FROM workspaces w \(withOwner) WHERE w.id = ?1")

    /// A user's workspaces, newest first.
    static func page(
        of userId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WorkspaceAccess> {
        try db.page(ofMember, page, .text(userId), map: access)
    }

    private static let ofMember = PagedQuery(
        "\(columns), r.permissions", from: "workspace_members",
        key: Columns("user_id", "workspace_id"),
        joining: "CROSS JOIN workspaces w ON w.id = r.workspace_id \(withOwner)",
        where: "user_id = ?1 AND \(isMember)", newestFirst: Columns("workspace_id"),
        count: SQL(
            """
            SELECT CASE WHEN \(UserRemoval.isRunning("?1")) THEN (
                SELECT count(*) FROM workspace_members WHERE user_id = ?1 AND \(isMember))
            ELSE (\(KeptCounts.count(of: "workspaces_of_member"))) END
            """))
    private static let isMember: SQL.Parts = "NOT \(UserRemoval.hiding("?1", "workspace_id"))"

    /// It is created by its owner.
    static func insert(_ workspace: Workspace, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO workspaces (id, name, created_at, created_by, external_id)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(workspace.id), .text(workspace.name), .time(workspace.createdAt),
            .text(workspace.ownerId), .text(workspace.externalId))
    }

    static func update(_ workspace: Workspace, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE workspaces SET name = ?2, external_id = ?3 WHERE id = ?1",
            .text(workspace.id), .text(workspace.name), .text(workspace.externalId))
    }

    /// With its members. A job deletes the invitations to it.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM workspace_members WHERE workspace_id = ?1", .text(id))
        try tx.execute("DELETE FROM workspaces WHERE id = ?1", .text(id))
    }

    private static func workspace(_ row: Row) -> Workspace {
        Workspace(
            id: row.text(0), name: row.text(1), ownerId: row.text(2), createdAt: row.time(3),
            externalId: row.textOrNil(4))
    }

    private static func access(_ row: Row) throws -> WorkspaceAccess {
        WorkspaceAccess(
            workspace: workspace(row),
            permissions: try WorkspacePermission(stored: row.text(5)))
    }
}

extension WorkspacePermission {
    init(stored text: String) throws {
        guard let permission = Self(rawValue: text) else {
            throw Fault.unexpected("unknown permissions")
        }
        self = permission
    }
}
