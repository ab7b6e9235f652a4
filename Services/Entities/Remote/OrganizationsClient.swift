import Contract
import EntitiesContract
import HTTPClient
import OrganizationsContract
import ServiceKit

/// The organizations context, over HTTP. Each method makes one call, however many queries it gets.
struct OrganizationsClient: Organizations {
    let client: ServiceClient
    /// For `storeEntities`, the slowest query: its time-outs say nothing about other calls, so it
    /// has a circuit breaker of its own.
    let lists: ServiceClient
    let leases: HeldLeases<AccessQuery, AccessSteps>

    func colleagues(of userId: String, among others: [String]) async throws -> Set<String> {
        let answer = try await client.call(
            OrganizationQueries.colleagues, ColleaguesQuery(userId: userId, among: others),
            as: ColleaguesReply.self)
        return Set(answer.colleagues)
    }

    func ids(ofOrganizations externalIds: [String]) async throws -> [String: String] {
        try await client.ids(of: externalIds, by: OrganizationQueries.externalIds)
    }

    func membership(of userId: String, in organizationId: String) async throws -> String? {
        try await client.call(
            OrganizationQueries.membership,
            MembershipQuery(userId: userId, organizationId: organizationId),
            as: MembershipReply.self
        ).membershipId
    }

    func knownStoreAccess(_ query: AccessQuery) -> AccessSteps? { leases.answer(to: query) }

    func knownStoreAccess(_ queries: [AccessQuery]) -> [AccessSteps?] {
        leases.answers(to: queries)
    }

    /// - Parameter queries: at most `StoreAccessQuery.maximum`.
    func storeAccess(_ queries: [AccessQuery]) async throws -> [AccessSteps] {
        let places = AccessQuery.places(queries)
        let subjects = places.map { places in
            StoreAccessQuery.Subject(
                userId: queries[places[0]].userId, entityIds: places.map { queries[$0].entityId })
        }
        let answer = try await client.call(
            OrganizationQueries.storeAccess, StoreAccessQuery(subjects: subjects),
            as: StoreAccessReply.self)
        // Replies match queries by position: a missing one would look like "no access".
        guard answer.subjects.count == subjects.count else {
            throw UpstreamFailure.malformed.fault("organizations: another number of subjects")
        }
        var steps = [AccessSteps](repeating: [], count: queries.count)
        for (places, grants) in zip(places, answer.subjects) {
            for place in grants.organizationStore where places.indices.contains(place) {
                steps[places[place]].insert(.organizationStore)
            }
            for place in grants.publicStore where places.indices.contains(place) {
                steps[places[place]].insert(.publicStore)
            }
        }
        leases.keep(zip(queries, steps), asOf: answer.mark)
        return steps
    }

    /// - Parameter userIds: at most `StoreGrantsQuery.maximum`.
    func storeGrants(
        to entityId: String, of userIds: [String]
    ) async throws -> StoreGrantsReply {
        let answer = try await client.call(
            OrganizationQueries.grants, StoreGrantsQuery(entityId: entityId, userIds: userIds),
            as: StoreGrantsReply.self)
        guard answer.users.count == userIds.count else {
            throw UpstreamFailure.malformed.fault("organizations: another number of users")
        }
        return answer
    }

    func members(_ range: PeopleRange) async throws -> [String] {
        try await client.call(
            OrganizationQueries.people,
            StorePeopleQuery(entityId: range.entityId, after: range.after, limit: range.limit),
            as: StorePeopleReply.self
        ).userIds
    }

    func storeEntities(
        for userId: String, since mark: StoreMark?
    ) async throws -> StoreEntitiesReply {
        try await lists.call(
            OrganizationQueries.storeEntities, StoreEntitiesQuery(userId: userId, since: mark),
            as: StoreEntitiesReply.self)
    }
}
