import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Rows of `workspace_members`, the owner included.
enum WorkspaceMemberStore {
    private static let columns = Columns("workspace_id", "user_id", "permissions", "shared_at")

    /// - Parameter evenIfHidden: whether to find a membership that a job will end.
    static func find(
        _ userId: String, of workspaceId: String, evenIfHidden: Bool = false,
        in db: some Queryable
    ) throws -> WorkspaceMember? {
        try db.row(
            evenIfHidden ? anyByUser : byUser, .text(userId), .text(workspaceId), map: member)
    }

    private static let byUser = SQL(
        "\(anyByUser) AND NOT \(UserRemoval.hiding("?1", "?2"))")
    private static let anyByUser = SQL(
        "SELECT \(columns) FROM workspace_members WHERE user_id = ?1 AND workspace_id = ?2")

    /// Newest first.
    static func page(
        of workspaceId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WorkspaceMember> {
        try db.page(ofWorkspace, page, .text(workspaceId), map: member)
    }

    /// `WorkspaceLimits.people` bounds what is counted.
    private static let ofWorkspace = PagedQuery(
        "\(columns, of: "r")", from: "workspace_members",
        key: Columns("user_id", "workspace_id"), by: "members_of_workspace",
        where: "workspace_id = ?1", newestFirst: Columns("shared_at", "user_id"))

    static func count(of workspaceId: String, in db: some Queryable) throws -> Int {
        try db.row(
            "SELECT count(*) FROM workspace_members WHERE workspace_id = ?1", .text(workspaceId)
        ) { Int($0.int(0)) } ?? 0
    }

    /// All members, the longest-standing first.
    static func all(of workspaceId: String, in db: some Queryable) throws -> [WorkspaceMember] {
        try db.rows(oldestFirst, .text(workspaceId), map: member)
    }

    private static let oldestFirst = SQL(
        """
        SELECT \(columns) FROM workspace_members
        WHERE workspace_id = ?1 ORDER BY shared_at, user_id
        """)

    /// One of a user's memberships, if there is any; not those that they got since their removal
    /// began.
    static func any(for userId: String, in db: some Queryable) throws -> WorkspaceMember? {
        try db.row(anyOfUser, .text(userId), map: member)
    }

    private static let anyOfUser = SQL(
        """
        SELECT \(columns) FROM workspace_members
        WHERE user_id = ?1 AND NOT \(UserRemoval.regranted("?1", "workspace_id")) LIMIT 1
        """)

    static func insert(_ member: WorkspaceMember, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(member.workspaceId), .text(member.userId),
            .text(member.permissions.rawValue), .time(member.sharedAt))
    }

    private static let insertion = columns.insert(into: "workspace_members")

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
