import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// A change of a pending invitation by its inviter or the workspace's owner.
    /// - Parameter body: gets the invitation and its inviter.
    func changePending<T: Sendable>(
        _ action: WorkspaceInvitationAction, _ id: String, by caller: Caller,
        _ body: @escaping @Sendable (Transaction, InvitationInWorkspace, UserProfile) throws -> T
    ) async throws -> PendingWrite<InvitationInWorkspace, T> {
        // Also for an unknown id: an outage must not reveal which ids exist.
        let known = try database.read { try WorkspaceInvitationStore.find(id, in: $0) }
        let profiles = try await profiles([caller.userId, known?.invitedBy ?? caller.userId])
        let email = profiles[caller.userId]?.email ?? ""
        let admit: Admission<InvitationInWorkspace> = { db in
            try Tombstone.check(caller, in: db)
            return try InvitationInWorkspace.admit(caller, email, to: action, id, db)
        }
        let placed = try database.read { try admit($0) }
        let inviter = profiles[placed.invitation.invitedBy] ?? .unknown("")
        return PendingWrite(in: database, committed: wrote, admit: admit) { tx, placed in
            guard placed.invitation.isOpen(at: tx.now) else {
                throw WorkspaceInvitation.notPending(placed.invitation.status(at: tx.now))
            }
            return try body(tx, placed, inviter)
        }
    }
}
