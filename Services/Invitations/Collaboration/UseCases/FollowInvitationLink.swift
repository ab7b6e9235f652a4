import Contract
import GatewayClient
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

/// The invitation behind a link, and the page that shows it.
extension InvitationsUseCases {
    /// - Throws: 404 for an unknown link, 410 for one that a resent e-mail has replaced.
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
    func find(
        _ link: InvitationLink, to invitee: Invitee, in db: some Queryable
    ) throws -> Invitation {
        let invitation = try find(link, in: db)
        guard invitee.email == invitation.email else {
            throw Fault(InvitationProblems.emailMismatch)
        }
        return invitation
    }

    static func checkOpen(_ invitation: Invitation, at now: Timestamp) throws(Fault) {
        switch invitation.status(at: now) {
        case .pending: return
        case .expired: throw Fault(InvitationProblems.expired)
        case .revoked: throw Fault(InvitationProblems.revoked)
        case .accepted: throw Fault(InvitationProblems.used)
        }
    }

    /// The content of the page behind a link.
    /// - Throws: 410 also if the inviter is known to have lost the permission, so that nobody signs
    ///   up in vain.
    package func view(_ link: InvitationLink) throws -> InvitationView {
        try database.read { reader in
            let invitation = try find(link, in: reader)
            let entity = try KnownEntityStore.find(invitation.entityId, in: reader)
            let isGone = try Tombstone.user.contains(invitation.invitedBy, in: reader)
            let canInvite =
                !isGone
                && InvitationPolicy.canInvite(
                    invitation.invitedBy, ownerId: entity?.ownerId ?? invitation.invitedBy)
            guard invitation.status != .pending || canInvite else {
                throw Fault(InvitationProblems.inviterGone)
            }
            return view(of: invitation, entity)
        }
    }

    /// Accepts or declines; idempotent.
    package func answer(
        _ link: InvitationLink, _ accepts: Bool, as invitee: Invitee, by caller: Caller
    ) async throws -> InvitationView {
        let change =
            accepts
            ? accept(link, as: invitee, by: caller) : decline(link, as: invitee, by: caller)
        return try view(of: try await change.commitWithoutKeepingAnswer())
    }

    /// Mails the inviter that the invitee asks for a new one: once after it has ended.
    package func ask(_ link: InvitationLink, by caller: Caller) async throws -> InvitationView {
        let change: PendingWrite<Invitation, Invitation> = write(
            by: caller, admit: { [self] in try find(link, in: $0) },
            asking: { [self] in try await directory.profile(of: $0.invitedBy) }
        ) { [self] tx, former, inviter in
            let hasEnded = [.expired, .revoked].contains(former.status(at: tx.now))
            guard hasEnded, former.askedAt == nil, let inviter,
                let entity = try KnownEntityStore.find(former.entityId, in: tx)
            else { return former }
            var invitation = former
            invitation.askedAt = tx.now
            try InvitationStore.update(invitation, in: tx)
            try outbox.sendRequest(of: invitation.email, to: inviter, for: entity.name, in: tx)
            let audience = try audience(of: entity.id, entity.ownerId, in: tx)
            try record(
                .requested(former, invitation, for: audience), of: invitation,
                by: caller.userId.isEmpty ? nil : caller, in: tx)
            return invitation
        }
        return try view(of: try await change.commitWithoutKeepingAnswer())
    }

    func view(of invitation: Invitation) throws -> InvitationView {
        view(
            of: invitation,
            try database.read { try KnownEntityStore.find(invitation.entityId, in: $0) })
    }

    private func view(of invitation: Invitation, _ entity: KnownEntity?) -> InvitationView {
        InvitationView(
            body(of: invitation), name: entity?.name ?? "", message: invitation.message,
            isDeclined: invitation.isDeclined, askedAt: invitation.askedAt)
    }
}
