import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// One of the two secrets that lead to an invitation.
enum InvitationLink: Sendable, Equatable {
    case token(String)
    case claim(String)

    /// - Throws: 422 unless exactly one is given.
    init(token: String?, claim: String?) throws(Fault) {
        switch (token, claim) {
        case (let token?, nil): self = .token(token)
        case (nil, let claim?): self = .claim(claim)
        default: throw .invalid("", "must contain exactly one of token and claim")
        }
    }

    var text: String {
        switch self {
        case .token(let text), .claim(let text): text
        }
    }

    /// Which invitation to a workspace it says that it is of; nil if it is of another kind.
    var workspaceInvitationId: String? {
        guard case .token(let text) = self else { return nil }
        return InvitationSecrets.workspaceInvitationId(in: text)
    }
}

/// Who answers an invitation.
struct Invitee: Sendable {
    let userId: String
    let email: String
}

extension InvitationsUseCases {
    /// As a signed-in user whose address is the invited one. A second time it answers the same.
    func acceptInvitation(
        _ link: InvitationLink, by caller: Caller
    ) async throws -> PendingWrite<Invitation, Invitation> {
        guard let himself = try await profiles([caller.userId])[caller.userId] else {
            throw Fault.notFound
        }
        return accept(
            link, as: Invitee(userId: himself.id, email: himself.email), by: caller)
    }

    /// - Parameter invitee: has proved that the mailbox is his.
    func accept(
        _ link: InvitationLink, as invitee: Invitee, by caller: Caller
    ) -> PendingWrite<Invitation, Invitation> {
        let admit: Admission<Invitation> = { [self] db in
            try Tombstone.check(caller, in: db)
            if try Tombstone.user.contains(invitee.userId, in: db) { throw Fault.notFound }
            return try find(link, to: invitee, in: db)
        }
        // Whether who invited may still do so is decided now, and not when they did.
        let ask: @Sendable (Invitation) async throws -> EntityStanding? = { [self] in
            guard $0.status != .accepted else { return nil }
            return try await entity($0.entityId, for: $0.invitedBy)
        }
        return PendingWrite(in: database, committed: wrote, admit: admit, asking: ask) {
            [self] tx, invitation, entity in
            if invitation.status == .accepted {
                guard Self.mayRepeat(link, invitation, invitee, caller) else {
                    throw Fault(InvitationProblems.used)
                }
                return invitation
            }
            try Self.checkOpen(invitation, at: tx.now)
            guard let entity, try !Tombstone.entity.contains(entity.id, in: tx),
                try !Tombstone.user.contains(invitation.invitedBy, in: tx)
            else { throw Fault(InvitationProblems.inviterGone) }
            // A hand-over may have been heard of since it was asked.
            let owner = try owner(of: entity, in: tx)
            guard InvitationPolicy.canInvite(invitation.invitedBy, ownerId: owner) else {
                throw Fault(InvitationProblems.inviterGone)
            }
            return try accept(invitation, as: invitee, owner: owner, by: caller, in: tx)
        }
    }

    /// A token may be sent again. A claim is good for one sign-in: whose answer was lost on its way
    /// is answered once more, to the session that it began.
    private static func mayRepeat(
        _ link: InvitationLink, _ invitation: Invitation, _ invitee: Invitee, _ caller: Caller
    ) -> Bool {
        guard invitation.acceptedBy == invitee.userId else { return false }
        if case .token = link { return true }
        return !caller.tokenId.isEmpty && invitation.acceptedWith == caller.tokenId
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
        try audit.record(.changed(former, invitation), by: caller, in: tx)
        try tell(.accepted, of: invitation, to: owner, in: tx)
        // The owner by now, or in by another invitation: there is nothing to add.
        guard invitee.userId != owner,
            try CollaboratorStore.find(invitee.userId, of: invitation.entityId, in: tx) == nil
        else { return invitation }
        let collaborator = Collaborator(
            entityId: invitation.entityId, userId: invitee.userId, role: invitation.role,
            addedBy: invitation.invitedBy, addedAt: tx.now)
        try CollaboratorStore.insert(collaborator, in: tx)
        try audit.record(.added(collaborator), by: caller, in: tx)
        try tell(added: collaborator, to: owner, in: tx)
        return invitation
    }

    /// The invitee says no: to the inviter it is revoked.
    func decline(
        _ link: InvitationLink, as invitee: Invitee, by caller: Caller
    ) -> PendingWrite<Invitation, Invitation> {
        let admit: Admission<Invitation> = { [self] in try find(link, to: invitee, in: $0) }
        return PendingWrite(in: database, committed: wrote, admit: admit) { [self] tx, former in
            if former.isDeclined { return former }
            try Self.checkOpen(former, at: tx.now)
            let owner = try KnownEntityStore.find(former.entityId, in: tx)?.ownerId
            var declined = former
            declined.isDeclined = true
            return try revoke(declined, by: caller, owner: owner ?? former.invitedBy, in: tx)
        }
    }

    // MARK: What a link leads to

    /// - Throws: 404 for a link of nothing, 410 for one that a newer mail has replaced.
    func find(_ link: InvitationLink, in db: some Queryable) throws -> Invitation {
        guard let id = InvitationSecrets.id(in: link.text),
            let invitation = try InvitationStore.find(id, in: db)
        else { throw Fault.notFound }
        switch link {
        case .token(let token):
            switch secrets.match(token, invitation) {
            case .current: return invitation
            case .former: throw Fault(InvitationProblems.linkReplaced)
            case .none: throw Fault.notFound
            }
        case .claim(let claim):
            guard InvitationSecrets.matches(claim, invitation) else { throw Fault.notFound }
            return invitation
        }
    }

    /// The invitation behind the link, if it is the invitee's.
    private func find(
        _ link: InvitationLink, to invitee: Invitee, in db: some Queryable
    ) throws -> Invitation {
        let invitation = try find(link, in: db)
        guard invitee.email == invitation.email else {
            throw Fault(InvitationProblems.emailMismatch)
        }
        return invitation
    }

    private static func checkOpen(_ invitation: Invitation, at now: Timestamp) throws(Fault) {
        switch invitation.status(at: now) {
        case .pending: return
        case .expired: throw Fault(InvitationProblems.expired)
        case .revoked: throw Fault(InvitationProblems.revoked)
        case .accepted: throw Fault(InvitationProblems.used)
        }
    }

    /// What the page behind a link shows.
    /// - Throws: 410 also where it is known that the inviter may not invite any more: nobody
    ///   becomes a user for that.
    func view(_ link: InvitationLink) async throws -> InvitationView {
        let (invitation, entity) = try database.read { reader in
            let invitation = try find(link, in: reader)
            let entity = try KnownEntityStore.find(invitation.entityId, in: reader)
            let isGone = try Tombstone.user.contains(invitation.invitedBy, in: reader)
            let mayInvite =
                !isGone
                && InvitationPolicy.canInvite(
                    invitation.invitedBy, ownerId: entity?.ownerId ?? invitation.invitedBy)
            guard invitation.status != .pending || mayInvite else {
                throw Fault(InvitationProblems.inviterGone)
            }
            return (invitation, entity)
        }
        return try await view(of: invitation, entityName: entity?.name)
    }

    func view(of invitation: Invitation) async throws -> InvitationView {
        let entity = try database.read { try KnownEntityStore.find(invitation.entityId, in: $0) }
        return try await view(of: invitation, entityName: entity?.name)
    }

    private func view(
        of invitation: Invitation, entityName: String?
    ) async throws -> InvitationView {
        // What has been done is not undone because a name is not at hand.
        let inviter = try? await profiles([invitation.invitedBy])[invitation.invitedBy]
        var shown = invitation
        shown.status = invitation.status(at: clock.now())
        return InvitationView(
            mails.body(shown, secrets), name: entityName ?? "",
            inviterName: inviter?.displayName ?? "", message: invitation.message,
            isDeclined: invitation.isDeclined)
    }
}
