import Contract
import Kernel

extension InvitationQueries {
    /// `POST` `CollaboratorGrantsQuery` → `CollaboratorGrantsReply`.
    public static let grants = Endpoint(
        "collaboratorGrants", .post, "/internal/collaborations/grants", access: .service,
        readsOnly: true, summary: "Find the collaborators of an entity among users")
}

/// Up to `maximum` users.
public struct CollaboratorGrantsQuery: Codable, Sendable {
    public static let maximum = 100

    public let entityId: String
    public let userIds: [String]

    public init(entityId: String, userIds: [String]) {
        self.entityId = entityId
        self.userIds = userIds
    }
}

/// Those who collaborate, in the order of the query.
public struct CollaboratorGrantsReply: Codable, Sendable, Equatable {
    public struct Collaborator: Codable, Sendable, Equatable {
        public let userId: String
        public let addedBy: String
        public let addedAt: Timestamp

        public init(userId: String, addedBy: String, addedAt: Timestamp) {
            self.userId = userId
            self.addedBy = addedBy
            self.addedAt = addedAt
        }
    }

    public let collaborators: [Collaborator]

    public init(collaborators: [Collaborator]) { self.collaborators = collaborators }
}
