import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Ends a user's collaboration on an entity and revokes a pending invitation to their address,
    /// in one transaction, so that accepting it can't come in between. Idempotent.
    func endCollaboration(
        _ command: EndCollaborationCommand
    ) async throws -> EndCollaborationReply {
        let actor = command.actor.caller
        let removed = try await write(by: actor) { [self] tx in
            let owner = try KnownEntityStore.find(command.entityId, in: tx)?.ownerId
            try command.email.map {
                try revokePending(of: $0, to: command.entityId, by: actor, owner: owner, in: tx)
            }
            let found = try CollaboratorStore.find(
                command.userId, of: command.entityId, in: tx)
            guard let found else { return Collaborator?.none }
            try remove(found, by: actor, owner: owner ?? found.addedBy, in: tx)
            return found
        }.commitWithoutKeepingAnswer()
        // It was over before, perhaps by a write that has not returned.
        if removed == nil { try await database.settle() }
        return EndCollaborationReply(
            collaborator: removed.map { CollaboratorGrantsReply.Collaborator($0) })
    }

    private func revokePending(
        of email: String, to entityId: String, by actor: Caller, owner: String?,
        in tx: Transaction
    ) throws {
        guard let invitation = try InvitationStore.pending(of: email, to: entityId, in: tx) else {
            return
        }
        guard invitation.isOpen(at: tx.now) else { return try expire(invitation, in: tx) }
        _ = try revoke(invitation, by: actor, owner: owner ?? invitation.invitedBy, in: tx)
    }
}
