import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// What who sent an invitation, or owns the workspace, does with it while it is pending.
extension WorkspacesUseCases {
    func changeExpiration(
        of id: String, to expiration: Timestamp, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, InvitationInWorkspace> {
        try await manage(.changeExpiration, id, by: caller) { [self] tx, placed, inviter in
            try WorkspaceInvitation.check(expiration: expiration, at: tx.now)
            var changed = placed
            changed.invitation.expiresAt = expiration
            guard changed != placed else { return placed }
            if placed.invitation.delivery == .pending,
                placed.invitation.pause(at: tx.now) == nil
            {
                // A mail that waits would tell of the former date, and be given up then. One that
                // is new may be on its way, and would come twice.
                try mails.send(&changed.invitation, to: placed.workspace, from: inviter, in: tx)
            }
            try WorkspaceInvitationStore.update(changed.invitation, in: tx)
            try audit.record(
                .prolonged(placed.invitation, changed.invitation), by: caller, in: tx)
            return changed
        }
    }

    /// Mails it again, with the same link.
    func resendInvitation(
        _ id: String, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, InvitationInWorkspace> {
        try await manage(.resend, id, by: caller) { [self] tx, placed, inviter in
            if let seconds = placed.invitation.pause(at: tx.now) {
                throw Fault(WorkspaceProblems.resentTooSoon, retryAfter: seconds)
            }
            try InviterQuota.check(caller.userId, isMore: false, in: tx)
            var changed = placed
            changed.invitation.sentAt = tx.now
            try mails.send(&changed.invitation, to: placed.workspace, from: inviter, in: tx)
            try SendingStore.note(caller.userId, in: tx)
            try WorkspaceInvitationStore.update(changed.invitation, in: tx)
            try audit.record(
                .resent(placed.invitation, changed.invitation), by: caller, in: tx)
            return changed
        }
    }

    func withdrawInvitation(
        _ id: String, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, WorkspaceInvitation> {
        try await manage(.withdraw, id, by: caller) { [self] tx, placed, _ in
            try revoke(placed.invitation, to: placed.workspace, by: caller, in: tx)
        }
    }

    /// - Parameter body: gets a pending invitation, and who sent it.
    private func manage<T: Sendable>(
        _ action: WorkspaceInvitationAction, _ id: String, by caller: Caller,
        _ body: @escaping @Sendable (Transaction, InvitationInWorkspace, UserProfile) throws -> T
    ) async throws -> PendingWrite<InvitationInWorkspace, T> {
        // Asked for what does not exist as well: an outage must not tell it apart.
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
