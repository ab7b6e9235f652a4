import Journal
import Kernel
import SQLite

extension InvitationsUseCases {
    /// Its links are dead from then on.
    func revokeInvitation(
        _ id: String, to entityId: String, by caller: Caller,
        expecting: @escaping @Sendable (Invitation) throws -> Void = { _ in }
    ) async throws -> Change<Invitation> {
        let entity = try await admit(caller, to: .manageInvitations, on: entityId)
        return change(.manageInvitations, about: entity, by: caller) { [self] tx, owner in
            let invitation = try Self.find(id, to: entityId, in: tx)
            try expecting(invitation)
            guard invitation.isOpen(at: tx.now) else {
                throw Invitation.notPending(invitation.status(at: tx.now))
            }
            return try revoke(invitation, by: caller, owner: owner, in: tx)
        }
    }

    func revoke(
        _ former: Invitation, by caller: Caller?, owner: String, in tx: Transaction
    ) throws -> Invitation {
        var invitation = former
        invitation.status = .revoked
        try InvitationMails.withdraw(&invitation, in: tx)
        try InvitationStore.update(invitation, in: tx)
        try audit.record(.changed(former, invitation), by: caller, in: tx)
        try tell(.revoked, of: invitation, to: owner, in: tx)
        return invitation
    }
}
