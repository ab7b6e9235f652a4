import Contract
import InvitationsContract
import Kernel
import SQLite

/// For other services.
extension InvitationsUseCases {
    func collaborations(_ query: CollaborationsQuery) throws -> CollaborationsReply {
        // A subject without entities costs a statement too.
        let count = query.subjects.reduce(0) { $0 + max(1, $1.entityIds.count) }
        guard count <= CollaborationsQuery.maximum else {
            throw Fault.invalid(
                "/subjects", "must contain at most \(CollaborationsQuery.maximum) pairs")
        }
        let mark = leaseMark()
        return CollaborationsReply(
            subjects: try database.read { reader in
                try query.subjects.map {
                    try CollaboratorStore.places(
                        of: $0.userId, among: $0.entityIds, in: reader)
                }
            }, mark: mark)
    }

    func collaboratorGrants(
        _ query: CollaboratorGrantsQuery
    ) throws -> CollaboratorGrantsReply {
        guard query.userIds.count <= CollaboratorGrantsQuery.maximum else {
            throw Fault.invalid(
                "/userIds", "must contain at most \(CollaboratorGrantsQuery.maximum) users")
        }
        let found = try database.read { reader in
            try query.userIds.compactMap {
                try CollaboratorStore.find($0, of: query.entityId, in: reader)
            }
        }
        return CollaboratorGrantsReply(
            collaborators: found.map { CollaboratorGrantsReply.Collaborator($0) })
    }

    func collaboratorPeople(
        _ query: CollaboratorPeopleQuery
    ) throws -> CollaboratorPeopleReply {
        guard (0...CollaboratorPeopleQuery.maximum).contains(query.limit) else {
            throw Fault.invalid(
                "/limit", "must be at most \(CollaboratorPeopleQuery.maximum)")
        }
        return CollaboratorPeopleReply(
            userIds: try database.read {
                try CollaboratorStore.userIds(
                    of: query.entityId, after: query.after, limit: query.limit, in: $0)
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

extension CollaboratorGrantsReply.Collaborator {
    init(_ collaborator: Collaborator) {
        self.init(
            userId: collaborator.userId, addedBy: collaborator.addedBy,
            addedAt: collaborator.addedAt)
    }
}
