import Contract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// The entity's owner can remove any collaborator; collaborators can remove themselves.
    func removeCollaborator(
        _ userId: String, from entityId: String, by caller: Caller
    ) async throws -> PendingWrite<Collaborator, Void> {
        let action: InvitationAction = userId == caller.userId ? .leave : .removeCollaborator
        let find: Admission<Collaborator> = { db in
            guard let found = try CollaboratorStore.find(userId, of: entityId, in: db) else {
                throw Fault.notFound
            }
            return found
        }
        return try await change(
            action, on: entityId, by: caller, of: find, asking: { _ in }
        ) { [self] tx, found, admitted, _ in
            try remove(found, by: caller, owner: admitted.ownerId, in: tx)
        }
    }

    func remove(
        _ collaborator: Collaborator, by caller: Caller?, owner: String, in tx: Transaction
    ) throws {
        try CollaboratorStore.delete(collaborator, in: tx)
        let audience = try audience(of: collaborator.entityId, owner, in: tx)
        try record(.removed(collaborator, for: audience), of: collaborator, by: caller, in: tx)
    }
}
