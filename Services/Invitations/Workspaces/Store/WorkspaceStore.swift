import InvitationsContract
import Kernel
import SQLite

/// Rows of `workspaces`; the owner is a row of `workspace_members`, too.
enum WorkspaceStore {
    /// As a user sees it; nil if it doesn't exist or they aren't a member.
    static func find(
        _ id: String, of userId: String, in db: some Queryable
    ) throws -> WorkspaceAccess? {
        try db.row(
            """
            SELECT w.id, w.name, o.user_id, w.created_at, m.permissions
            FROM workspace_members m CROSS JOIN workspaces w ON w.id = m.workspace_id
                CROSS JOIN workspace_members o INDEXED BY owner_of_workspace
                    ON o.workspace_id = m.workspace_id AND o.permissions = 'owner'
            WHERE m.user_id = ?1 AND m.workspace_id = ?2
            """, .text(userId), .text(id), map: access)
    }

    static func find(_ id: String, in db: some Queryable) throws -> Workspace? {
        try db.row(
            """
            SELECT w.id, w.name, o.user_id, w.created_at
            FROM workspaces w CROSS JOIN workspace_members o INDEXED BY owner_of_workspace
                ON o.workspace_id = w.id AND o.permissions = 'owner'
            WHERE w.id = ?1
            """, .text(id), map: workspace)
    }

    /// A user's workspaces, newest first.
    static func page(
        of userId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WorkspaceAccess> {
        let items = try db.rows(
            """
            SELECT w.id, w.name, o.user_id, w.created_at, m.permissions
            FROM (
                SELECT workspace_id, permissions FROM workspace_members
                WHERE user_id = ?1 ORDER BY workspace_id DESC LIMIT ?2 OFFSET ?3
            ) m CROSS JOIN workspaces w ON w.id = m.workspace_id
                CROSS JOIN workspace_members o INDEXED BY owner_of_workspace
                    ON o.workspace_id = m.workspace_id AND o.permissions = 'owner'
            ORDER BY w.id DESC
            """, .text(userId), .int(page.size), .int(page.offset), map: access)
        let total = try db.row(
            "SELECT count(*) FROM workspace_members WHERE user_id = ?1", .text(userId)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    /// It is created by its owner.
    static func insert(_ workspace: Workspace, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO workspaces (id, name, created_at, created_by) VALUES (?1, ?2, ?3, ?4)",
            .text(workspace.id), .text(workspace.name), .time(workspace.createdAt),
            .text(workspace.ownerId))
    }

    static func update(_ workspace: Workspace, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE workspaces SET name = ?2 WHERE id = ?1", .text(workspace.id),
            .text(workspace.name))
    }

    /// With its members. A job deletes the invitations to it.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM workspace_members WHERE workspace_id = ?1", .text(id))
        try tx.execute("DELETE FROM workspaces WHERE id = ?1", .text(id))
    }

    private static func workspace(_ row: Row) -> Workspace {
        Workspace(
            id: row.text(0), name: row.text(1), ownerId: row.text(2), createdAt: row.time(3))
    }

    private static func access(_ row: Row) throws -> WorkspaceAccess {
        WorkspaceAccess(
            workspace: workspace(row),
            permissions: try WorkspacePermission(stored: row.text(4)))
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
