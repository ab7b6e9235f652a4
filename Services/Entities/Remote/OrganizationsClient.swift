import Contract
import HTTPClient
import OrganizationsContract
import ServiceKit

/// The organizations context, over HTTP. Each question is one call, however many it is about.
struct OrganizationsClient: Organizations {
    let client: ServiceClient

    func colleagues(of userId: String, among others: [String]) async throws -> Set<String> {
        let answer = try await client.call(
            OrganizationQueries.colleagues, ColleaguesQuery(userId: userId, among: others),
            as: ColleaguesAnswer.self)
        return Set(answer.colleagues)
    }

    func membership(of userId: String, in organizationId: String) async throws -> String? {
        try await client.call(
            OrganizationQueries.membership,
            MembershipQuery(userId: userId, organizationId: organizationId),
            as: MembershipAnswer.self
        ).membershipId
    }

    /// - Parameter queries: at most `StoreAccessQuery.maximum`.
    func storeAccess(_ queries: [AccessQuery]) async throws -> [AccessQuery: Set<AccessStep>] {
        let subjects = Dictionary(grouping: queries, by: \.userId).map { userId, queries in
            StoreAccessQuery.Subject(userId: userId, entityIds: queries.map(\.entityId))
        }
        let answer = try await client.call(
            OrganizationQueries.storeAccess, StoreAccessQuery(subjects: subjects),
            as: StoreAccessAnswer.self)
        // Answers go by their places: one too few would be taken for "no access".
        guard answer.subjects.count == subjects.count else {
            throw UpstreamFailure.malformed.fault("organizations: another number of subjects")
        }
        var steps: [AccessQuery: Set<AccessStep>] = [:]
        for (subject, grants) in zip(subjects, answer.subjects) {
            func add(_ step: AccessStep, _ places: [Int]) {
                for place in places where subject.entityIds.indices.contains(place) {
                    let query = AccessQuery(
                        entityId: subject.entityIds[place], userId: subject.userId)
                    steps[query, default: []].insert(step)
                }
            }
            add(.organizationStore, grants.organizationStore)
            add(.publicStore, grants.publicStore)
        }
        return steps
    }

    func storeEntities(for userId: String) async throws -> [String: AccessStep] {
        let answer = try await client.call(
            OrganizationQueries.storeEntities, StoreEntitiesQuery(userId: userId),
            as: StoreEntitiesAnswer.self)
        var steps: [String: AccessStep] = [:]
        for entityId in answer.publicStore { steps[entityId] = .publicStore }
        for entityId in answer.organizationStore { steps[entityId] = .organizationStore }
        return steps
    }
}
