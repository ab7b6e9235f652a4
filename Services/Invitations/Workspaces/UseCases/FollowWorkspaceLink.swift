import Contract
import GatewayClient
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

/// The page behind the link in an e-mail. The gateway has established that the invitee has access
/// to the invited mailbox.
extension WorkspacesUseCases {
    package func view(_ id: String, _ token: String) throws -> InvitationView {
        try view(of: try database.read { try find(id, token, in: $0) })
    }

    /// Idempotent for the same user.
    package func answer(
        _ id: String, _ token: String, _ accepts: Bool, as invitee: Invitee, by caller: Caller
    ) async throws -> InvitationView {
        let change = write(by: caller, admit: { [self] in try find(id, token, in: $0) }) {
            [self] tx, placed in
            if placed.invitation.answeredBy == invitee.userId { return placed }
            return try answer(id, accepts, as: invitee, by: caller, in: tx)
        }
        return try view(of: try await change.commitWithoutKeepingAnswer())
    }

    /// Mails the inviter that the invitee asks for a new one: once after it has ended.
    package func ask(
        _ id: String, _ token: String, by caller: Caller
    ) async throws -> InvitationView {
        let change: PendingWrite<InvitationInWorkspace, InvitationInWorkspace> = write(
            by: caller, admit: { [self] in try find(id, token, in: $0) },
            asking: { [self] in try await directory.profile(of: $0.invitation.invitedBy) }
        ) { [self] tx, former, inviter in
            let status = former.invitation.status(at: tx.now)
            let member = try WorkspaceMemberStore.find(
                former.invitation.answeredBy ?? "", of: former.workspace.id, in: tx)
            guard status != .pending, member == nil, former.invitation.askedAt == nil, let inviter
            else { return former }
            var placed = former
            placed.invitation.askedAt = tx.now
            try WorkspaceInvitationStore.update(placed.invitation, in: tx)
            try outbox.sendRequest(
                of: placed.invitation.email, to: inviter, for: placed.workspaceName, in: tx)
            try record(
                .requested(former.invitation, placed.invitation, in: placed.workspace),
                of: placed.invitation, to: placed.workspace,
                by: caller.userId.isEmpty ? nil : caller, in: tx)
            return placed
        }
        return try view(of: try await change.commitWithoutKeepingAnswer())
    }

    /// - Throws: 404 for an unknown link.
    private func find(
        _ id: String, _ token: String, in db: some Queryable
    ) throws -> InvitationInWorkspace {
        let placed = try InvitationInWorkspace.find(id, in: db)
        guard secrets.matches(token, placed.invitation) else { throw Fault.notFound }
        return placed
    }

    private func view(of placed: InvitationInWorkspace) throws -> InvitationView {
        InvitationView(
            workspace: placed.workspaceName, id: placed.workspace.id,
            invitationId: placed.invitation.id, inviterId: placed.invitation.invitedBy,
            email: placed.invitation.email, permissions: placed.invitation.permissions,
            status: try status(of: placed), isDeclined: placed.invitation.status == .rejected,
            expiresAt: placed.invitation.expiresAt, locale: placed.invitation.locale,
            askedAt: placed.invitation.askedAt, returnURL: placed.invitation.returnURL)
    }

    /// As the page shows it: `revoked` for a member who was removed after accepting.
    private func status(of placed: InvitationInWorkspace) throws -> InvitationStatus {
        switch placed.invitation.status(at: clock.now()) {
        case .pending: return .pending
        case .expired: return .expired
        case .rejected, .revoked: return .revoked
        case .accepted:
            let member = try database.read {
                try WorkspaceMemberStore.find(
                    placed.invitation.answeredBy ?? "", of: placed.workspace.id, in: $0)
            }
            return member == nil ? .revoked : .accepted
        }
    }
}
