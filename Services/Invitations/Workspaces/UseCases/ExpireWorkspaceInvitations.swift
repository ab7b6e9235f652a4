import Kernel
import SQLite

extension WorkspacesUseCases {
    /// Writes down which invitations have expired, and tells of it, some at a time.
    /// - Returns: how many there were; none if there are none left.
    func expireSome(_ limit: Int = 200) async throws -> Int {
        // Most of the time there is nothing, which a read finds out without a write.
        let isDue = try database.read {
            try !WorkspaceInvitationStore.due(1, at: clock.now(), in: $0).isEmpty
        }
        guard isDue else { return 0 }
        let count = try await database.write { tx in
            let due = try WorkspaceInvitationStore.due(limit, at: tx.now, in: tx)
            for invitation in due {
                guard let workspace = try WorkspaceStore.find(invitation.workspaceId, in: tx)
                else { throw Fault.unexpected("an invitation to no workspace") }
                try expire(invitation, to: workspace, in: tx)
            }
            return due.count
        }
        if count > 0 { wrote() }
        return count
    }
}
