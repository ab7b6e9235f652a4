import Contract
import InvitationsContract
import Kernel
import ServiceKit

/// The invitations context, over HTTP. Each method makes one call, however many queries it gets.
struct CollaboratorsClient: Collaborators {
    let client: ServiceClient
    let leases: HeldLeases<AccessQuery, Bool>

    func knownCollaboration(_ query: AccessQuery) -> Bool? { leases.answer(to: query) }

    func knownCollaborations(_ queries: [AccessQuery]) -> [Bool?] { leases.answers(to: queries) }

    /// - Parameter queries: at most `CollaborationsQuery.maximum`.
    func collaborations(among queries: [AccessQuery]) async throws -> [Int] {
        let places = AccessQuery.places(queries)
        let subjects = places.map { places in
            CollaborationsQuery.Subject(
                userId: queries[places[0]].userId, entityIds: places.map { queries[$0].entityId })
        }
        let answer = try await client.call(
            InvitationQueries.collaborations, CollaborationsQuery(subjects: subjects),
            as: CollaborationsReply.self)
        // Replies match queries by position: a missing one would look like "no access".
        guard answer.subjects.count == subjects.count else {
            throw Fault.unexpected("invitations: another number of subjects")
        }
        let found = zip(places, answer.subjects).flatMap { places, granted in
            granted.filter { places.indices.contains($0) }.map { places[$0] }
        }
        let collaborating = Set(found)
        leases.keep(
            queries.indices.lazy.map { (queries[$0], collaborating.contains($0)) },
            asOf: answer.mark)
        return found
    }

    /// - Parameter userIds: at most `CollaboratorGrantsQuery.maximum`.
    func grants(
        to entityId: String, of userIds: [String]
    ) async throws -> [CollaboratorGrantsReply.Collaborator] {
        try await client.call(
            InvitationQueries.grants, CollaboratorGrantsQuery(entityId: entityId, userIds: userIds),
            as: CollaboratorGrantsReply.self
        ).collaborators
    }

    func end(
        _ command: EndCollaborationCommand
    ) async throws -> CollaboratorGrantsReply.Collaborator? {
        try await client.call(
            InvitationQueries.endCollaboration, command, as: EndCollaborationReply.self
        ).collaborator
    }

    func invite(_ command: InviteCommand) async throws -> [InviteReply.Invited] {
        let reply = try await client.call(
            InvitationQueries.invite, command, as: InviteReply.self)
        guard let refusal = reply.refusal else { return reply.invited }
        throw Fault(
            Fault.Kind(rawValue: refusal.status) ?? .conflict, code: refusal.code, refusal.detail,
            retryAfter: refusal.retryAfter, members: refusal.members)
    }

    func people(_ range: PeopleRange) async throws -> [String] {
        try await client.call(
            InvitationQueries.people,
            CollaboratorPeopleQuery(
                entityId: range.entityId, after: range.after, limit: range.limit),
            as: CollaboratorPeopleReply.self
        ).userIds
    }

    func entities(for userId: String) async throws -> Set<String> {
        let answer = try await client.call(
            InvitationQueries.entities, CollaboratorEntitiesQuery(userId: userId),
            as: CollaboratorEntitiesReply.self)
        return Set(answer.entityIds)
    }

    func auditTail(_ query: AuditTailQuery) async throws -> AuditTail {
        try await client.call(AuditRoutes.tail, query, as: AuditTail.self)
    }
}
