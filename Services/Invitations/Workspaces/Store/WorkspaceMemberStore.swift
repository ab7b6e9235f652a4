import InvitationsContract
import Kernel
import SQLite

/// Rows of `workspace_members`, the owner included.
enum WorkspaceMemberStore {
    static func find(
        _ userId: String, of workspaceId: String, in db: some Queryable
    ) throws -> WorkspaceMember? {
        try db.row(
            """
            SELECT workspace_id, user_id, permissions, shared_at FROM workspace_members
            WHERE user_id = ?1 AND workspace_id = ?2
            """, .text(userId), .text(workspaceId), map: member)
    }

    /// Newest first.
    static func page(
        of workspaceId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WorkspaceMember> {
        let items = try db.rows(
            """
            SELECT m.workspace_id, m.user_id, m.permissions, m.shared_at FROM (
                SELECT user_id FROM workspace_members INDEXED BY members_of_workspace
                WHERE workspace_id = ?1 ORDER BY shared_at DESC, user_id DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN workspace_members m
                ON m.user_id = page.user_id AND m.workspace_id = ?1
            ORDER BY m.shared_at DESC, m.user_id DESC
            """, .text(workspaceId), .int(page.size), .int(page.offset), map: member)
        return Page(items, page, total: try count(of: workspaceId, in: db))
    }

    static func count(of workspaceId: String, in db: some Queryable) throws -> Int {
        try db.row(
            "SELECT count(*) FROM workspace_members WHERE workspace_id = ?1", .text(workspaceId)
        ) { Int($0.int(0)) } ?? 0
    }

    /// All members, the longest-standing first.
    static func all(of workspaceId: String, in db: some Queryable) throws -> [WorkspaceMember] {
        try db.rows(
            """
            SELECT workspace_id, user_id, permissions, shared_at FROM workspace_members
            WHERE workspace_id = ?1 ORDER BY shared_at, user_id
            """, .text(workspaceId), map: member)
    }

    /// One of a user's memberships, if there is any.
    static func any(for userId: String, in db: some Queryable) throws -> WorkspaceMember? {
        try db.row(
            """
            SELECT workspace_id, user_id, permissions, shared_at FROM workspace_members
            WHERE user_id = ?1 LIMIT 1
            """, .text(userId), map: member)
    }

    static func insert(_ member: WorkspaceMember, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO workspace_members (user_id, workspace_id, permissions, shared_at)
            VALUES (?1, ?2, ?3, ?4)
            """, .text(member.userId), .text(member.workspaceId),
            .text(member.permissions.rawValue), .time(member.sharedAt))
    }

    static func update(_ member: WorkspaceMember, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE workspace_members SET permissions = ?3
            WHERE user_id = ?1 AND workspace_id = ?2
            """, .text(member.userId), .text(member.workspaceId),
            .text(member.permissions.rawValue))
    }

    static func delete(_ member: WorkspaceMember, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM workspace_members WHERE user_id = ?1 AND workspace_id = ?2",
            .text(member.userId), .text(member.workspaceId))
    }

    private static func member(_ row: Row) throws -> WorkspaceMember {
        WorkspaceMember(
            workspaceId: row.text(0), userId: row.text(1),
            permissions: try WorkspacePermission(stored: row.text(2)), sharedAt: row.time(3))
    }
}
