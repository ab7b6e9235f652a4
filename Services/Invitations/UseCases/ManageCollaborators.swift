import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// A collaborator, and who he is.
struct CollaboratorWithUser: Sendable, Equatable {
    let collaborator: Collaborator
    let user: UserProfile
}

extension InvitationsUseCases {
    /// Newest first.
    func listCollaborators(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<CollaboratorWithUser> {
        try await admit(caller, to: .listCollaborators, on: entityId)
        let found = try database.read { try CollaboratorStore.page(of: entityId, page, in: $0) }
        let profiles = try await profiles(found.items.map(\.userId))
        return found.map {
            CollaboratorWithUser(
                collaborator: $0, user: profiles[$0.userId] ?? .unknown($0.userId))
        }
    }

    /// By the entity's owner; a collaborator may leave, the owner can't.
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
        try audit.record(.removed(collaborator), by: caller, in: tx)
        try tell(removed: collaborator, to: owner, in: tx)
    }

    // MARK: For other contexts

    func collaborations(_ query: CollaborationsQuery) throws -> CollaborationsReply {
        // One who asks for nothing costs a statement all the same.
        let count = query.subjects.reduce(0) { $0 + max(1, $1.entityIds.count) }
        guard count <= CollaborationsQuery.maximum else {
            throw Fault.invalid(
                "/subjects", "must contain at most \(CollaborationsQuery.maximum) pairs")
        }
        return CollaborationsReply(
            subjects: try database.read { reader in
                try query.subjects.map {
                    // Of a user who is being deleted, rows may be left.
                    try JobStore.waits(InvitationsJob.userDeleted, $0.userId, in: reader)
                        ? []
                        : CollaboratorStore.places(
                            of: $0.userId, among: $0.entityIds, in: reader)
                }
            })
    }

    func collaboratorEntities(
        _ query: CollaboratorEntitiesQuery
    ) throws -> CollaboratorEntitiesReply {
        CollaboratorEntitiesReply(
            entityIds: try database.read {
                try CollaboratorStore.entityIds(for: query.userId, in: $0)
            })
    }
}
