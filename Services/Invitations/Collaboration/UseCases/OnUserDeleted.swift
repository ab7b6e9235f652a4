import Contract
import Inviting
import Kernel
import SQLite
import WriteKit

/// The part of a user's deletion or offboarding that is about entities. The user gets no events of
/// it: they are for whoever owns the things then.
extension InvitationsUseCases {
    /// Revokes the pending invitations that the user has sent; bounded by the inviters' quota.
    package func revokePending(
        sentBy removal: UserRemoval, _ counts: inout OffboardingCounts, in tx: Transaction
    ) throws {
        let userId = removal.userId
        for invitation in try InvitationStore.pending(by: userId, in: tx) {
            let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
            // A deleted user's to their own entities are revoked when the new owner is known
            // (`onEntityOwnerChanged`), who is notified then.
            if removal.isDeletion, owner == nil || owner == userId { continue }
            try revoke(invitation, for: removal, owner: owner, &counts, in: tx)
        }
        // An offboarded user's quota is not restored.
        if removal.isDeletion { try SendingStore.deleteAll(of: userId, in: tx) }
    }

    /// Removes some of the user's collaborations and, at an offboarding, pending invitations,
    /// within the budget.
    package func removeSome(
        of removal: UserRemoval, _ budget: inout RowBudget, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        let userId = removal.userId
        for collaborator in try CollaboratorStore.some(for: userId, limit: budget.left, in: tx) {
            try remove(collaborator, for: removal, &counts, in: tx)
            budget.spend(1)
        }
        guard let offboarding = removal.offboarding else { return }
        let invitations = try InvitationStore.pending(
            to: offboarding.email, of: userId, limit: budget.left, in: tx)
        for invitation in invitations {
            let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
            try revoke(invitation, for: removal, owner: owner, &counts, in: tx)
        }
        budget.spend(invitations.count)
    }

    /// Before a user is invited to an entity: what an offboarding takes back of it is taken back
    /// first.
    func settleOffboarding(of userId: String, on entityId: String, in tx: Transaction) throws {
        try UserRemoval.settle(userId, on: entityId, in: tx) { removal, counts in
            let collaborator = try CollaboratorStore.find(
                userId, of: entityId, evenIfHidden: true, in: tx)
            if let collaborator { try remove(collaborator, for: removal, &counts, in: tx) }
            guard let email = removal.offboarding?.email,
                let open = try InvitationStore.pending(of: email, to: entityId, in: tx)
            else { return }
            let owner = try KnownEntityStore.find(entityId, in: tx)?.ownerId
            try revoke(open, for: removal, owner: owner, &counts, in: tx)
        }
    }

    private func remove(
        _ collaborator: Collaborator, for removal: UserRemoval, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        let owner = try KnownEntityStore.find(collaborator.entityId, in: tx)?.ownerId
        try notNotifying(removal.userId).remove(
            collaborator, by: removal.actor, owner: owner ?? collaborator.addedBy, in: tx)
        counts.removed(.collaborations)
    }

    private func revoke(
        _ invitation: Invitation, for removal: UserRemoval, owner: String?,
        _ counts: inout OffboardingCounts, in tx: Transaction
    ) throws {
        _ = try notNotifying(removal.userId).revoke(
            invitation, by: removal.actor, owner: owner ?? invitation.invitedBy, in: tx)
        counts.removed(.invitations)
    }

    private func notNotifying(_ userId: String) -> InvitationsUseCases {
        var useCases = self
        useCases.silenced = userId
        return useCases
    }
}
