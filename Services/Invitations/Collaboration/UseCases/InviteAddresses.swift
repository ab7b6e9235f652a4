import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Invites the addresses of a share that belong to no user, all in one transaction. An address
    /// that is invited already stays so, without another e-mail: who repeats the command gets the
    /// same reply.
    func invite(_ command: InviteCommand) async throws -> InviteReply {
        guard command.emails.count <= InviteCommand.maximum else {
            throw Fault.invalid(
                "/emails", "must contain at most \(InviteCommand.maximum) addresses")
        }
        let caller = command.actor.caller
        let drafts = try command.emails.map { email throws(Fault) in
            // What a share gives: no right to change anything.
            try InvitationDraft(email: email, role: CollaboratorRole.viewer.rawValue)
        }
        let inviter = try await inviter(caller)
        let entity = EntityStanding(
            id: command.entityId, name: command.name, ownerId: caller.userId,
            organizationId: command.organizationId, updatedAt: command.updatedAt,
            isAccessible: true)
        do {
            let invitations = try await write(by: caller) { [self] tx in
                if try Tombstone.entity.contains(entity.id, in: tx) { throw Fault.notFound }
                guard try owner(of: entity, in: tx) == caller.userId else {
                    throw Fault(InvitationProblems.ownerRequired)
                }
                return try drafts.map { draft in
                    try pending(draft.email, entity, in: tx)
                        ?? create(draft, to: entity, from: inviter, nil, by: caller, in: tx)
                }
            }.commitWithoutKeepingAnswer()
            return InviteReply(
                invited: invitations.map {
                    InviteReply.Invited(
                        email: $0.email, invitationId: $0.id, expiresAt: $0.expiresAt)
                })
        } catch let fault as Fault where InviteReply.Refusal.statuses.contains(fault.kind.status) {
            return InviteReply(invited: [], refusal: InviteReply.Refusal(fault))
        }
    }

    /// One that can still be accepted.
    private func pending(
        _ email: String, _ entity: EntityStanding, in tx: Transaction
    ) throws -> Invitation? {
        let found = try InvitationStore.pending(of: email, to: entity.id, in: tx)
        return found.flatMap { $0.isOpen(at: tx.now) ? $0 : nil }
    }
}

extension InviteReply.Refusal {
    fileprivate init(_ fault: Fault) {
        self.init(
            status: fault.kind.status, code: fault.code, detail: fault.detail,
            retryAfter: fault.retryAfter, members: fault.members)
    }
}
