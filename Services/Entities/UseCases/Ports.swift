import Contract

/// Who the users are: the gateway's directory.
public protocol Directory: Sendable {
    /// Those that exist, by id.
    func persons(ids: [String]) async throws -> [String: Person]
    /// Those that exist, by e-mail address in its normal form.
    func persons(emails: [String]) async throws -> [String: Person]
}

/// Who belongs together, and what the stores offer. What fails throws; it never guesses.
public protocol Organizations: Sendable {
    /// Those of `others` who share an organization with `userId`.
    func colleagues(of userId: String, among others: [String]) async throws -> Set<String>
    func isMember(_ userId: String, of organizationId: String) async throws -> Bool
    /// `organizationStore` and `publicStore` grants of each query that has any.
    func storeAccess(_ queries: [AccessQuery]) async throws -> [AccessQuery: Set<AccessStep>]
    /// Every entity that a store opens to `userId`, with the first step that does.
    func storeEntities(for userId: String) async throws -> [String: AccessStep]
}

/// Who collaborates on what: the invitations context.
public protocol Collaborators: Sendable {
    /// Those of `queries` whose user is a collaborator.
    func collaborations(among queries: [AccessQuery]) async throws -> Set<AccessQuery>
    /// Every entity on which `userId` collaborates.
    func entities(for userId: String) async throws -> Set<String>
}
