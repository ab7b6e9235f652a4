import Contract
import OrganizationsContract

/// Who belongs together, and what the stores offer. What fails throws; it never guesses.
public protocol Organizations: Sendable {
    /// Those of `others` who share an organization with `userId`.
    func colleagues(of userId: String, among others: [String]) async throws -> Set<String>
    /// Names this time of the user in the organization; nil if he is no member.
    func membership(of userId: String, in organizationId: String) async throws -> String?
    /// The `organizationStore` and `publicStore` grants of each query, in their order.
    func storeAccess(_ queries: [AccessQuery]) async throws -> [AccessSteps]
    /// What stores open to `userId`, and what has changed in public ones.
    func storeEntities(
        for userId: String, publicSince mark: PublicMark?
    ) async throws -> StoreEntitiesReply
}

/// Who collaborates on what: the invitations context.
public protocol Collaborators: Sendable {
    /// Those of `queries`, by their places, whose user is a collaborator.
    func collaborations(among queries: [AccessQuery]) async throws -> [Int]
    /// Every entity on which `userId` collaborates.
    func entities(for userId: String) async throws -> Set<String>
    /// What is written down there about an entity.
    func auditTail(_ query: AuditTailQuery) async throws -> AuditTail
}
