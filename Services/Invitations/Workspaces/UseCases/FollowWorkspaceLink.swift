import Contract
import InvitationsContract
import Journal
import Kernel
import SQLite

/// What the page behind the link in a mail shows and does. The gateway has established that who
/// answers has the invited mailbox.
extension WorkspacesUseCases {
    func view(_ id: String, _ token: String) async throws -> InvitationView {
        await view(of: try database.read { try find(id, token, in: $0) })
    }

    /// Sent again by the same user it answers the same: what he has answered.
    func answer(
        _ id: String, _ token: String, _ accepts: Bool, as invitee: Invitee, by caller: Caller
    ) async throws -> InvitationView {
        let change = change(by: caller) { [self] tx in
            let placed = try find(id, token, in: tx)
            if placed.invitation.answeredBy == invitee.userId { return placed }
            return try answer(id, accepts, as: invitee, by: caller, in: tx)
        }
        return await view(of: try await change.commit())
    }

    /// - Throws: 404 for a link of nothing.
    private func find(
        _ id: String, _ token: String, in db: some Queryable
    ) throws -> PlacedInvitation {
        let placed = try PlacedInvitation.find(id, in: db)
        guard mails.secrets.matches(token, placed.invitation) else { throw Fault.notFound }
        return placed
    }

    private func view(of placed: PlacedInvitation) async -> InvitationView {
        // What has been done is not undone because a name is not at hand.
        let inviter = try? await person(placed.invitation.invitedBy)
        let status = placed.invitation.status(at: clock.now())
        return InvitationView(
            workspace: placed.workspace.name, inviterName: inviter?.displayName ?? "",
            email: placed.invitation.email,
            permissions: placed.invitation.permissions.rawValue,
            status: status == .rejected
                ? InvitationStatus.revoked.rawValue : status.rawValue,
            isDeclined: status == .rejected)
    }
}
