import Contract
import GatewayClient
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    func createInvitation(
        to entityId: String, _ draft: InvitationDraft, by caller: Caller
    ) async throws -> PendingWrite<Void, Invitation> {
        try await change(
            .manageInvitations, on: entityId, by: caller,
            asking: { [self] in try await people(caller, draft.email) }
        ) { [self] tx, entity, people in
            try create(
                draft, to: entity, from: people.inviter, people.invitee, by: caller,
                in: tx)
        }
    }

    /// Handles each draft by itself: a fault is the result of that draft alone. All are created in
    /// one transaction.
    func createInvitations(
        to entityId: String, _ drafts: [Result<InvitationDraft, Fault>], by caller: Caller
    ) async throws -> PendingWrite<Void, [Result<Invitation, Fault>]> {
        try await change(
            .manageInvitations, on: entityId, by: caller,
            asking: { [self] in
                let emails = drafts.compactMap { try? $0.get().email }
                return (
                    inviter: try await inviter(caller),
                    invitees: try await directory.profiles(
                        emails: Array(Set(emails)), disclosedTo: nil)
                )
            }
        ) { [self] tx, entity, people in
            try drafts.map { draft in
                do {
                    let draft = try draft.get()
                    return .success(
                        try create(
                            draft, to: entity, from: people.inviter,
                            people.invitees[draft.email], by: caller, in: tx))
                } catch let fault as Fault where fault.kind != .internalError {
                    return .failure(fault)
                }
            }
        }
    }

    /// The inviter, and the invitee if they have an account.
    func people(
        _ caller: Caller, _ email: String
    ) async throws -> (inviter: UserProfile, invitee: UserProfile?) {
        (try await inviter(caller), try await profile(email))
    }

    func inviter(_ caller: Caller) async throws -> UserProfile {
        try await directory.profile(of: caller.userId) ?? .unknown(caller.userId)
    }

    /// Throws before it writes anything but what an offboarding would write, too.
    func create(
        _ draft: InvitationDraft, to entity: EntityStanding, from inviter: UserProfile,
        _ invitee: UserProfile?, by caller: Caller, in tx: Transaction
    ) throws -> Invitation {
        if let invitee { try settleOffboarding(of: invitee.id, on: entity.id, in: tx) }
        try checkInvitable(draft.email, of: entity, inviter, invitee, in: tx)
        try inviterQuota.check(caller.userId, isMore: true, in: tx)
        try checkRoom(for: entity.id, in: tx)
        var invitation = Invitation(
            id: ids.make("inv_"), entityId: entity.id, email: draft.email, role: draft.role,
            status: .pending, invitedBy: caller.userId, message: draft.message, days: draft.days,
            expiresAt: tx.now.adding(seconds: Int64(draft.days) * 86_400), createdAt: tx.now,
            linkKey: secrets.linkKey, locale: draft.locale,
            returnURL: draft.returnURL)
        if draft.sendsMail {
            try send(&invitation, entity.name, from: inviter, to: invitee, in: tx)
        }
        try SendingStore.insert(caller.userId, in: tx)
        try InvitationStore.insert(invitation, in: tx)
        let audience = try audience(of: entity.id, entity.ownerId, in: tx)
        try record(
            .created(invitation, for: audience), of: invitation, by: caller, in: tx)
        return invitation
    }

    /// Checks that all invitees could become collaborators.
    func checkRoom(for entityId: String, in tx: Transaction) throws {
        let pending = try InvitationStore.pendingCount(to: entityId, in: tx)
        try quota.check(for: entityId, besides: pending, in: tx)
    }

    /// Checks that the address isn't the owner's, a collaborator's or already invited.
    func checkInvitable(
        _ email: String, of entity: EntityStanding, _ inviter: UserProfile, _ invitee: UserProfile?,
        in tx: Transaction
    ) throws {
        if email == inviter.email || invitee?.id == entity.ownerId { throw Invitation.ownAddress }
        if let invitee, try CollaboratorStore.find(invitee.id, of: entity.id, in: tx) != nil {
            throw Fault(InvitationProblems.alreadyCollaborator)
        }
        guard let other = try InvitationStore.pending(of: email, to: entity.id, in: tx) else {
            return
        }
        guard other.isOpen(at: tx.now) else { return try expire(other, in: tx) }
        throw Invitation.alreadyInvited(other)
    }
}
