import Contract
import InvitationsContract

/// What the invitations context knows: who collaborates on which entity.
public protocol Collaborators: Sendable {
    /// Whether the user of the query is a collaborator, if it is certain without a call.
    func knownCollaboration(_ query: AccessQuery) -> Bool?
    /// The same of each query, in the same order.
    func knownCollaborations(_ queries: [AccessQuery]) -> [Bool?]
    /// The indices of those `queries` whose user is a collaborator.
    func collaborations(among queries: [AccessQuery]) async throws -> [Int]
    /// The collaborators of an entity among `userIds`.
    func grants(
        to entityId: String, of userIds: [String]
    ) async throws -> [CollaboratorGrantsReply.Collaborator]
    /// Ends a collaboration, and revokes a pending invitation. Idempotent.
    /// - Returns: the collaborator; nil if there was none.
    func end(
        _ command: EndCollaborationCommand
    ) async throws -> CollaboratorGrantsReply.Collaborator?
    /// Invites addresses that belong to no user; those that are invited already stay so.
    /// Idempotent.
    /// - Throws: the refusal of the invitations context; then none was invited.
    func invite(_ command: InviteCommand) async throws -> [InviteReply.Invited]
    /// The first collaborators of an entity, by id.
    func people(_ range: PeopleRange) async throws -> [String]
    /// Every entity on which `userId` collaborates.
    func entities(for userId: String) async throws -> Set<String>
    /// The invitations context's audit entries about an entity.
    func auditTail(_ query: AuditTailQuery) async throws -> AuditTail
}

extension Collaborators {
    /// Nothing is certain without a call.
    public func knownCollaboration(_ query: AccessQuery) -> Bool? { nil }

    public func knownCollaborations(_ queries: [AccessQuery]) -> [Bool?] {
        queries.map { knownCollaboration($0) }
    }
}
