import Contract
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Sends a new link and claim; the former ones stop working. An expired invitation becomes
    /// pending again. The caller becomes its inviter.
    func resendInvitation(
        _ id: String, to entityId: String, by caller: Caller
    ) async throws -> PendingWrite<Invitation, Invitation> {
        try await change(
            .manageInvitations, on: entityId, by: caller,
            of: { try Self.find(id, to: entityId, in: $0) },
            asking: { [self] in try await people(caller, $0.email) }
        ) { [self] tx, former, admitted, people in
            let (entity, inviter) = (admitted.entity, people.inviter)
            let status = former.status(at: tx.now)
            guard status == .pending || status == .expired else {
                throw Invitation.notPending(status)
            }
            guard former.generation <= InvitationLimits.resends else {
                throw Fault(InvitationProblems.tooManyResends)
            }
            if former.status == .expired {
                // The address may have been invited again, or be a collaborator by now.
                try checkInvitable(former.email, of: entity, inviter, people.invitee, in: tx)
                try checkRoom(for: entity.id, in: tx)
            }
            try inviterQuota.check(
                caller.userId, isMore: status == .expired || former.invitedBy != caller.userId,
                in: tx)
            var invitation = former
            invitation.status = .pending
            invitation.askedAt = nil
            invitation.invitedBy = caller.userId
            invitation.generation += 1
            invitation.linkKey = secrets.linkKey
            invitation.expiresAt = max(
                former.expiresAt, tx.now.adding(seconds: Int64(former.days) * 86_400))
            try send(&invitation, entity.name, from: inviter, to: people.invitee, in: tx)
            try SendingStore.insert(caller.userId, in: tx)
            try InvitationStore.update(invitation, in: tx)
            try InvitationStore.setLinkKey(of: invitation, in: tx)
            let audience = try audience(of: entity.id, entity.ownerId, in: tx)
            try record(
                .resent(former, invitation, for: audience), of: invitation, by: caller, in: tx)
            return invitation
        }
    }
}
