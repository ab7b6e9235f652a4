import Contract
import EntitiesContract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// What a user has lost, and the access that stores still give them.
struct AccessRevocation: Sendable, Equatable {
    let removed: [AccessPath]
    let remaining: [AccessPath]
}

extension EntitiesUseCases {
    /// Removes every grant that the entity itself holds, whoever gave it. Also for a user who does
    /// not exist: the result must not tell.
    ///
    /// The invitations service ends its part first. If the process is killed after that, or the
    /// caller lost the right, repeating the request finishes it.
    func revokeAccess(
        of userId: String, to entityId: String, by caller: Caller
    ) async throws -> PendingWrite<Void, AccessRevocation> {
        write(
            by: caller, admit: try await revocationAdmission(of: caller, on: entityId),
            asking: { [self] _ in
                // Invitations are to an address.
                async let profile = directory.profile(of: userId)
                let remaining = try await storePaths(to: entityId, of: userId)
                return (email: try await profile?.email, remaining: remaining)
            },
            commanding: { [collaborators, faults] entity, known in
                try Publisher.checkNotOwner(userId, entity.ownerId)
                let ended = try await collaborators.end(
                    EndCollaborationCommand(
                        entityId: entityId, userId: userId, email: known.email,
                        actor: EventActor(caller)))
                faults.reach(.commandDone)
                return (ended: ended.map { AccessPath($0) }, remaining: known.remaining)
            }
        ) { [self] tx, entity, done in
            // Ownership may have been transferred to them since.
            try Publisher.checkNotOwner(userId, entity.ownerId)
            let query = AccessQuery(entityId: entityId, userId: userId)
            return AccessRevocation(
                removed: try removeGrants(query, from: entity, by: caller, in: tx)
                    + [done.ended].compactMap(\.self),
                remaining: done.remaining)
        }
    }

    /// Publishers of the entity, and callers who can revoke access everywhere.
    private func revocationAdmission(
        of caller: Caller, on entityId: String
    ) async throws -> Admission<Entity> {
        guard try EntityPolicy.revokesEverywhere(caller) else {
            let admit = try await admission(of: caller, to: .revokeAccess, on: entityId)
            return { try admit($0).entity }
        }
        return { db in
            guard let entity = try EntityStore.find(entityId, in: db) else { throw Fault.notFound }
            return entity
        }
    }

    /// - Returns: what was removed, in the order of the hierarchy.
    private func removeGrants(
        _ query: AccessQuery, from entity: Entity, by caller: Caller, in tx: Transaction
    ) throws -> [AccessPath] {
        var removed: [AccessPath] = []
        if let publisher = try PublisherStore.find(query.userId, of: query.entityId, in: tx) {
            try PublisherStore.delete(query.userId, of: query.entityId, in: tx)
            try audit.record(.removed(publisher, for: entity.audience), by: caller, in: tx)
            removed.append(.publisher(publisher))
        }
        if let share = try ShareStore.find(with: query, in: tx) {
            try ShareStore.delete(share.id, in: tx)
            try audit.record(.removed(share, for: entity.audience), by: caller, in: tx)
            removed.append(.share(share))
        }
        return removed
    }
}
