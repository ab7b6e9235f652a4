import Kernel
import SQLite

extension WorkspacesUseCases {
    /// Stores which invitations have expired and emits the events, some at a time.
    /// - Returns: how many; 0 when none are left.
    func expireSome(_ limit: Int = 200) async throws -> Int {
        try await Expiry(database: database, clock: clock, wrote: wrote).run(limit) {
            try WorkspaceInvitationStore.due($0, at: $1, in: $2)
        } _: { [self] invitation, tx in
            let placed = try InvitationInWorkspace(invitation, in: tx)
            try expire(placed.invitation, to: placed.workspace, in: tx)
        }
    }
}
