import Contract
import GatewayClient
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// As a signed-in user with the invited address. Idempotent.
    func acceptInvitation(
        _ link: InvitationLink, by caller: Caller
    ) async throws -> PendingWrite<Invitation, Invitation> {
        accept(link, as: try await invitee(caller), by: caller)
    }

    func invitee(_ caller: Caller) async throws -> Invitee {
        guard let user = try await directory.profile(of: caller.userId) else {
            throw Fault.notFound
        }
        return Invitee(userId: user.id, email: user.email)
    }

    /// - Parameter invitee: has proved access to the invited mailbox.
    func accept(
        _ link: InvitationLink, as invitee: Invitee, by caller: Caller
    ) -> PendingWrite<Invitation, Invitation> {
        let admit: Admission<Invitation> = { [self] db in
            if try Tombstone.user.contains(invitee.userId, in: db) { throw Fault.notFound }
            return try find(link, to: invitee, in: db)
        }
        // The inviter's permission counts now, not when they sent the invitation.
        let ask: @Sendable (Invitation) async throws -> EntityStanding? = { [self] in
            guard $0.status != .accepted else { return nil }
            return try await entity($0.entityId, for: $0.invitedBy)
        }
        return write(by: caller, admit: admit, asking: ask) {
            [self] tx, invitation, entity in
            if invitation.status == .accepted {
                guard Self.canRepeat(link, invitation, invitee, caller) else {
                    throw Fault(InvitationProblems.used)
                }
                return invitation
            }
            try Self.checkOpen(invitation, at: tx.now)
            if try UserRemoval.hides(invitation.entityId, from: invitee.userId, in: tx) {
                throw Fault(InvitationProblems.revoked)
            }
            guard let entity, try !Tombstone.entity.contains(entity.id, in: tx),
                try !Tombstone.user.contains(invitation.invitedBy, in: tx),
                try !SuspendedUsers.contains(invitation.invitedBy, in: tx)
            else { throw Fault(InvitationProblems.inviterGone) }
            // Ownership may have changed since the query.
            let owner = try owner(of: entity, in: tx)
            guard InvitationPolicy.canInvite(invitation.invitedBy, ownerId: owner) else {
                throw Fault(InvitationProblems.inviterGone)
            }
            return try accept(invitation, as: invitee, owner: owner, by: caller, in: tx)
        }
    }

    private func accept(
        _ former: Invitation, as invitee: Invitee, owner: String, by caller: Caller,
        in tx: Transaction
    ) throws -> Invitation {
        var invitation = former
        invitation.status = .accepted
        invitation.acceptedAt = tx.now
        invitation.acceptedBy = invitee.userId
        invitation.acceptedWith = caller.tokenId
        try InvitationStore.update(invitation, in: tx)
        let audience = try audience(of: invitation.entityId, owner, in: tx)
        try record(
            .ended(former, invitation, for: audience), of: invitation, by: caller, in: tx)
        // Nothing to add for the owner, or for a collaborator by another invitation.
        guard invitee.userId != owner,
            try CollaboratorStore.find(invitee.userId, of: invitation.entityId, in: tx) == nil
        else { return invitation }
        let collaborator = Collaborator(
            entityId: invitation.entityId, userId: invitee.userId, role: invitation.role,
            addedBy: invitation.invitedBy, addedAt: tx.now)
        try CollaboratorStore.insert(collaborator, in: tx)
        try record(.added(collaborator, for: audience), of: collaborator, by: caller, in: tx)
        return invitation
    }

    /// A token can be repeated. A claim works for one sign-in: if its response was lost, only the
    /// session that it began can repeat it.
    private static func canRepeat(
        _ link: InvitationLink, _ invitation: Invitation, _ invitee: Invitee, _ caller: Caller
    ) -> Bool {
        guard invitation.acceptedBy == invitee.userId else { return false }
        if case .token = link { return true }
        return !caller.tokenId.isEmpty && invitation.acceptedWith == caller.tokenId
    }
}
