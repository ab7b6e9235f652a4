import Inviting
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// Stores which invitations have expired and emits the events, some at a time.
    /// - Returns: how many; 0 when none are left.
    package func expireSome(_ limit: Int = 200) async throws -> Int {
        try await expireDue(limit, clock) {
            try WorkspaceInvitationStore.due($0, at: $1, in: $2)
        } _: { [self] invitation, tx in
            let placed = try InvitationInWorkspace(invitation, in: tx)
            try expire(placed.invitation, to: placed.workspace, in: tx)
        }
    }

    /// When the first invitation that is due should have expired.
    package static func firstDue(at now: Timestamp, in db: some Queryable) throws -> Timestamp? {
        try WorkspaceInvitationStore.due(1, at: now, in: db).first?.expiresAt
    }

    /// Whether an invitation expires later than any created at `now` could.
    package static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try WorkspaceInvitationStore.isDated(after: now, in: db)
    }

    /// Makes those expire at the latest possible time.
    /// - Returns: how many.
    package static func redate(limit: Int, in tx: Transaction) throws -> Int {
        try WorkspaceInvitationStore.redate(limit: limit, in: tx)
    }
}

extension WorkspacesUseCases {
    /// Of invitations that have ended.
    package static func retention(days: Int?) -> RetentionRule {
        WorkspaceInvitationStore.ended.retention("workspace_invitations", days: days)
    }
}
