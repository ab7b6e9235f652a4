import OrganizationsContract

/// What the organizations context knows: memberships, and access through stores. A failure throws;
/// no answer is a guess.
public protocol Organizations: Sendable {
    /// Those of `others` who have an organization in common with `userId`.
    func colleagues(of userId: String, among others: [String]) async throws -> Set<String>
    /// The ids of organizations, by their external ids.
    func ids(ofOrganizations externalIds: [String]) async throws -> [String: String]
    /// The id of the user's current membership in the organization; nil if they are not a member.
    func membership(of userId: String, in organizationId: String) async throws -> String?
    /// `storeAccess` of one query, if it is certain without a call.
    func knownStoreAccess(_ query: AccessQuery) -> AccessSteps?
    /// The same of each query, in the same order.
    func knownStoreAccess(_ queries: [AccessQuery]) -> [AccessSteps?]
    /// The `organizationStore` and `publicStore` grants of each query, in the same order.
    func storeAccess(_ queries: [AccessQuery]) async throws -> [AccessSteps]
    /// The publications that open an entity to each of `userIds`, in the same order.
    func storeGrants(to entityId: String, of userIds: [String]) async throws -> StoreGrantsReply
    /// The first members of organizations whose stores have the entity, by id.
    func members(_ range: PeopleRange) async throws -> [String]
    /// Whose stores `userId` sees, and the changes in all stores since a mark.
    func storeEntities(
        for userId: String, since mark: StoreMark?
    ) async throws -> StoreEntitiesReply
}

extension Organizations {
    /// Nothing is certain without a call.
    public func knownStoreAccess(_ query: AccessQuery) -> AccessSteps? { nil }

    public func knownStoreAccess(_ queries: [AccessQuery]) -> [AccessSteps?] {
        queries.map { knownStoreAccess($0) }
    }
}
