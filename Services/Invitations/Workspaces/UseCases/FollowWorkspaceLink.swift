import Contract
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
            workspace: placed.workspaceName, inviterId: placed.invitation.invitedBy,
            email: placed.invitation.email, permissions: placed.invitation.permissions,
            status: try status(of: placed), isDeclined: placed.invitation.status == .rejected)
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
